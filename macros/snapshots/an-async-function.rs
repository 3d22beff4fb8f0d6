#[observe]
async fn find_page(question: &str) -> Result<Page, Error> {
    search(question).await
}
