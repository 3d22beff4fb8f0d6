#![deny(warnings)]

use taximeter::observe;
use taximeter_ui_tests::block_on;

#[observe]
fn chained(value: Option<u8>) -> u8 {
    if let Some(value) = value
        && let Some(next) = value.checked_add(1)
        && next > 3
    {
        return next;
    }
    0
}

#[observe]
async fn chained_later(value: Option<u8>) -> u8 {
    if let Some(value) = value
        && value > 3
    {
        return value;
    }
    0
}

#[observe]
fn without_a_value(value: Option<u8>) {
    if let Some(value) = value
        && value > 3
    {
        drop(value.to_string());
    }
}

fn main() {
    assert_eq!((chained(None), chained(Some(1)), chained(Some(9))), (0, 0, 10));
    assert_eq!(block_on(chained_later(Some(9))), 9);
    without_a_value(Some(9));
}
