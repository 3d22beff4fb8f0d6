#[workflow(name = "support.answer")]
async fn answer(question: String) -> Result<String, Error> {
    let page = find_page(&question).await?;
    Ok(ask(&page, &question).await?.text())
}
