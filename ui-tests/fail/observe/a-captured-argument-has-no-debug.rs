use taximeter::observe;

struct Order;

#[observe(capture(count, order))]
fn place(count: u8, order: Order) {
    drop((count, order));
}

#[observe(capture(ret))]
fn made() -> Order {
    Order
}

fn main() {}
