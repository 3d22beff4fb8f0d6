use taximeter::observe;

struct Shop;

#[observe(name = "shop", fields(a = 1), level = "loud", targt = "shop")]
impl Shop {
    #[observe(nmae = "shop.place")]
    fn place(&self) {}

    #[observe(capture(b))]
    #[observe]
    fn close(&self, a: u8) {}

    #[observe = "x"]
    fn open(&self) {}
}

fn main() {
    Shop.place();
}
