//! The headers that carry a context between processes: who the caller is, and what it sends along.
//!
//! [W3C Trace Context](https://www.w3.org/TR/trace-context-2/) (`traceparent`, `tracestate`),
//! [W3C Baggage](https://www.w3.org/TR/baggage/) (`baggage`), and `x-correlation-id`. They come from strangers, so
//! every limit is checked before anything is allocated, and what is malformed is left out: never an error, never a
//! panic. They need not be headers of HTTP; a message in a queue can carry them as well.

pub(crate) mod baggage;
mod carrier;
mod correlation;
mod traceparent;
mod tracestate;

use opentelemetry::Context;
use opentelemetry::baggage::BaggageExt;
use opentelemetry::trace::{SpanContext, TraceContextExt};

pub use carrier::{Carrier, Headers};
pub use correlation::{Correlation, current, is_id};

/// The most bytes that all lines of one header may have together (W3C Baggage, 3.3.2).
const LINES_CAP: usize = 8_192;

/// The names of the headers, in the order in which they are written.
pub mod header {
    /// The trace, the span and whether it is recorded.
    pub const TRACEPARENT: &str = "traceparent";
    /// What the tracers on the way have noted.
    pub const TRACESTATE: &str = "tracestate";
    /// What the callers send along.
    pub const BAGGAGE: &str = "baggage";
    /// The id that all runs of one request share.
    pub const CORRELATION_ID: &str = "x-correlation-id";
}

/// A context that holds what the caller says in its headers, and nothing of what is current here.
///
/// With a `traceparent` that is missing or malformed the next span starts a trace of its own.
pub fn extract(carrier: &impl Carrier) -> Context {
    let mut context = Context::new();
    if let Some(parent) = traceparent::read(carrier.lines(header::TRACEPARENT)) {
        let state = tracestate::read(|| carrier.lines(header::TRACESTATE));
        let span = SpanContext::new(parent.trace_id, parent.span_id, parent.flags, true, state);
        context = context.with_remote_span_context(span);
    }
    if let Some(baggage) = baggage::read(|| carrier.lines(header::BAGGAGE)) {
        context = context.with_baggage(baggage);
    }
    if let Some(correlation) = Correlation::read(carrier.lines(header::CORRELATION_ID)) {
        context = context.with_value(correlation);
    }
    context
}

/// Calls `write` with each header of a context. What the context does not have is not written.
pub fn inject(context: &Context, mut write: impl FnMut(&'static str, &[u8])) {
    let span = context.span();
    let span = span.span_context();
    if span.is_valid() {
        write(header::TRACEPARENT, &traceparent::written(span));
        let state = span.trace_state().header();
        if !state.is_empty() {
            write(header::TRACESTATE, state.as_bytes());
        }
    }
    let baggage = baggage::written(context.baggage());
    if !baggage.is_empty() {
        write(header::BAGGAGE, baggage.as_bytes());
    }
    if let Some(id) = correlation::of(context) {
        write(header::CORRELATION_ID, id.as_bytes());
    }
}

/// The lines as far as they are not more than the cap together; none when they are.
fn within_cap<'a>(lines: impl Iterator<Item = &'a [u8]>) -> bool {
    let mut total = 0_usize;
    for line in lines {
        total = total.saturating_add(line.len());
        if total > LINES_CAP {
            return false;
        }
    }
    true
}

/// The members of a list in a header, without the optional white space around them; empty ones are allowed and skipped.
fn members(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| *byte == b',').map(trim).filter(|member| !member.is_empty())
}

/// Without spaces and tabs at both ends.
fn trim(text: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = text.iter().position(|byte| !is_blank(byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|byte| !is_blank(byte)).map_or(start, |last| last + 1);
    text.get(start..end).unwrap_or_default()
}
