use taximeter::llm_cost;

#[llm_cost(model = "gpt-4o", fields(gen_ai.usage.cost = 1, workflow.cost_usd = 1, code.line.number = 1))]
fn ask() {}

fn main() {}
