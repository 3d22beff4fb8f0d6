#![deny(warnings)]

use taximeter::observe;
use taximeter_ui_tests::{block_on, calls, wait};

#[observe]
async fn join<'a>(one: &str, other: &str, seen: &mut Vec<&'a str>, new: &'a str) -> String {
    wait().await;
    seen.push(new);
    wait().await;
    format!("{one}{other}")
}

#[observe]
async fn nothing() {
    wait().await;
}

fn main() {
    let new = String::from("c");
    let mut seen = vec!["b"];
    assert_eq!(block_on(join("a", &String::from("b"), &mut seen, &new)), "ab");
    assert_eq!(seen, ["b", "c"]);
    block_on(nothing());
    assert_eq!(calls("nothing", "success"), 1);
}
