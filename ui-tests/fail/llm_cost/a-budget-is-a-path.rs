use taximeter::llm::Budget;
use taximeter::llm_cost;

#[llm_cost(model = "gpt-4o", budget = "answers")]
fn text() {}

#[llm_cost(model = "gpt-4o", budget = Budget::per_day("answers", "25 USD"))]
fn call() {}

#[llm_cost(model = "gpt-4o", budget)]
fn nothing() {}

fn main() {}
