#![deny(warnings)]

use taximeter::{Workflow, observe, workflow};
use taximeter_ui_tests::{block_on, wait};

#[observe]
fn current() -> Option<String> {
    Workflow::current().map(|workflow| workflow.name().to_owned())
}

#[workflow(name = "support.answer")]
async fn named() -> Option<String> {
    wait().await;
    current()
}

#[workflow]
fn without_a_name() -> Option<String> {
    current()
}

#[workflow]
fn without_a_value(seen: &mut Option<String>) {
    *seen = current();
}

fn main() {
    let mut seen = None;
    without_a_value(&mut seen);
    assert_eq!(seen.as_deref(), Some("without_a_value"));
    assert_eq!(without_a_name().as_deref(), Some("without_a_name"));
    assert_eq!(block_on(named()).as_deref(), Some("support.answer"));
    assert_eq!(current(), None);
}
