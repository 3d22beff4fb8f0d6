#![deny(warnings)]

use std::num::ParseIntError;
use std::ops::ControlFlow;

use taximeter::observe;
use taximeter_ui_tests::{block_on, calls, wait};

#[derive(Debug)]
struct Wrong;

impl From<ParseIntError> for Wrong {
    fn from(_: ParseIntError) -> Wrong {
        Wrong
    }
}

#[observe]
fn parsed(text: &str) -> Result<u8, Wrong> {
    if text == "zero" {
        return Ok(0);
    }
    let is_blank = || {
        // Stays inside of the closure.
        return text.is_empty();
    };
    if is_blank() {
        return Err(Wrong);
    }
    Ok(text.parse()?)
}

#[observe]
async fn parsed_later(text: &str) -> Result<u8, Box<dyn std::error::Error + Send + Sync>> {
    if text.is_empty() {
        return Err("blank".into());
    }
    wait().await;
    let number: u8 = text.parse()?;
    Ok(number)
}

#[observe]
fn next(value: Option<u8>) -> Option<u8> {
    Some(value? + 1)
}

#[observe]
fn go_on(flow: ControlFlow<u8, u8>) -> ControlFlow<u8, u8> {
    let value = flow?;
    ControlFlow::Continue(value + 1)
}

fn main() {
    assert!(matches!((parsed("zero"), parsed("7"), parsed(""), parsed("x")), (Ok(0), Ok(7), Err(Wrong), Err(Wrong))));
    assert_eq!((calls("parsed", "success"), calls("parsed", "error")), (2, 2));

    assert_eq!(block_on(parsed_later("7")).ok(), Some(7));
    assert!(block_on(parsed_later("")).is_err() && block_on(parsed_later("x")).is_err());
    assert_eq!((calls("parsed_later", "success"), calls("parsed_later", "error")), (1, 2));

    assert_eq!((next(Some(1)), next(None)), (Some(2), None));
    assert_eq!(calls("next", "success"), 2);
    assert_eq!(go_on(ControlFlow::Continue(1)), ControlFlow::Continue(2));
    assert_eq!(go_on(ControlFlow::Break(1)), ControlFlow::Break(1));
}
