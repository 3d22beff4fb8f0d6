use taximeter::{llm_cost, observe};

#[observe(skip(key, limit))]
fn find(key: &str, limit: usize) {}

#[observe(skip_all, err, ret(Debug), name = "")]
fn place(order: u8) -> Result<u8, String> {
    Ok(order)
}

#[observe(record(order), args, properties = { order })]
fn pay(order: u8) {}

#[observe(struct_name = "Shop", track_concurrency)]
fn close() {}

#[observe("orders.place", level = "loud")]
fn named() {}

#[llm_cost("gpt-4o")]
fn ask() {}

#[observe(NAME = "orders.place")]
fn shouted() {}

fn main() {}
