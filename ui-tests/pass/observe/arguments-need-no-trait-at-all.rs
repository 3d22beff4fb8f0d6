#![deny(warnings)]

use std::fmt::Display;
use std::task::Poll;

use taximeter::observe;
use taximeter_ui_tests::{block_on, wait};

struct Opaque(u8);

#[observe]
fn sum(opaque: &Opaque, text: &dyn Display, call: Box<dyn Fn(u8) -> u8>, pointer: fn(u8) -> u8, place: *const u8) -> u8 {
    opaque.0 + call(1) + pointer(2) + u8::from(!place.is_null()) + u8::try_from(text.to_string().len()).unwrap_or(0)
}

#[observe]
async fn sum_later(opaque: Opaque, call: impl Fn(u8) -> u8, text: &(dyn Display + Sync)) -> usize {
    wait().await;
    usize::from(opaque.0 + call(1)) + text.to_string().len()
}

#[observe]
fn polled(is_ready: bool) -> Poll<Result<Opaque, Opaque>> {
    if is_ready { Poll::Ready(Err(Opaque(1))) } else { Poll::Pending }
}

#[observe]
fn context(text: &str) -> anyhow::Result<u8> {
    use anyhow::Context;
    anyhow::ensure!(!text.is_empty(), "nothing");
    text.parse().context("no number")
}

#[observe]
fn known(text: &str) -> Result<(), &'static str> {
    text.is_empty().then_some(()).ok_or("full")
}

fn main() {
    let place = 1;
    assert_eq!(sum(&Opaque(1), &"a", Box::new(|value| value), |value| value, &place), 6);
    assert_eq!(block_on(sum_later(Opaque(1), |value| value, &"a")), 3);
    assert!(polled(false).is_pending() && polled(true).is_ready());
    assert!(context("7").is_ok() && context("").is_err() && context("x").is_err());
    assert!(known("").is_ok() && known("a").is_err());
    assert_eq!(taximeter_ui_tests::calls("context", "error"), 2);
}
