#[observe(fields(question = question, pages = pages.len()))]
async fn find_page(question: &str, pages: Vec<Page>) -> Result<u64, Error> {
    search(question, pages).await
}
