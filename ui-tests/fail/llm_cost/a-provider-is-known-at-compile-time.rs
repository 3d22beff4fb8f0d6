use taximeter::llm_cost;

#[llm_cost(model = "gpt-4o", provider = format!("open{}", "ai"))]
fn call() {}

#[llm_cost(model = "gpt-4o", provider = 3, feature = feature.name())]
fn number() {}

#[llm_cost(model = "gpt-4o", feature = feature)]
fn argument(feature: &str) {}

fn main() {}
