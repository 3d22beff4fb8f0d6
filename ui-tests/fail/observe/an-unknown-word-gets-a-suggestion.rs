use taximeter::observe;

#[observe(nmae = "orders.place")]
fn place() {}

fn main() {}
