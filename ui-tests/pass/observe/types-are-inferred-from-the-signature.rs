#![deny(warnings)]

use std::collections::BTreeMap;
use std::fmt::Debug;

use taximeter::observe;
use taximeter_ui_tests::block_on;

#[observe]
fn collected() -> BTreeMap<u8, u8> {
    (0..3).map(|number| (number, number)).collect()
}

#[observe]
fn converted() -> String {
    "a".into()
}

#[observe]
fn default<T: Default>() -> T {
    Default::default()
}

#[observe]
fn coerced(is_wanted: bool) -> Option<Box<dyn Debug>> {
    if !is_wanted {
        return None;
    }
    Some(Box::new(1))
}

#[observe]
fn higher_ranked() -> Box<dyn for<'a> Fn(&'a str) -> &'a str> {
    Box::new(|text| text.trim())
}

#[observe]
fn pointer() -> fn(&str) -> usize {
    |text| text.len()
}

#[observe]
async fn coerced_later(is_wanted: bool) -> Result<Box<dyn Debug>, Box<dyn std::error::Error>> {
    if !is_wanted {
        return Err("unwanted".into());
    }
    Ok(Box::new(1))
}

fn main() {
    assert_eq!((collected().len(), converted().as_str(), default::<u8>()), (3, "a", 0));
    assert!(coerced(true).is_some() && coerced(false).is_none());
    assert_eq!((higher_ranked()(" a "), pointer()("ab")), ("a", 2));
    assert!(block_on(coerced_later(true)).is_ok() && block_on(coerced_later(false)).is_err());
}
