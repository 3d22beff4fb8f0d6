#![deny(warnings)]

use taximeter::observe;
use taximeter_ui_tests::{block_on, wait};

// `Result` means one thing in the signature and another one in the body.
#[observe]
fn read() -> Result<u8, String> {
    use std::io::Result;
    const SIZE: u8 = 1;
    fn inner() -> Result<u8> {
        Ok(SIZE)
    }
    inner().map_err(|error| error.to_string())
}

#[observe]
async fn read_later() -> Result<u8, String> {
    use std::io::Result;
    struct String;
    let inner = || -> Result<u8> {
        let _ = String;
        Ok(1)
    };
    wait().await;
    Ok(inner().unwrap_or(0))
}

#[observe]
fn sum(result: u8, span: u8, call: u8, __call: u8, __ret: u8, __span: u8) -> u8 {
    let guard = result + span + call + __call + __ret;
    guard + __span
}

#[observe]
async fn sum_later(result: u8, span: u8, call: u8, __call: u8, __ret: u8, __span: u8) -> u8 {
    let guard = result + span + call + __call + __ret;
    wait().await;
    guard + __span
}

#[observe]
fn __call() {}

fn main() {
    __call();
    assert_eq!((read(), block_on(read_later())), (Ok(1), Ok(1)));
    assert_eq!((sum(1, 2, 3, 4, 5, 6), block_on(sum_later(1, 2, 3, 4, 5, 6))), (21, 21));
}
