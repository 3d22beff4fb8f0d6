use taximeter::observe;

#[observe(level = "info", foo)]
fn place() {}

fn main() {}
