#[llm_cost(model = request.model)]
fn ask(request: Request) -> Result<Answer, Error> {
    client().ask(request)
}
