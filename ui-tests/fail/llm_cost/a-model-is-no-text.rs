use taximeter::llm_cost;

#[llm_cost(model = 4)]
fn number() {}

#[llm_cost(model = "gpt-4o" = "gpt-4o-mini")]
fn twice() {}

#[llm_cost(model = request.)]
fn half_typed(request: u8) {}

fn main() {}
