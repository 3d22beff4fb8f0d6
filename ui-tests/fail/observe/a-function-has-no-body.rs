use taximeter::observe;

trait Shop {
    #[observe]
    fn place(&self) -> u8;
}

struct Corner;

impl Shop for Corner {
    fn place(&self) -> u8 {
        1
    }
}

unsafe extern "C" {
    #[observe]
    safe fn pay();
}

fn main() {}
