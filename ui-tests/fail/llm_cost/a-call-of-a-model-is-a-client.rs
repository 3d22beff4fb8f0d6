use taximeter::llm_cost;

#[llm_cost(model = "gpt-4o", kind = "server")]
fn ask() {}

fn main() {}
