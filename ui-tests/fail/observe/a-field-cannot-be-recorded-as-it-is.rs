use taximeter::observe;

struct Order;

#[observe(fields(order = order))]
fn place(order: Order) {
    drop(order);
}

fn main() {}
