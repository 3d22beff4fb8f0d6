use taximeter::observe;

const NAME: &str = "orders.place";

#[observe(name = 3)]
fn number() {}

#[observe(name = NAME)]
fn path() {}

#[observe(name = format!("orders.{}", 1))]
fn call() {}

fn main() {}
