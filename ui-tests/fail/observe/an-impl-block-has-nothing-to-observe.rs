use taximeter::observe;

struct Shop;

#[observe]
impl Shop {}

#[observe]
impl Shop {
    const SIZE: u8 = 1;

    #[observe(skip)]
    fn size(&self) -> u8 {
        Self::SIZE
    }
}

fn main() {
    Shop.size();
}
