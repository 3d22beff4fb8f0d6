//! The body of such a method cannot be moved, so what leaves it early is not seen.

#![deny(warnings)]

struct Shop {
    pages: Vec<u8>,
}

impl Shop {
    #[taximeter::observe]
    #[track_caller]
    fn first(&self) -> Result<u8, String> {
        let page = self.pages.first().ok_or("no page")?;
        Ok(*page)
    }
}

fn main() {
    let _ = Shop { pages: Vec::new() }.first();
}
