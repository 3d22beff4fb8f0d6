use taximeter::observe;

#[observe(name = "")]
fn place() {}

#[observe(name = "  ")]
fn pay() {}

fn main() {}
