use taximeter::llm_cost;

#[llm_cost(modle = "gpt-4o", model = "gpt-4o")]
fn ask() {}

fn main() {}
