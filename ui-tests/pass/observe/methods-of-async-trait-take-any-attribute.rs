#![deny(warnings)]

use async_trait::async_trait;
use taximeter::observe;
use taximeter_ui_tests::{block_on, wait};

#[async_trait]
trait Shop {
    async fn place(&self, name: &str) -> Result<usize, String>;

    async fn change(&mut self, count: u8) -> u8;

    #[observe]
    async fn count(&self, count: u8) -> u8 {
        wait().await;
        count
    }
}

struct Counter(u8);

#[async_trait]
impl Shop for Counter {
    #[observe]
    async fn place(&self, name: &str) -> Result<usize, String> {
        wait().await;
        let length: usize = name.parse().map_err(|_| "no number".to_owned())?;
        Ok(length)
    }

    #[observe]
    async fn change(&mut self, mut count: u8) -> u8 {
        wait().await;
        count += 1;
        self.0 += count;
        self.0
    }
}

fn main() {
    let mut shop = Counter(1);
    assert_eq!(block_on(shop.place("7")), Ok(7));
    assert!(block_on(shop.place("seven")).is_err());
    assert_eq!((block_on(shop.change(2)), block_on(shop.count(5))), (4, 5));
}
