//! What the cases of `pass/` share: they read what a user would read.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// How many calls of an operation ended with a status.
#[must_use]
pub fn calls(operation: &str, status: &str) -> u64 {
    let wanted = [("operation", operation), ("status", status)];
    let mut calls = 0;
    for family in taximeter::metrics::registry().gather() {
        if family.name() != "operation_duration_seconds" {
            continue;
        }
        for series in family.get_metric() {
            let has = |(name, value)| {
                series.get_label().iter().any(|label: &_| (label.name(), label.value()) == (name, value))
            };
            if wanted.into_iter().all(has) {
                calls += series.get_histogram().get_sample_count();
            }
        }
    }
    calls
}

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
