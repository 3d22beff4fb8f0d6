//! A program without an async runtime that leaves a thousand spans.

use taximeter::{observe, workflow};

fn main() {
    let _telemetry = taximeter::init("thousand-calls");
    for _ in 0..10 {
        shift();
    }
}

#[workflow(name = "shift")]
fn shift() {
    for _ in 0..99 {
        trip();
    }
}

#[observe]
fn trip() {}
