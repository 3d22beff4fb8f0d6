use taximeter::llm_cost;

#[llm_cost(model = "gpt-4o", context(procesing = "batch"))]
fn slip() {}

#[llm_cost(model = "gpt-4o", context(temperature = 1, speed = "fast", speed = "slow"))]
fn unknown() {}

#[llm_cost(model = "gpt-4o", context())]
fn empty() {}

#[llm_cost(model = "gpt-4o", context = "batch")]
fn form() {}

#[llm_cost(model = "gpt-4o", context(processing))]
fn no_value() {}

fn main() {}
