//! The spans of this process, as the exporter of a real pipeline gets them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use opentelemetry::Context;
use opentelemetry::trace::{SpanId, SpanKind, Status, TracerProvider};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanData, SpanProcessor};
use tracing_subscriber::layer::SubscriberExt;

use crate::trace::{Event, Span};

/// Runs `scenario` with a tracer that is current on this thread, and gives the spans that ended in it.
pub fn spans_of(scenario: impl FnOnce()) -> Vec<Span> {
    spans_sampled(1.0, scenario)
}

/// The same when this share of the traces is kept that begin here. A caller who says so decides for his.
pub fn spans_sampled(share: f64, scenario: impl FnOnce()) -> Vec<Span> {
    let memory = Memory::default();
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(share)));
    let provider = SdkTracerProvider::builder().with_sampler(sampler).with_span_processor(memory.clone()).build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("test"))
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_target(false);
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), scenario);
    let ended = memory.0.lock().expect("nobody panics while he holds the spans");
    ended.iter().map(span).collect()
}

/// The same for a scenario with threads of its own: each has to begin with what the scenario is given.
pub fn on_threads(scenario: impl FnOnce(Box<dyn Fn() + Send + Sync>)) -> Vec<Span> {
    spans_of(|| {
        let dispatch = tracing::dispatcher::get_default(Clone::clone);
        // The subscriber stays that of the thread until it ends.
        scenario(Box::new(move || std::mem::forget(tracing::dispatcher::set_default(&dispatch))));
    })
}

/// Keeps the spans that end. The simple processor would block on its exporter, which a test inside of `block_on` must not.
#[derive(Clone, Debug, Default)]
struct Memory(Arc<Mutex<Vec<SpanData>>>);

impl SpanProcessor for Memory {
    fn on_start(&self, _: &mut opentelemetry_sdk::trace::Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        self.0.lock().expect("nobody panics while he holds the spans").push(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

fn span(data: &SpanData) -> Span {
    let (status, status_message) = match &data.status {
        Status::Ok => ("ok", String::new()),
        Status::Error { description } => ("error", description.to_string()),
        Status::Unset => ("unset", String::new()),
    };
    let is_root = data.parent_span_id == SpanId::INVALID;
    Span {
        trace_id: data.span_context.trace_id().to_string(),
        id: data.span_context.span_id().to_string(),
        parent: if is_root { String::new() } else { data.parent_span_id.to_string() },
        name: data.name.to_string(),
        kind: kind(&data.span_kind).to_owned(),
        status: status.to_owned(),
        status_message,
        start: data.start_time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64),
        attributes: attributes(&data.attributes),
        events: data.events.iter().map(event).collect(),
        links: data.links.iter().map(|link| link.span_context.span_id().to_string()).collect(),
        ..Span::default()
    }
}

fn kind(kind: &SpanKind) -> &'static str {
    match kind {
        SpanKind::Client => "client",
        SpanKind::Server => "server",
        SpanKind::Producer => "producer",
        SpanKind::Consumer => "consumer",
        SpanKind::Internal => "internal",
    }
}

fn event(event: &opentelemetry::trace::Event) -> Event {
    Event { name: event.name.to_string(), attributes: attributes(&event.attributes) }
}

fn attributes(pairs: &[opentelemetry::KeyValue]) -> std::collections::BTreeMap<String, String> {
    pairs.iter().map(|pair| (pair.key.to_string(), pair.value.to_string())).collect()
}
