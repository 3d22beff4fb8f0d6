#![deny(warnings)]

use std::num::ParseIntError;

use taximeter::observe;
use taximeter_ui_tests::{block_on, calls, errors, wait};

type Found<T> = Option<T>;

#[observe(none = "error")]
fn find(there: bool) -> Option<u8> {
    there.then_some(1)
}

#[observe(none = "error")]
async fn find_by_alias(there: bool) -> Found<u8> {
    wait().await;
    there.then_some(1)
}

#[observe(none = "error")]
fn find_or_fail(text: &str) -> Result<Option<u8>, ParseIntError> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some)
}

#[derive(Debug)]
enum Failure {
    NotFound,
    Broken,
}

impl Failure {
    fn code(&self) -> &'static str {
        match self {
            Failure::NotFound => "E404",
            Failure::Broken => "E500",
        }
    }
}

fn is_expected(output: &Result<u8, Failure>) -> bool {
    matches!(output, Ok(_) | Err(Failure::NotFound))
}

#[observe(error_type = |error| error.code())]
fn by_closure(failure: Failure) -> Result<u8, Failure> {
    Err(failure)
}

#[observe(error_type = Failure::code, ok_if = is_expected)]
async fn by_path(failure: Failure) -> Result<u8, Failure> {
    wait().await;
    Err(failure)
}

#[observe(ok_if = |output| output.is_ok())]
#[track_caller]
fn tracked(failure: Failure) -> Result<u8, Failure> {
    Err(failure)
}

fn main() {
    let (_, _) = (find(true), find(false));
    assert_eq!((calls("find", "success"), calls("find", "error"), errors("find", "none")), (1, 1, 1));
    let (_, _) = (block_on(find_by_alias(true)), block_on(find_by_alias(false)));
    assert_eq!((calls("find_by_alias", "success"), calls("find_by_alias", "error")), (1, 1));
    let (_, _, _) = (find_or_fail(""), find_or_fail("x"), find_or_fail("1"));
    assert_eq!((calls("find_or_fail", "success"), calls("find_or_fail", "error")), (1, 2));
    assert_eq!((errors("find_or_fail", "none"), errors("find_or_fail", "ParseIntError")), (1, 1));

    let _ = by_closure(Failure::NotFound);
    assert_eq!(errors("by_closure", "E404"), 1);
    let (_, _) = (block_on(by_path(Failure::NotFound)), block_on(by_path(Failure::Broken)));
    assert_eq!((calls("by_path", "success"), calls("by_path", "error"), errors("by_path", "E500")), (1, 1, 1));
    let _ = tracked(Failure::Broken);
    assert_eq!(calls("tracked", "error"), 1);
}
