#![deny(warnings)]

use taximeter::observe;

#[observe]
fn longest<'a>(one: &'a str, other: &'a str) -> &'a str {
    if one.len() > other.len() { one } else { other }
}

#[observe]
fn trimmed(text: &str) -> &str {
    text.trim()
}

#[observe]
fn first(values: &mut Vec<u8>) -> &mut u8 {
    if values.is_empty() {
        values.push(0);
    }
    &mut values[0]
}

#[observe]
fn even(value: &mut u8) -> Result<&u8, String> {
    if *value % 2 == 0 {
        return Ok(value);
    }
    *value += 1;
    Err(format!("odd, and now {value}"))
}

// The argument itself is assigned, and what is returned borrows from what it points to.
#[observe]
fn last<'a>(mut values: &'a mut [u8]) -> &'a mut u8 {
    while values.len() > 1 {
        values = &mut values[1..];
    }
    &mut values[0]
}

#[observe]
fn each(values: &mut [u8]) -> std::slice::IterMut<'_, u8> {
    values.iter_mut()
}

fn main() {
    assert_eq!(longest("a", "bc"), "bc");
    assert_eq!(trimmed(" a "), "a");
    let mut values = Vec::new();
    *first(&mut values) += 3;
    assert_eq!(even(&mut values[0]), Err("odd, and now 4".to_owned()));
    assert_eq!(even(&mut values[0]), Ok(&4));
    *last(&mut values) += 1;
    each(&mut values).for_each(|value| *value += 1);
    assert_eq!(values, [6]);
}
