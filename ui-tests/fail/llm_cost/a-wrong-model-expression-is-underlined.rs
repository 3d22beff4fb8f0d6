use taximeter::llm_cost;

#[llm_cost(model = size)]
fn argument(size: u8) {}

#[llm_cost(model = missing)]
fn nothing() {}

fn main() {}
