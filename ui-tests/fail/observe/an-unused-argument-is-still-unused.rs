#![deny(unused_variables)]

use taximeter::observe;

struct Order {
    size: u8,
}

#[observe]
fn place(order: String, count: u8) -> u8 {
    count
}

#[observe]
async fn place_later(order: Order, size: String) -> u8 {
    order.size
}

#[observe]
fn pay(amount: u8) {}

fn main() {}
