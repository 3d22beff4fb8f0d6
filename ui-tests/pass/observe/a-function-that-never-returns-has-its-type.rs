#![deny(warnings)]

use std::panic;

use taximeter::observe;
use taximeter_ui_tests::{block_on, calls, wait};

#[observe]
fn give_up(reason: &str) -> ! {
    panic!("{reason}")
}

#[observe]
async fn give_up_later() -> ! {
    wait().await;
    panic!("later")
}

#[observe]
async fn serve() -> ! {
    loop {
        wait().await;
    }
}

fn or_give_up(value: Option<u8>) -> u8 {
    value.unwrap_or_else(|| give_up("no value"))
}

async fn or_serve(value: Option<u8>) -> u8 {
    match value {
        Some(value) => value,
        None if value.is_some() => give_up_later().await,
        None => serve().await,
    }
}

fn main() {
    panic::set_hook(Box::new(|_| {}));
    assert_eq!((or_give_up(Some(1)), block_on(or_serve(Some(1)))), (1, 1));
    assert!(panic::catch_unwind(|| or_give_up(None)).is_err());
    assert!(panic::catch_unwind(|| block_on(give_up_later())).is_err());
    assert_eq!((calls("give_up", "panic"), calls("give_up_later", "panic")), (1, 1));
}
