#[observe]
fn find_page(question: &str) -> BoxFuture<'static, Result<Page, Error>> {
    let question = question.to_owned();
    Box::pin(async move { search(&question).await })
}
