use taximeter::observe;

#[observe(fields(a = 1, b.c = 2, a = 3), capture(d, a, d))]
fn place(a: u8, d: u8) {}

#[observe(labels(tier = true, tier = false))]
fn labels() {}

fn main() {}
