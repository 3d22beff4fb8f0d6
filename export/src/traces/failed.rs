//! The traces that have failed of late: when there is no room for every span, there is some for theirs.

use std::sync::atomic::{AtomicU64, Ordering};

use opentelemetry::trace::Status;
use opentelemetry_sdk::trace::SpanData;

/// So many are remembered; a newer one takes the place of an older.
const TRACES: usize = 4_096;

/// Traces by a part of their ids, which are random. No lock: a span that ends must not wait.
#[derive(Debug)]
pub(super) struct Failed([AtomicU64; TRACES]);

impl Default for Failed {
    fn default() -> Self {
        Failed(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

impl Failed {
    /// Remembers the trace of a span that has failed.
    pub(super) fn note(&self, span: &SpanData) {
        if is_error(span)
            && let (Some(place), id) = self.place(span)
        {
            place.store(id, Ordering::Relaxed);
        }
    }

    /// Whether a span has failed, or its trace has before.
    pub(super) fn has(&self, span: &SpanData) -> bool {
        let (place, id) = self.place(span);
        is_error(span) || place.is_some_and(|place| place.load(Ordering::Relaxed) == id)
    }

    fn place(&self, span: &SpanData) -> (Option<&AtomicU64>, u64) {
        let id = span.span_context.trace_id().to_bytes();
        let id = id.iter().skip(8).fold(0_u64, |id, byte| id << 8 | u64::from(*byte));
        (self.0.get(usize::try_from(id).unwrap_or_default() % TRACES), id)
    }
}

fn is_error(span: &SpanData) -> bool {
    matches!(span.status, Status::Error { .. })
}
