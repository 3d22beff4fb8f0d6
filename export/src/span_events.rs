//! Events become events of the span they happen in.
//!
//! `tracing-opentelemetry` can do that too, but it formats the fields of an event unguarded, turns an error field into
//! a second `exception` event, and marks the span of a successful call as failed when something in it logs an error.

use opentelemetry::trace::{Status, TraceContextExt};
use opentelemetry::{Context as OtelContext, KeyValue, Value as OtelValue};
use tracing::{Dispatch, Event, Level, Subscriber};
use tracing_log::NormalizeEvent;
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use crate::fields::{Fields, Value};
use crate::logs::Surroundings;

/// The target of the spans and the exception events of annotated functions. Their status is set by their outcome.
const OURS: &str = "taximeter";
const EXCEPTION: &str = "taximeter::exception";

/// The layer that adds events to spans.
pub(crate) struct SpanEventLayer {
    pub(crate) surroundings: Surroundings,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for SpanEventLayer {
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.surroundings.register(dispatch);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        // Formatting a field runs code of the program, so the context must not be borrowed meanwhile.
        let Some(current) = self.surroundings.with(event, OtelContext::current) else { return };
        let span = current.span();
        if !span.is_recording() {
            return;
        }
        let (name, attributes) = span_event(event);
        span.add_event(name, attributes);
        if *event.metadata().level() == Level::ERROR && !is_ours(event, &context) {
            span.set_status(Status::error(""));
        }
    }
}

fn is_ours<S: Subscriber + for<'a> LookupSpan<'a>>(event: &Event<'_>, context: &Context<'_, S>) -> bool {
    context.event_span(event).is_some_and(|span| span.metadata().target() == OURS)
}

fn span_event(event: &Event<'_>) -> (String, Vec<KeyValue>) {
    let normalized = event.normalized_metadata();
    let metadata = normalized.as_ref().unwrap_or_else(|| event.metadata());
    let fields = Fields::of(event);
    let mut attributes = Vec::with_capacity(fields.others.len() + 2);
    if metadata.target() != EXCEPTION {
        attributes.push(KeyValue::new("level", metadata.level().as_str()));
        attributes.push(KeyValue::new("target", metadata.target().to_owned()));
    }
    attributes.extend(fields.others.into_iter().map(|(name, value)| KeyValue::new(name, attribute(value))));
    (fields.message.unwrap_or_else(|| event.metadata().name().to_owned()), attributes)
}

fn attribute(value: Value) -> OtelValue {
    match value {
        Value::Bool(value) => value.into(),
        Value::I64(value) => value.into(),
        // OpenTelemetry has no unsigned numbers.
        Value::U64(value) => i64::try_from(value).map_or_else(|_| value.to_string().into(), Into::into),
        Value::F64(value) => value.into(),
        Value::Text(text) => text.into(),
    }
}
