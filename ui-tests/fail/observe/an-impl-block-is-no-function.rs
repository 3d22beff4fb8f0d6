use taximeter::observe;

struct Shop;

#[observe]
impl Shop {
    fn place(&self) {}
}

fn main() {}
