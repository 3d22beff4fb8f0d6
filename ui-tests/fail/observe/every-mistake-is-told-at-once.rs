use taximeter::observe;

#[observe(nmae = "orders.place", crate = "taximeter", name = "", model = 1)]
const fn place() -> u8 {
    1
}

fn main() {}
