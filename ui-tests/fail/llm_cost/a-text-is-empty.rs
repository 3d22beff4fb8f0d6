use taximeter::llm_cost;

#[llm_cost(model = "", provider = "", feature = "")]
fn ask() {}

fn main() {}
