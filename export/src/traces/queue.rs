//! Counts every span on its way out, so that none is lost in silence.
//!
//! The batch processor of the SDK drops spans when its queue is full and keeps the number to itself. Here a span is
//! let in only while fewer wait than that queue holds; so it never drops one itself, and the numbers are exact:
//! ended = exported + dropped + waiting.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use taximeter_runtime::metrics;

/// The signal of spans on their way to a receiver.
pub(super) const TRACES: &str = "traces";
/// That of spans for standard error, when it is not the only way out: a span is lost once.
pub(super) const CONSOLE: &str = "console";
/// More spans ended than wait for the receiver.
const QUEUE_FULL: &str = "queue_full";
/// The receiver did not take the batch.
const EXPORT_FAILED: &str = "export_failed";
/// The receiver took the batch, and not all of it.
const REJECTED: &str = "rejected";
/// Still waiting when the time to stop was over.
const SHUTDOWN: &str = "shutdown";
/// Ended when the telemetry had stopped.
const AFTER_SHUTDOWN: &str = "after_shutdown";

/// How many spans wait, and how many are being sent.
#[derive(Debug)]
pub(crate) struct Ledger {
    /// What the metric calls what is lost here.
    signal: &'static str,
    capacity: usize,
    waiting: AtomicUsize,
    sending: AtomicUsize,
    is_closed: AtomicBool,
}

impl Ledger {
    pub(crate) fn new(signal: &'static str, capacity: usize) -> Self {
        // Zeros, so that the first loss is seen as an increase.
        for reason in [QUEUE_FULL, EXPORT_FAILED, REJECTED, SHUTDOWN, AFTER_SHUTDOWN] {
            metrics::dropped(signal, reason, 0);
        }
        Ledger {
            signal,
            capacity,
            waiting: AtomicUsize::new(0),
            sending: AtomicUsize::new(0),
            is_closed: AtomicBool::new(false),
        }
    }

    /// Whether one more span may wait. A refused one is counted as lost.
    fn admit(&self) -> bool {
        if self.is_closed.load(Ordering::Acquire) {
            metrics::dropped(self.signal, AFTER_SHUTDOWN, 1);
            return false;
        }
        let admit = |waiting: usize| (waiting < self.capacity).then_some(waiting + 1);
        let admitted = self.waiting.fetch_update(Ordering::AcqRel, Ordering::Relaxed, admit).is_ok();
        if !admitted {
            metrics::dropped(self.signal, QUEUE_FULL, 1);
        }
        admitted
    }

    /// A batch has left the queue.
    pub(crate) fn begin(&self, spans: usize) {
        self.sending.fetch_add(spans, Ordering::AcqRel);
        subtract(&self.waiting, spans);
    }

    /// A batch has arrived, or is lost. Says whether that is news: after the end, what was on its way is counted
    /// already.
    pub(crate) fn end(&self, spans: usize, arrived: bool) -> bool {
        if self.is_closed.load(Ordering::Acquire) {
            return false;
        }
        subtract(&self.sending, spans);
        if !arrived {
            metrics::dropped(self.signal, EXPORT_FAILED, spans as u64);
        }
        true
    }

    /// Of a batch that arrived, so many were refused.
    pub(crate) fn reject(&self, spans: u64) {
        metrics::dropped(self.signal, REJECTED, spans);
    }

    /// Nothing will be sent any more: what waits or is on its way is lost.
    pub(crate) fn close(&self) {
        if self.is_closed.swap(true, Ordering::AcqRel) {
            return;
        }
        let lost = self.waiting.swap(0, Ordering::AcqRel) + self.sending.swap(0, Ordering::AcqRel);
        if lost > 0 {
            metrics::dropped(self.signal, SHUTDOWN, lost as u64);
        }
    }
}

fn subtract(counter: &AtomicUsize, spans: usize) {
    let _ = counter.fetch_update(Ordering::AcqRel, Ordering::Relaxed, |count| Some(count.saturating_sub(spans)));
}

/// A processor behind a ledger.
pub(crate) struct Queue<P> {
    next: P,
    ledger: Arc<Ledger>,
}

impl<P: SpanProcessor> Queue<P> {
    pub(crate) fn new(next: P, ledger: Arc<Ledger>) -> Self {
        Queue { next, ledger }
    }

    pub(crate) fn ledger(&self) -> Arc<Ledger> {
        Arc::clone(&self.ledger)
    }
}

impl<P: SpanProcessor> SpanProcessor for Queue<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.next.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() && self.ledger.admit() {
            self.next.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.next.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.next.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.next.set_resource(resource);
    }
}

impl<P: fmt::Debug> fmt::Debug for Queue<P> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Queue").field("next", &self.next).field("ledger", &self.ledger).finish()
    }
}
