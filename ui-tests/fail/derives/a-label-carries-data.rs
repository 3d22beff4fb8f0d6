use taximeter::Label;

#[derive(Label)]
enum Tier {
    Free,
    Other(String),
    Named { name: String },
}

#[derive(Label)]
struct User {
    name: String,
}

#[derive(Label)]
union Bits {
    one: u8,
}

fn main() {}
