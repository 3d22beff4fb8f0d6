use taximeter::observe;

#[observe(name = "orders.place", crate = ::taximeter, name = "place")]
fn place() {}

fn main() {}
