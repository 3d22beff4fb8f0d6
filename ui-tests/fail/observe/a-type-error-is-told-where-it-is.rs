use taximeter::observe;

use std::num::ParseIntError;

#[observe]
fn no_tail() -> u8 {
    1;
}

#[observe]
async fn no_tail_later() -> u8 {
    1;
}

#[observe]
fn wrong_error(text: String) -> Result<u8, ParseIntError> {
    Err(text)?
}

#[observe]
fn no_result(text: &str) -> u8 {
    text.parse::<u8>()?
}

#[observe]
fn unknown_type() -> Resutl<u8, u8> {
    Ok(1)
}

#[observe]
fn no_value() {
    1
}

fn main() {}
