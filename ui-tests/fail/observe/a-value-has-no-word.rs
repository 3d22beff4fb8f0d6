use taximeter::observe;

#[observe("orders.place")]
fn place() {}

fn main() {}
