use taximeter::llm_cost;

#[llm_cost(model = "gpt-4o", operation = "embedding")]
fn slip() {}

#[llm_cost(model = "gpt-4o", operation = "chatt")]
fn letter() {}

#[llm_cost(model = "gpt-4o", operation = 3)]
fn number() {}

#[llm_cost(model = "gpt-4o", operation = "")]
fn empty() {}

#[llm_cost(model = "gpt-4o", operatoin = "chat")]
fn word() {}

fn main() {}
