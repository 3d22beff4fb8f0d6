#![deny(warnings)]

use taximeter::observe;
use taximeter_ui_tests::calls;

#[observe]
fn up_to(limit: u8) -> impl Iterator<Item = u8> {
    0..limit
}

// The closure takes the type of its argument from the signature.
#[observe]
fn longer_than(limit: usize) -> impl Fn(&str) -> bool {
    move |text| text.len() > limit
}

#[observe]
fn words(text: &str) -> Result<impl Iterator<Item = &str>, String> {
    if text.is_empty() {
        return Err("empty".to_owned());
    }
    Ok(text.split(' '))
}

#[observe]
fn only_the_first<'a, T>(value: &'a T, _scale: &str) -> impl Sized + use<'a, T> {
    value
}

fn main() {
    assert_eq!(up_to(3).sum::<u8>(), 3);
    assert!(longer_than(2)("abc"));
    assert_eq!(words("a b").map(Iterator::count), Ok(2));
    assert!(words("").is_err());
    assert_eq!((calls("words", "success"), calls("words", "error")), (1, 1));
    let value = 1;
    let _kept = {
        let scale = String::from("short-lived");
        only_the_first(&value, &scale)
    };
}
