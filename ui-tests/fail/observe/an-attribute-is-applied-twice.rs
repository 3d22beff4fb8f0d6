use taximeter::observe;

#[observe]
#[observe(name = "orders.place")]
fn place() {}

#[taximeter::observe]
#[must_use]
#[::taximeter::observe]
fn pay() -> u8 {
    1
}

fn main() {}
