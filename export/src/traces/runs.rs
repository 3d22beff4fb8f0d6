//! The ids and the data of a run on every span of it, whoever opens the span.
//!
//! Annotated functions write them themselves. Spans of plain `tracing`, of libraries and of the OpenTelemetry API know of
//! no runs. A sampler may give a span attributes, sees those that it has, and is asked where its context is known: so
//! nothing is there twice, and a span that nobody keeps costs nothing.

use opentelemetry::trace::{Link, SpanKind, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};
use taximeter_runtime::__private::span_attributes;

/// Decides as another sampler does.
#[derive(Clone, Debug)]
pub(super) struct InRuns<S>(pub(super) S);

impl<S: ShouldSample + Clone + 'static> ShouldSample for InRuns<S> {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let mut result = self.0.should_sample(parent, trace, name, kind, attributes, links);
        if let Some(context) = parent.filter(|_| result.decision != SamplingDecision::Drop) {
            result.attributes.extend(span_attributes(context, attributes));
        }
        result
    }
}

/// Of attributes with one key the last, as the specification asks: the SDK only appends what is set.
pub(super) fn keep_latest(attributes: &mut Vec<KeyValue>) {
    let mut place = 0;
    while let Some((attribute, later)) = attributes.get(place..).and_then(<[_]>::split_first) {
        if later.iter().any(|other| other.key == attribute.key) {
            attributes.remove(place);
        } else {
            place += 1;
        }
    }
}
