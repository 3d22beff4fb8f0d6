use taximeter::llm_cost;

static LIMIT: f64 = 25.0;

#[llm_cost(model = "gpt-4o", budget = LIMIT)]
fn float() {}

fn main() {}
