use taximeter::observe;

struct Shop;

impl Shop {
    #[observe]
    #[track_caller]
    fn order(&self, text: &str) -> Result<impl Future<Output = u8>, std::num::ParseIntError> {
        let id: u8 = text.parse()?;
        Ok(async move { id })
    }
}

fn main() {}
