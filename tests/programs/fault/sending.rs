//! What is sent beside spans, and more spans than can be sent.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use taximeter::llm::Usage;
use taximeter::{Config, llm_cost, metrics, observe};
use tracing::info;

use super::code::{telemetry, work};

#[llm_cost(model = model, provider = "openai", feature = "answers")]
fn ask(model: &str, usage: Usage) -> (String, Usage) {
    (model.to_owned(), usage)
}

#[observe]
fn fails(number: u32) -> Result<(), std::num::ParseIntError> {
    work();
    let text = if number.is_multiple_of(3) { "three" } else { "3" };
    text.parse::<u32>().map(drop)
}

/// Counts a little of everything, and then nothing.
pub(crate) fn pushing() {
    let telemetry = Config::from_env("fault").log_level("warn").init();
    (0..10).for_each(|number| drop(fails(number)));
    (0..3).for_each(|_| drop(ask("gpt-4o-mini", Usage::new(1_000, 333))));
    let fares = metrics::counter("fares", "Fares.").labels(["town"]).register().expect("a counter");
    fares.with(["a \"b\" \\ c"]).inc();
    let rides =
        metrics::histogram("ride", "Rides.").unit("seconds").buckets([0.25, 1.0]).register().expect("a histogram");
    [0.1, 0.25, 7.0].into_iter().for_each(|seconds| rides.record(seconds));
    eprintln!("worked");
    if std::env::var_os("ENDS").is_none() {
        thread::sleep(Duration::from_secs(600));
    }
    if telemetry.metrics_address().is_none() {
        eprintln!("no page");
    }
    eprintln!("{}", telemetry.shutdown());
}

/// More lines than wait, for a receiver that is not there. Says how many records were lost.
pub(crate) fn many_lines() {
    let telemetry = Config::from_env("fault").prometheus_port(0).log_rate_limit(0).init();
    (0..2_000).for_each(|number| info!(number, "a line"));
    let lost = telemetry.shutdown().log_records();
    eprintln!("lost {lost}");
    std::process::exit(0);
}

/// Traces of three spans, one in a hundred of which fails, while nobody takes them; then somebody does.
pub(crate) fn overload() {
    #[observe]
    fn outer(number: u32) -> Result<(), &'static str> {
        middle(number)
    }
    #[observe]
    fn middle(number: u32) -> Result<(), &'static str> {
        work();
        if number.is_multiple_of(100) { Err("one in a hundred") } else { Ok(()) }
    }
    let telemetry = telemetry();
    for number in 1..=4_000 {
        let _ = outer(number);
    }
    eprintln!("made");
    let again = PathBuf::from(std::env::var_os("AGAIN").expect("a file"));
    while !again.exists() {
        thread::sleep(Duration::from_millis(20));
    }
    telemetry.flush();
    let loss = telemetry.shutdown_within(Duration::from_secs(30));
    eprintln!("spans lost {}", loss.spans());
}
