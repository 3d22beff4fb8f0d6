#[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = FEATURE)]
async fn ask(question: &str) -> Result<Answer, Error> {
    client().ask(question).await
}
