use taximeter::observe;

#[observe(name = "orders.place" = 2)]
fn place() {}

#[observe(name = "orders" "place")]
fn pay() {}

#[observe(crate = ::taximeter::<u8>, name = "orders.ship")]
fn ship() {}

fn main() {}
