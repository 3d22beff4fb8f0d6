use taximeter::observe;

#[observe(name("orders.place"))]
fn place() {}

fn main() {}
