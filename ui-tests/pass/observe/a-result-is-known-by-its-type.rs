#![deny(warnings)]

use std::convert::Infallible;
use std::io;

use taximeter::observe;
use taximeter_ui_tests::calls;

type Outcome<T> = std::result::Result<T, io::Error>;

enum Result {
    Err,
}

#[observe]
fn alias() -> Outcome<u8> {
    Err(io::Error::other("disk"))
}

#[observe]
fn a_users_own() -> Result {
    Result::Err
}

#[observe]
fn no_value() -> std::result::Result<Infallible, Box<str>> {
    Err("never".into())
}

#[observe]
fn nested() -> Option<Outcome<()>> {
    Some(Err(io::Error::other("disk")))
}

fn main() {
    assert!(alias().is_err() && no_value().is_err() && nested().is_some());
    let Result::Err = a_users_own();
    assert_eq!((calls("alias", "error"), calls("no_value", "error")), (1, 1));
    assert_eq!((calls("a_users_own", "success"), calls("nested", "success")), (1, 1));
}
