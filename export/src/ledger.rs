//! Counts every span, log record and metric on its way out, so that none is lost in silence.
//!
//! An item is let into a queue only while fewer wait than the queue holds; so the queue never drops one itself, and the
//! numbers are exact: made = exported + dropped + waiting.

mod standing;

/// Those of the processor; a model (`tests/tests/cells.rs`) has its own.
mod sync {
    pub(super) use std::sync::atomic::{AtomicU64, Ordering};
}

use taximeter_runtime::metrics;

use self::standing::{Refused, Standing};
use crate::overflow::{Overflow, Refusals};
use crate::problem;

/// The signal of spans on their way to a receiver.
pub(crate) const TRACES: &str = "traces";
/// That of spans for standard error, when it is not the only way out: a span is lost once.
pub(crate) const CONSOLE: &str = "console";
/// That of log lines on their way to a receiver; those for standard output are `logs`.
pub(crate) const OTLP_LOGS: &str = "otlp_logs";
/// That of the points of metrics on their way to a receiver.
pub(crate) const OTLP_METRICS: &str = "otlp_metrics";

/// More items were made than wait for the receiver.
const QUEUE_FULL: &str = "queue_full";
/// The receiver did not take the batch.
const EXPORT_FAILED: &str = "export_failed";
/// The receiver took the batch, and not all of it.
const REJECTED: &str = "rejected";
/// Still waiting when the time to stop was over.
const SHUTDOWN: &str = "shutdown";
/// Ended when the telemetry had stopped.
const AFTER_SHUTDOWN: &str = "after_shutdown";

/// How many items wait, and how many are being sent.
#[derive(Debug)]
pub(crate) struct Ledger {
    /// What the metric calls what is lost here.
    signal: &'static str,
    capacity: usize,
    /// Room beyond the capacity, for those that matter most.
    reserve: usize,
    standing: Standing,
    refusals: Refusals,
}

impl Ledger {
    /// With room for so many that wait, and for an eighth more of those that matter most.
    pub(crate) fn new(signal: &'static str, capacity: usize) -> Self {
        // Zeros, so that the first loss is seen as an increase.
        for reason in [QUEUE_FULL, EXPORT_FAILED, REJECTED, SHUTDOWN, AFTER_SHUTDOWN] {
            metrics::dropped(signal, reason, 0);
        }
        Ledger {
            signal,
            capacity,
            reserve: capacity.div_ceil(8),
            standing: Standing::new(),
            refusals: Refusals::default(),
        }
    }

    /// The most that ever wait.
    pub(crate) fn room(&self) -> usize {
        self.capacity + self.reserve
    }

    /// Whether one more item may wait. A refused one is counted as lost. Asked only when it is tight: whether the item is
    /// one of those for which there is a reserve.
    pub(crate) fn admit(&self, matters: impl FnOnce() -> bool) -> bool {
        let admitted = match self.standing.admit(self.capacity) {
            Err(Refused::Full) if matters() => self.standing.admit(self.room()),
            admitted => admitted,
        };
        match admitted {
            Ok(()) => {}
            Err(Refused::Full) => self.refuse(),
            Err(Refused::Closed) => metrics::dropped(self.signal, AFTER_SHUTDOWN, 1),
        }
        admitted.is_ok()
    }

    /// Counts an item for which there is no room as lost.
    pub(crate) fn refuse(&self) {
        metrics::dropped(self.signal, QUEUE_FULL, 1);
        self.refusals.add();
    }

    /// What to look at to see that it is full.
    pub(crate) fn overflow(&self) -> Overflow {
        let (area, items) = match self.signal {
            CONSOLE => (problem::TRACES, "spans for the console"),
            OTLP_LOGS => (problem::LOGS, "log records"),
            OTLP_METRICS => (problem::METRICS, "metrics"),
            _ => (problem::TRACES, "spans"),
        };
        Overflow::new(area, items, self.refusals.clone())
    }

    /// Items that never waited are on their way.
    pub(crate) fn add(&self, items: usize) {
        if !self.standing.add(items) {
            metrics::dropped(self.signal, AFTER_SHUTDOWN, items as u64);
        }
    }

    /// A batch has left the queue.
    pub(crate) fn begin(&self, items: usize) {
        self.standing.begin(items);
    }

    /// A batch has arrived, or is lost. Says whether that is news: after the end, what was on its way is counted
    /// already.
    pub(crate) fn end(&self, items: usize, arrived: bool) -> bool {
        let is_news = self.standing.end(items);
        if is_news && !arrived {
            metrics::dropped(self.signal, EXPORT_FAILED, items as u64);
        }
        is_news
    }

    /// Of a batch that arrived, so many were refused.
    pub(crate) fn reject(&self, items: u64) {
        metrics::dropped(self.signal, REJECTED, items);
    }

    /// Nothing will be sent any more: what waits or is on its way is lost.
    pub(crate) fn close(&self) {
        let lost = self.standing.close();
        if lost > 0 {
            metrics::dropped(self.signal, SHUTDOWN, lost);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_what_matters_when_there_is_none_for_the_rest() {
        let ledger = Ledger::new("test", 16);
        assert_eq!((0..100).filter(|_| ledger.admit(|| false)).count(), 16);
        assert_eq!((0..100).filter(|_| ledger.admit(|| true)).count(), 2);
        ledger.begin(3);
        assert!(!ledger.admit(|| false) || ledger.room() - 3 < 16);
    }
}
