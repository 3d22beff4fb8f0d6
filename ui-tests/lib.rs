//! What the cases of `pass/` share: they read what a user would read.

pub mod shapes;
mod spans;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// How many calls of an operation ended with a status.
#[must_use]
pub fn calls(operation: &str, status: &str) -> u64 {
    count("operation_duration_seconds", &[("operation", operation), ("status", status)])
}

/// How many errors of a type an operation had.
#[must_use]
pub fn errors(operation: &str, error_type: &str) -> u64 {
    count("operation_errors_total", &[("operation", operation), ("error_type", error_type)])
}

/// The sum of all series of a family that have these labels: observations of a histogram, or the value of a counter.
#[must_use]
pub fn count(family: &str, labels: &[(&str, &str)]) -> u64 {
    let families = taximeter::metrics::registry().gather();
    let series = families.iter().filter(|known| known.name() == family).flat_map(|family| family.get_metric());
    let wanted = series.filter(|series| {
        let has = |&(name, value): &(&str, &str)| {
            series.get_label().iter().any(|label: &_| (label.name(), label.value()) == (name, value))
        };
        labels.iter().all(has)
    });
    wanted.map(|series| series.get_histogram().get_sample_count() + series.get_counter().get_value() as u64).sum()
}

/// The upper bounds of an operation's buckets, in seconds.
#[must_use]
pub fn bounds(operation: &str) -> Vec<f64> {
    let families = taximeter::metrics::registry().gather();
    let mut series = families
        .iter()
        .filter(|known| known.name() == "operation_duration_seconds")
        .flat_map(|family| family.get_metric());
    let wanted = series.find(|series| series.get_label().iter().any(|label: &_| label.value() == operation));
    let buckets = wanted.into_iter().flat_map(|series| series.get_histogram().get_bucket());
    buckets.map(|bucket| bucket.upper_bound()).filter(|bound: &f64| bound.is_finite()).collect()
}

pub use spans::{Seen, spans};

/// Runs a future that waits for nothing outside of itself.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

/// Gives way once, so that what surrounds it is kept over a wait.
pub async fn wait() {
    let mut has_waited = false;
    std::future::poll_fn(|_| if std::mem::replace(&mut has_waited, true) { Poll::Ready(()) } else { Poll::Pending })
        .await;
}
