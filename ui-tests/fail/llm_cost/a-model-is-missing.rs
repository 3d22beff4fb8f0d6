use taximeter::llm_cost;

#[llm_cost]
fn ask() {}

#[llm_cost(provider = "openai")]
fn answer() {}

fn main() {}
