//! The headers that carry a context between processes: who the caller is, and what it sends along.
//!
//! [W3C Trace Context](https://www.w3.org/TR/trace-context-2/) (`traceparent`, `tracestate`),
//! [W3C Baggage](https://www.w3.org/TR/baggage/) (`baggage`), and `x-correlation-id`. They come from strangers, so
//! every limit is checked before anything is allocated, and what is malformed is left out: never an error, never a
//! panic. They need not be headers of HTTP; a message in a queue can carry them as well.

pub(crate) mod baggage;
mod carrier;
mod correlation;
mod lines;
mod traceparent;
mod tracestate;

use opentelemetry::Context;
use opentelemetry::baggage::BaggageExt;
use opentelemetry::trace::{SpanContext, TraceContextExt};

pub use carrier::{Carrier, Headers};
pub use correlation::{Correlation, current, is_id};
use lines::Lines;

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
        let state = tracestate::read(&Lines::of(carrier, header::TRACESTATE));
        let span = SpanContext::new(parent.trace_id, parent.span_id, parent.flags, true, state);
        context = context.with_remote_span_context(span);
    }
    if let Some(baggage) = baggage::read(&Lines::of(carrier, header::BAGGAGE)) {
        context = context.with_baggage(baggage);
    }
    if let Some(correlation) = Correlation::read(carrier.lines(header::CORRELATION_ID)) {
        context = context.with_value(correlation);
    }
    context
}

/// Calls `write` with each header of a context. What the context does not have is not written.
pub fn inject(context: &Context, mut write: impl FnMut(&'static str, String)) {
    let span = context.span();
    let span = span.span_context();
    if span.is_valid() {
        write(header::TRACEPARENT, traceparent::written(span));
        if let Some(state) = tracestate::written(span.trace_state()) {
            write(header::TRACESTATE, state);
        }
    }
    if let Some(baggage) = baggage::written(context.baggage()) {
        write(header::BAGGAGE, baggage);
    }
    if let Some(id) = correlation::of(context) {
        write(header::CORRELATION_ID, id.as_ref().to_owned());
    }
}
