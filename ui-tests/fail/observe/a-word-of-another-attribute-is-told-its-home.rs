use taximeter::observe;

#[observe(model = "gpt-4o")]
fn place() {}

fn main() {}
