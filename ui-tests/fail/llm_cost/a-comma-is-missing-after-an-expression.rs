use taximeter::llm_cost;

#[llm_cost(model = request.model provider = "openai" feature = "answers")]
fn ask(request: Request) {}

struct Request {
    model: String,
}

fn main() {}
