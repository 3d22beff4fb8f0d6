#![deny(warnings)]

use std::rc::Rc;

use async_trait::async_trait;
use async_trait::async_trait as renamed;
use taximeter::{observe, workflow};
use taximeter_ui_tests::{block_on, calls, wait};

#[async_trait]
trait Shop {
    async fn place(&self, name: &str) -> Result<usize, String>;

    async fn change(&mut self, count: u8) -> u8;

    #[observe(name = "shop.default")]
    async fn default(&self, count: u8) -> u8 {
        wait().await;
        count
    }
}

struct Inside(u8);

#[async_trait]
impl Shop for Inside {
    #[observe(name = "inside.place", capture(name))]
    async fn place(&self, name: &str) -> Result<usize, String> {
        if name.is_empty() {
            return Err("empty".to_owned());
        }
        wait().await;
        let length: usize = name.parse().map_err(|_| "no number".to_owned())?;
        Ok(length)
    }

    #[workflow(name = "inside.change")]
    async fn change(&mut self, mut count: u8) -> u8 {
        wait().await;
        count += self.0;
        self.0 = count;
        count
    }
}

struct Outside(u8);

#[observe]
#[renamed]
impl Shop for Outside {
    async fn place(&self, name: &str) -> Result<usize, String> {
        wait().await;
        name.parse().map_err(|_| "no number".to_owned())
    }

    async fn change(&mut self, count: u8) -> u8 {
        self.0 += count;
        self.0
    }
}

struct Below;

#[renamed]
#[observe]
impl Shop for Below {
    async fn place(&self, _: &str) -> Result<usize, String> {
        wait().await;
        Ok(1)
    }

    async fn change(&mut self, count: u8) -> u8 {
        count
    }
}

#[async_trait(?Send)]
trait Local {
    async fn keep(&self, shared: Rc<u8>) -> u8;
}

#[async_trait(?Send)]
impl Local for Inside {
    #[observe(name = "inside.keep")]
    async fn keep(&self, shared: Rc<u8>) -> u8 {
        wait().await;
        *shared
    }
}

fn send<T: Send>(future: T) -> T {
    future
}

fn main() {
    let mut inside = Inside(1);
    assert_eq!(block_on(send(inside.place("7"))), Ok(7));
    assert!(block_on(inside.place("")).is_err() && block_on(inside.place("x")).is_err());
    assert_eq!((calls("inside.place", "success"), calls("inside.place", "error")), (1, 2));
    assert_eq!((block_on(inside.change(1)), block_on(inside.default(1)), inside.0), (2, 1, 2));
    assert_eq!((calls("inside.change", "success"), calls("shop.default", "success")), (1, 1));
    drop(inside.place("7"));
    assert_eq!(calls("inside.place", "cancelled"), 1);

    let mut outside = Outside(1);
    assert_eq!((block_on(send(outside.place("7"))), block_on(outside.change(1)), outside.0), (Ok(7), 2, 2));
    assert!(block_on(outside.place("")).is_err());
    assert_eq!((calls("Outside::place", "success"), calls("Outside::place", "error")), (1, 1));

    assert_eq!((block_on(Below.place("")), block_on(Below.change(1))), (Ok(1), 1));
    assert_eq!((calls("Below::place", "success"), calls("Below::change", "success")), (1, 1));
    assert_eq!((block_on(inside.keep(Rc::new(3))), calls("inside.keep", "success")), (3, 1));
}
