//! What listens to spans while the cases run.

use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider};
use opentelemetry::Context;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchSpanProcessor, Sampler, SdkTracerProvider, SpanData, SpanExporter};
use taximeter::workflow;
use tracing_subscriber::layer::SubscriberExt;

/// Takes spans, and does nothing with them.
#[derive(Debug)]
struct Nowhere;

impl SpanExporter for Nowhere {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        Ok(())
    }
}

/// Runs `body` in a set-up.
pub fn run(name: &str, body: impl FnOnce()) {
    match name {
        "none" => body(),
        // The environment says so.
        "disabled" => {
            let _telemetry = taximeter::init("peers");
            body();
        }
        "registry" => {
            tracing::subscriber::set_global_default(tracing_subscriber::registry()).expect("it is the first");
            body();
        }
        "otel-on" => {
            open_telemetry();
            body();
        }
        "otel-off" => {
            open_telemetry();
            let _unsampled = unsampled().attach();
            body();
        }
        // Configured by the environment, as a service is.
        "pipeline" => {
            let _telemetry = taximeter::init("peers");
            root(body);
        }
        other => panic!("no set-up is called `{other}`"),
    }
}

#[workflow]
fn root(body: impl FnOnce()) {
    body();
}

fn open_telemetry() {
    let provider = SdkTracerProvider::builder()
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOn)))
        .with_span_processor(BatchSpanProcessor::builder(Nowhere).build())
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("peers"));
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer)).expect("it is the first");
    // Its batch processor works as long as it lives.
    std::mem::forget(provider);
}

/// A trace that the caller has decided not to keep.
fn unsampled() -> Context {
    let parent = SpanContext::new(TraceId::from(1), SpanId::from(1), TraceFlags::NOT_SAMPLED, true, TraceState::NONE);
    Context::new().with_remote_span_context(parent)
}
