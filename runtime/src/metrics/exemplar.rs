//! Which trace stands for a bucket of a histogram: the last sampled one that fell into it.
//!
//! An exemplar holds two ids, a value and a time, and nothing of the program's: so there is nothing in it to mask. Whoever
//! has no span of a sampled trace neither writes nor keeps memory for one.

use std::sync::{Mutex, OnceLock};
use std::time::{Duration, SystemTime};

use opentelemetry::Context;
use opentelemetry::trace::{SpanId, TraceContextExt, TraceId};
use tracing::Span;

use crate::context;
use crate::outcome::Outcome;

/// One measured call, and the span that shows what it did.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Exemplar {
    /// The trace.
    pub trace_id: TraceId,
    /// The span of the call.
    pub span_id: SpanId,
    /// What was measured, in the unit of the histogram.
    pub value: u64,
    /// When it was measured.
    pub at: SystemTime,
}

/// A call that could be an exemplar, for whoever knows which traces will be kept.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// The trace.
    pub trace_id: TraceId,
    /// Whether it ended in an error or a panic.
    pub is_failed: bool,
    /// How long it took.
    pub elapsed: Duration,
}

type Keep = Box<dyn Fn(Candidate) -> bool + Send + Sync>;

static KEEP: OnceLock<Keep> = OnceLock::new();

/// Says which sampled traces will be kept, when that is decided after their end. The first one who says it is heard.
#[doc(hidden)]
pub fn exemplars_of(keep: impl Fn(Candidate) -> bool + Send + Sync + 'static) {
    let _ = KEEP.set(Box::new(keep));
}

impl Exemplar {
    /// The exemplar of a call that ends now, whose span is the current one. None when nobody will ever see that span.
    pub(crate) fn of_call(span: &Span, outcome: Outcome, ns: u64) -> Option<Exemplar> {
        if span.is_disabled() {
            return None;
        }
        let (trace_id, span_id) = context::read_current(sampled).flatten()?;
        let is_failed = matches!(outcome, Outcome::Error | Outcome::Panic);
        let candidate = Candidate { trace_id, is_failed, elapsed: Duration::from_nanos(ns) };
        let is_kept = KEEP.get().is_none_or(|keep| keep(candidate));
        is_kept.then(|| Exemplar { trace_id, span_id, value: ns, at: SystemTime::now() })
    }
}

/// The ids of the context's span, if its trace is sampled.
fn sampled(context: &Context) -> Option<(TraceId, SpanId)> {
    if !context.has_active_span() {
        return None;
    }
    let span = context.span();
    let ids = span.span_context();
    (ids.is_valid() && ids.is_sampled()).then(|| (ids.trace_id(), ids.span_id()))
}

/// A slot for each bucket of a histogram.
pub(crate) struct Slots(Box<[Mutex<Option<Exemplar>>]>);

impl Slots {
    pub(crate) fn new(buckets: usize) -> Slots {
        Slots((0..buckets).map(|_| Mutex::new(None)).collect())
    }

    /// Keeps the exemplar of a bucket. Nobody waits: of two who come at once one is heard.
    pub(crate) fn keep(&self, bucket: usize, exemplar: Exemplar) {
        if let Some(mut slot) = self.0.get(bucket).and_then(|slot| slot.try_lock().ok()) {
            *slot = Some(exemplar);
        }
    }

    /// What the slots hold, but for those that are being written.
    pub(crate) fn read(&self) -> impl Iterator<Item = Exemplar> {
        self.0.iter().filter_map(|slot| *slot.try_lock().ok()?)
    }
}

/// Puts an exemplar where its bucket is, unless a younger one is there.
pub(crate) fn place(exemplars: &mut [Option<Exemplar>], bounds: &[u64], exemplar: Exemplar) {
    let bucket = bounds.partition_point(|bound| *bound < exemplar.value);
    if let Some(slot) = exemplars.get_mut(bucket)
        && slot.is_none_or(|known| known.at <= exemplar.at)
    {
        *slot = Some(exemplar);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exemplar(value: u64, second: u64) -> Exemplar {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
        Exemplar { trace_id: TraceId::from(7), span_id: SpanId::from(9), value, at }
    }

    #[test]
    fn the_youngest_of_each_bucket_stands_for_it() {
        let mut all = [None; 3];
        for (value, second) in [(5, 1), (10, 3), (7, 2), (11, 1), (99, 1)] {
            place(&mut all, &[10, 20], exemplar(value, second));
        }
        assert_eq!(all.map(|kept| kept.map(|kept| kept.value)), [Some(10), Some(11), Some(99)]);
    }

    #[test]
    fn whoever_meets_another_one_at_a_slot_goes_on() {
        let slots = Slots::new(1);
        slots.keep(0, exemplar(1, 1));
        let held = slots.0[0].lock().unwrap();
        slots.keep(0, exemplar(2, 2));
        assert_eq!(slots.read().count(), 0);
        drop(held);
        slots.keep(7, exemplar(3, 3));
        assert_eq!(slots.read().map(|kept| kept.value).collect::<Vec<_>>(), [1]);
    }
}
