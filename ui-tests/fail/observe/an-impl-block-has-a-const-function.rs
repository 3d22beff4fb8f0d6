use taximeter::observe;

struct Shop;

#[observe]
impl Shop {
    const fn size(&self) -> u8 {
        1
    }

    #[observe(skip)]
    const fn left_out(&self) -> u8 {
        1
    }

    fn place(&self) {}
}

// The functions are still there.
const SIZE: u8 = Shop.size() + Shop.left_out();

fn main() {}
