use taximeter::workflow;

#[workflow(name = "support.answer", model = "gpt-4o")]
fn answer() {}

fn main() {}
