use taximeter::observe;

#[observe(
    span = false, fields(a = 1), capture(a), level = "debug", target = "shop", kind = "client", parent = None,
    follows_from = [None]
)]
fn place(a: u8) {}

#[observe(span = "no")]
fn text() {}

fn main() {}
