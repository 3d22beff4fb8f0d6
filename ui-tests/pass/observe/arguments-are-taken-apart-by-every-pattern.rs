#![deny(warnings)]

use taximeter::observe;
use taximeter_ui_tests::{block_on, wait};

struct Page {
    text: String,
    size: usize,
}

struct Pair(String, u8);

enum Never {}

#[observe]
fn sizes(
    (one, two): (String, u8),
    Page { text: body, .. }: Page,
    Pair(head, _): Pair,
    [left, right]: [u8; 2],
    _: String,
    &number: &usize,
    whole @ _: u8,
    mut grown: Vec<u8>,
) -> usize {
    grown.push(whole);
    one.len() + usize::from(two + left + right + whole) + body.len() + head.len() + number + grown.len()
}

#[observe]
async fn sizes_later((mut one, _): (String, u8), Page { text, size }: Page, mut count: u8) -> usize {
    one.push('!');
    wait().await;
    count += 1;
    one.len() + text.len() + size + usize::from(count)
}

#[observe]
fn absurd(never: Never) -> u8 {
    match never {}
}

fn page() -> Page {
    Page { text: "text".to_owned(), size: 1 }
}

fn main() {
    let total = sizes((String::new(), 1), page(), Pair("a".to_owned(), 0), [1, 1], String::new(), &10, 1, Vec::new());
    assert_eq!(total, 20);
    assert_eq!(block_on(sizes_later((String::new(), 0), page(), 1)), 8);
    let _: fn(Never) -> u8 = absurd;
}
