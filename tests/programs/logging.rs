//! A program that logs: inside and outside of spans, politely and rudely.

use std::fmt;

use taximeter::{Config, observe, workflow};
use tracing::{debug, error, info, warn};

/// A value whose `Display` is broken.
struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("broken display")
    }
}

fn main() {
    let _telemetry = Config::from_env("logging").prometheus_port(0).init();
    info!("outside");
    answer();
    let _ = refuse();
    rude();
    debug!("too quiet to be written");
    let result = std::panic::catch_unwind(|| info!(value = %Broken, "still here"));
    info!(survived = result.is_ok(), "last");
}

#[workflow(name = "answer")]
fn answer() {
    info!(tokens = 12_u64, "in the workflow");
    find();
}

#[observe]
fn find() {
    warn!("in the child");
}

#[observe]
fn refuse() -> Result<(), std::num::ParseIntError> {
    "twelve".parse::<u32>()?;
    Ok(())
}

/// Fields with the names of keys, texts that break lines and quotes, numbers that JSON does not have.
fn rude() {
    info!(
        timestamp = "field",
        level = 7,
        target = "field",
        service = "field",
        trace_id = "field",
        text = "a\nb\r\u{2028}\u{85}\"c\\\u{1b}[31m",
        infinite = f64::INFINITY,
        share = 0.5,
        negative = -3_i64,
        yes = true,
        "line one\nline two"
    );
    error!(error = &Chain as &dyn std::error::Error, "chained");
}

#[derive(Debug)]
struct Chain;

impl fmt::Display for Chain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("no answer")
    }
}

impl std::error::Error for Chain {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&fmt::Error)
    }
}
