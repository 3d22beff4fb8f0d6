use taximeter::observe;

#[observe(fields(user, size = , %order, note = ?note))]
fn place(user: u8, size: u8, order: u8, note: u8) {}

fn main() {}
