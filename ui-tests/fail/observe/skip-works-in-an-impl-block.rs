use taximeter::observe;

#[observe(skip)]
fn place() {}

struct Shop;

#[observe]
impl Shop {
    #[observe(skip, name = "shop.place")]
    fn place(&self) {}

    #[observe(skip = true)]
    fn close(&self) {}
}

fn main() {}
