#[observe]
async fn words(question: &str) -> Result<BoxStream<'static, Word>, Error> {
    Ok(open(question).await?.boxed())
}
