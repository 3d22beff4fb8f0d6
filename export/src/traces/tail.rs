//! Which traces are exported, decided when they have ended: every one that failed or was slow, and a share of the others.
//!
//! A trace is what this process sees of it: from the span that has no parent here to its end. Its spans wait together until
//! then. Everything is bounded; a trace that does not fit is decided on as it is, and so is one that takes too long: it is
//! slow when it has been open for as long as a slow one.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::trace::{SpanId, Status, TraceId};
use opentelemetry_sdk::trace::SpanData;
use taximeter_runtime::metrics;

use crate::sampling::Tail;

/// The most traces that are open at once, in all parts together.
const OPEN_TRACES: usize = 10_000;
/// The most bytes that their spans take.
const BYTES: usize = 32 * 1024 * 1024;
/// The most spans of one trace that wait.
const SPANS: usize = 1_000;
/// The longest that a trace stays open.
const TIME: Duration = Duration::from_secs(30);
/// The decisions that are remembered for spans that end after their trace.
const DECISIONS: usize = 10_000;
/// Parts with a lock each, so that threads rarely meet.
const PARTS: usize = 16;
/// What a span takes beside its texts.
const SPAN_BYTES: usize = 512;

/// A span that was not exported because its trace did not fit, and nothing spoke for it until then.
const EVICTED: &str = "tail_evicted";

/// The traces that wait for their end.
#[derive(Debug)]
pub(super) struct TailBuffer {
    tail: Tail,
    parts: [Mutex<Part>; PARTS],
}

#[derive(Debug, Default)]
struct Part {
    open: HashMap<TraceId, Trace>,
    /// In the order in which they began; some have ended since.
    order: VecDeque<(TraceId, Instant)>,
    bytes: usize,
    decided: HashMap<TraceId, Decision>,
    decided_order: VecDeque<TraceId>,
}

#[derive(Debug)]
struct Trace {
    /// When its first span ended here.
    begun: Instant,
    /// For how long it had been open then, as far as its spans tell.
    lead: Duration,
    spans: Vec<SpanData>,
    bytes: usize,
    is_kept: bool,
}

/// When a trace is decided on.
#[derive(Clone, Copy, Debug)]
enum When {
    /// Its root has ended.
    Ended,
    /// Before that, at this moment, because the telemetry ends.
    AtExit(Instant),
    /// Before that, at this moment, because it does not fit.
    Evicted(Instant),
}

/// What becomes of the spans that end after their trace was decided on.
#[derive(Debug, PartialEq)]
enum Decision {
    Keep,
    /// Nothing spoke for so many spans, which is what sampling is for. They are lost if something does later.
    Leave(u64),
    /// It did not fit, and what it loses is counted as it is lost.
    Evict,
}

impl Decision {
    /// Whether a late span is exported, and how many spans are known to be lost now.
    fn late(&mut self, speaks: bool) -> (bool, u64) {
        match self {
            Decision::Keep => (true, 0),
            Decision::Leave(lost) if speaks => {
                let lost = *lost;
                *self = Decision::Keep;
                (true, lost)
            }
            Decision::Evict if speaks => {
                *self = Decision::Keep;
                (true, 0)
            }
            Decision::Leave(lost) => {
                *lost += 1;
                (false, 0)
            }
            Decision::Evict => (false, 1),
        }
    }
}

impl TailBuffer {
    pub(super) fn new(tail: Tail) -> Self {
        metrics::dropped("traces", EVICTED, 0);
        TailBuffer { tail, parts: Default::default() }
    }

    /// Takes a span that has ended, and gives those that are to be exported now.
    pub(super) fn end(&self, span: SpanData) -> Vec<SpanData> {
        let trace = span.span_context.trace_id();
        let Some(part) = self.part(trace) else { return vec![span] };
        let (mut part, now) = (lock(part), Instant::now());
        let mut ready = Vec::new();
        self.evict(&mut part, now, &mut ready);
        match part.decided.get_mut(&trace) {
            // What fails late or was slow is worth its span, though its trace is gone.
            Some(decision) => {
                let (is_kept, lost) = decision.late(self.speaks_for(&span));
                ready.extend(is_kept.then_some(span));
                lose(lost);
            }
            None => self.wait(&mut part, trace, span, now, &mut ready),
        }
        ready
    }

    /// Decides on everything that is still open: at the end, or on those that have been open for too long.
    pub(super) fn sweep(&self, all: bool) -> Vec<SpanData> {
        let (mut ready, now) = (Vec::new(), Instant::now());
        for part in &self.parts {
            let mut part = lock(part);
            if all {
                let open: Vec<TraceId> = part.open.keys().copied().collect();
                open.into_iter().for_each(|trace| self.decide(&mut part, trace, When::AtExit(now), &mut ready));
            } else {
                self.evict(&mut part, now, &mut ready);
            }
        }
        ready
    }

    fn part(&self, trace: TraceId) -> Option<&Mutex<Part>> {
        let last = trace.to_bytes().last().copied().unwrap_or_default();
        self.parts.get(usize::from(last) % PARTS)
    }

    fn wait(&self, part: &mut Part, id: TraceId, span: SpanData, now: Instant, ready: &mut Vec<SpanData>) {
        let is_root = span.parent_span_id == SpanId::INVALID || span.parent_span_is_remote;
        let bytes = size(&span);
        let trace = part.open.entry(id).or_insert_with(|| {
            part.order.push_back((id, now));
            Trace { begun: now, lead: Duration::ZERO, spans: Vec::new(), bytes: 0, is_kept: false }
        });
        trace.is_kept |= self.speaks_for(&span);
        trace.lead = trace.lead.max(duration(&span).saturating_sub(now.saturating_duration_since(trace.begun)));
        trace.bytes += bytes;
        part.bytes += bytes;
        trace.spans.push(span);
        if is_root || trace.spans.len() >= SPANS {
            let when = if is_root { When::Ended } else { When::Evicted(now) };
            self.decide(part, id, when, ready);
        }
    }

    /// Whether this span alone makes its trace one to keep. A slow one does whichever it is: its root waits for it, or it is
    /// what went on after that.
    fn speaks_for(&self, span: &SpanData) -> bool {
        matches!(span.status, Status::Error { .. }) || duration(span) >= self.tail.slow
    }

    /// The oldest traces go when there are too many, when they take too much, or when they are too old.
    fn evict(&self, part: &mut Part, now: Instant, ready: &mut Vec<SpanData>) {
        while let Some((id, begun)) = part.order.front().copied() {
            let is_open = part.open.get(&id).is_some_and(|trace| trace.begun == begun);
            let is_full = part.open.len() >= OPEN_TRACES / PARTS || part.bytes >= BYTES / PARTS;
            if is_open && !is_full && now.saturating_duration_since(begun) < TIME {
                return;
            }
            part.order.pop_front();
            if is_open {
                self.decide(part, id, When::Evicted(now), ready);
            }
        }
    }

    fn decide(&self, part: &mut Part, id: TraceId, when: When, ready: &mut Vec<SpanData>) {
        let Some(trace) = part.open.remove(&id) else { return };
        part.bytes = part.bytes.saturating_sub(trace.bytes);
        let spans = trace.spans.len() as u64;
        if trace.is_kept || self.tail.is_in_share(id) || trace.age(when) >= Some(self.tail.slow) {
            part.remember(id, Decision::Keep);
            ready.extend(trace.spans);
        } else if matches!(when, When::Evicted(_)) {
            part.remember(id, Decision::Evict);
            lose(spans);
        } else {
            part.remember(id, Decision::Leave(spans));
        }
    }
}

impl Trace {
    /// For how long it has been open, when it still is. The end of a trace tells that itself.
    fn age(&self, when: When) -> Option<Duration> {
        match when {
            When::Ended => None,
            When::AtExit(now) | When::Evicted(now) => {
                Some(self.lead.saturating_add(now.saturating_duration_since(self.begun)))
            }
        }
    }
}

impl Part {
    fn remember(&mut self, id: TraceId, decision: Decision) {
        if self.decided.insert(id, decision).is_none() {
            self.decided_order.push_back(id);
        }
        if self.decided_order.len() > DECISIONS / PARTS
            && let Some(oldest) = self.decided_order.pop_front()
        {
            self.decided.remove(&oldest);
        }
    }
}

fn lock(part: &Mutex<Part>) -> MutexGuard<'_, Part> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lose(spans: u64) {
    if spans > 0 {
        metrics::dropped("traces", EVICTED, spans);
    }
}

fn duration(span: &SpanData) -> Duration {
    span.end_time.duration_since(span.start_time).unwrap_or_default()
}

/// About how many bytes a span takes.
fn size(span: &SpanData) -> usize {
    let attributes = |attributes: &[opentelemetry::KeyValue]| -> usize {
        attributes.iter().map(|pair| 64 + pair.key.as_str().len() + pair.value.as_str().len()).sum()
    };
    let events: usize = span.events.iter().map(|event| 64 + event.name.len() + attributes(&event.attributes)).sum();
    SPAN_BYTES + span.name.len() + attributes(&span.attributes) + events
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use opentelemetry::InstrumentationScope;
    use opentelemetry::trace::{SpanContext, SpanKind, TraceFlags, TraceState};
    use opentelemetry_sdk::trace::{SpanEvents, SpanLinks};

    use super::*;

    fn span(trace: u128, is_root: bool, millis: u64, status: Status) -> SpanData {
        let ids = (TraceId::from(trace), SpanId::from(7));
        let start = SystemTime::UNIX_EPOCH;
        SpanData {
            span_context: SpanContext::new(ids.0, ids.1, TraceFlags::SAMPLED, false, TraceState::NONE),
            parent_span_id: if is_root { SpanId::INVALID } else { SpanId::from(8) },
            parent_span_is_remote: false,
            span_kind: SpanKind::Internal,
            name: "span".into(),
            start_time: start,
            end_time: start + Duration::from_millis(millis),
            attributes: Vec::new(),
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status,
            instrumentation_scope: InstrumentationScope::default(),
        }
    }

    fn nothing_of_the_rest() -> TailBuffer {
        TailBuffer::new(Tail { rate: 0.0, slow: Duration::from_secs(1) })
    }

    #[test]
    fn a_trace_that_failed_anywhere_is_kept_whole() {
        let tail = nothing_of_the_rest();
        assert!(tail.end(span(1, false, 1, Status::Ok)).is_empty());
        assert!(tail.end(span(1, false, 1, Status::error("no"))).is_empty());
        assert_eq!(tail.end(span(1, true, 1, Status::Ok)).len(), 3);
        assert_eq!(tail.end(span(1, false, 1, Status::Ok)).len(), 1, "what ends late follows");
    }

    #[test]
    fn a_slow_trace_is_kept_and_a_healthy_one_is_not() {
        let tail = nothing_of_the_rest();
        assert_eq!(tail.end(span(1, true, 1_000, Status::Unset)).len(), 1);
        assert!(tail.end(span(2, true, 999, Status::Unset)).is_empty());
        assert!(tail.end(span(2, false, 1, Status::Unset)).is_empty());
        assert_eq!(tail.end(span(2, false, 1, Status::error("late"))).len(), 1);
    }

    #[test]
    fn a_trace_that_is_decided_on_early_is_slow_when_it_is_open_for_long() {
        let tail = nothing_of_the_rest();
        let child = |trace, millis| span(trace, false, millis, Status::Ok);
        assert!(tail.end(child(1, 1)).is_empty());
        let part = tail.part(TraceId::from(1)).unwrap();
        let age = |trace, time| {
            let when = When::Evicted(lock(part).open[&TraceId::from(trace)].begun + time);
            let mut ready = Vec::new();
            tail.decide(&mut lock(part), TraceId::from(trace), when, &mut ready);
            ready.len()
        };
        assert_eq!(age(1, Duration::from_secs(1)), 1, "nothing that ended was slow, and the whole is");
        assert!(tail.end(child(17, 1)).is_empty());
        assert_eq!(age(17, Duration::from_millis(998)), 0);
        assert!(tail.end(child(33, 500)).is_empty());
        assert_eq!(age(33, Duration::from_millis(500)), 1, "it was open before its first span ended");
    }

    #[test]
    fn what_is_slow_is_kept_though_its_trace_is_gone() {
        let hour = Duration::from_secs(60 * 60);
        let tail = TailBuffer::new(Tail { rate: 0.0, slow: hour });
        let early: usize = (0..SPANS).map(|_| tail.end(span(1, false, 0, Status::Ok)).len()).sum();
        assert_eq!(early, 0);
        assert_eq!(tail.end(span(1, true, hour.as_millis() as u64, Status::Ok)).len(), 1);
        assert_eq!(tail.end(span(1, false, 1, Status::Ok)).len(), 1, "what ends after it follows");
    }

    #[test]
    fn what_is_dropped_of_a_trace_that_something_speaks_for_is_lost() {
        let mut evicted = Decision::Evict;
        assert_eq!((evicted.late(false), evicted.late(true), evicted.late(false)), ((false, 1), (true, 0), (true, 0)));
        let mut left = Decision::Leave(3);
        assert_eq!((left.late(false), left.late(true), left.late(true)), ((false, 0), (true, 4), (true, 0)));
    }

    #[test]
    fn what_does_not_fit_is_decided_on_as_it_is() {
        let tail = nothing_of_the_rest();
        let failed = 1..=OPEN_TRACES as u128;
        let ready: usize = failed.map(|trace| tail.end(span(trace, false, 1, Status::error("no"))).len()).sum();
        let open: usize = tail.parts.iter().map(|part| lock(part).open.len()).sum();
        assert!(open <= OPEN_TRACES);
        let more: usize = (0..1_000).map(|trace| tail.end(span(1 << 64 | trace, false, 1, Status::Ok)).len()).sum();
        assert!(ready + more >= 1_000, "the oldest failed traces were exported: {ready} {more}");
        assert!(tail.parts.iter().all(|part| lock(part).open.len() <= OPEN_TRACES / PARTS));
    }

    #[test]
    fn one_long_trace_does_not_take_all_memory() {
        let tail = nothing_of_the_rest();
        let ready: usize = (0..5 * SPANS).map(|_| tail.end(span(1, false, 1, Status::error("no"))).len()).sum();
        assert_eq!(ready, 5 * SPANS);
        assert_eq!(lock(&tail.parts[1]).bytes, 0);
    }
}
