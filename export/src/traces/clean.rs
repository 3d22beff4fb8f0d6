//! Takes the secrets out of a span before any exporter, queue or console holds it.
//!
//! Every text of a span can have come from outside: its name, the names and values of its attributes, its events, its
//! links, what its status says, the scope that made it, the state that its caller sent along.

use std::borrow::Cow;

use opentelemetry::trace::{SpanContext, Status, TraceState};
use opentelemetry::{Array, InstrumentationScope, Key, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::SpanData;
use taximeter_runtime::redact::{self, MASK};

/// The span without the secrets that the redactor knows, and with its end not before its beginning: it is told by the
/// wall clock, which may have been put back meanwhile.
pub(super) fn clean(mut span: SpanData) -> SpanData {
    span.end_time = span.end_time.max(span.start_time);
    clean_text(&mut span.name);
    clean_attributes(&mut span.attributes);
    for event in &mut span.events.events {
        clean_text(&mut event.name);
        clean_attributes(&mut event.attributes);
    }
    for link in &mut span.links.links {
        clean_attributes(&mut link.attributes);
        clean_context(&mut link.span_context);
    }
    if let Status::Error { description } = &mut span.status {
        clean_text(description);
    }
    clean_context(&mut span.span_context);
    clean_scope(&mut span.instrumentation_scope);
    span
}

fn clean_text(text: &mut Cow<'static, str>) {
    if let Cow::Owned(safe) = redact::text(text) {
        *text = Cow::Owned(safe);
    }
}

/// Attributes, as those of the resource are.
pub(super) fn clean_attributes(attributes: &mut [KeyValue]) {
    attributes.iter_mut().for_each(clean_attribute);
}

fn clean_attribute(attribute: &mut KeyValue) {
    if redact::is_secret_name(attribute.key.as_str()) {
        // Counted by its name, whatever it holds.
        attribute.value = redact::named(attribute.key.as_str(), MASK).into_owned().into();
        return;
    }
    if let Cow::Owned(safe) = redact::text(attribute.key.as_str()) {
        attribute.key = Key::from(safe);
    }
    match &mut attribute.value {
        Value::String(text) => clean_value(text),
        Value::Array(Array::String(texts)) => texts.iter_mut().for_each(clean_value),
        _ => {}
    }
}

fn clean_value(text: &mut StringValue) {
    if let Cow::Owned(safe) = redact::text(text.as_str()) {
        *text = StringValue::from(safe);
    }
}

/// The state belongs to other vendors and is passed on to the next service as it came; a secret in it is not exported.
fn clean_context(context: &mut SpanContext) {
    let state = context.trace_state();
    if *state == TraceState::NONE || matches!(redact::text(&state.header()), Cow::Borrowed(_)) {
        return;
    }
    let (trace, span, flags) = (context.trace_id(), context.span_id(), context.trace_flags());
    *context = SpanContext::new(trace, span, flags, context.is_remote(), TraceState::NONE);
}

/// Mostly the name of a crate, so it is looked at and left alone.
fn clean_scope(scope: &mut InstrumentationScope) {
    let is_clean = |text: &str| matches!(redact::text(text), Cow::Borrowed(_));
    let mut attributes: Vec<KeyValue> = scope.attributes().cloned().collect();
    clean_attributes(&mut attributes);
    let has_clean_attributes = scope.attributes().eq(attributes.iter());
    if is_clean(scope.name()) && scope.version().is_none_or(is_clean) && has_clean_attributes {
        return;
    }
    let mut safe = InstrumentationScope::builder(redact::text(scope.name()).into_owned()).with_attributes(attributes);
    if let Some(version) = scope.version() {
        safe = safe.with_version(redact::text(version).into_owned());
    }
    *scope = safe.build();
}
