use taximeter::observe;

#[observe(name = "orders.place" crate = ::taximeter)]
fn place() {}

fn main() {}
