#[llm_cost(model = "gpt-4o")]
fn words(question: &str) -> impl Stream<Item = Result<Word, Error>> + use<> {
    stream::iter(split(question))
}
