use taximeter::observe;

#[observe]
const fn place() -> u8 {
    1
}

// The function is still there.
const PLACE: u8 = place();

fn main() {}
