//! A program that logs: inside and outside of spans, politely and rudely.

use std::fmt;
use std::future::{Future, pending};
use std::pin::pin;
use std::task::{Context, Waker};

use taximeter::{Config, observe, workflow};
use tracing::{debug, error, info, info_span, warn};

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
    late();
    careless();
    assert!(pin!(give_up()).poll(&mut Context::from_waker(Waker::noop())).is_pending());
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

/// Names a span as the parent of an event, while it is there and when it is not any more.
#[observe]
fn late() {
    let span = info_span!("closing");
    info!(parent: &span, "before the end");
    let id = span.id();
    drop(span);
    info!(parent: id, "after the end");
    info!("beside it");
}

/// Logs what nobody should read.
#[observe]
fn careless() {
    info!(api_key = "hunter1", user = "ann", error = &Refused as &dyn std::error::Error, "refused");
}

/// Is cancelled after it has logged an error.
#[observe]
async fn give_up() {
    error!("giving up");
    pending().await
}

#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("no access with password=hunter2 to https://ann:hunter3@db.internal")
    }
}

impl std::error::Error for Refused {}

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
