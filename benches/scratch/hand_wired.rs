//! What `taximeter::init` and one `#[observe]` do, wired by hand.

use std::time::Instant;

use axum::{Router, routing::get};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use prometheus::{Encoder, Histogram, TextEncoder, register_histogram};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

#[tracing::instrument]
fn work() {}

async fn page() -> Vec<u8> {
    let mut text = Vec::new();
    let _ = TextEncoder::new().encode(&prometheus::gather(), &mut text);
    text
}

#[tokio::main]
async fn main() {
    let exporter = opentelemetry_otlp::SpanExporter::builder().with_tonic().build().expect("an exporter");
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).build();
    tracing_subscriber::registry()
        .with(EnvFilter::from_default_env())
        .with(tracing_subscriber::fmt::layer().json())
        .with(tracing_opentelemetry::layer().with_tracer(provider.tracer("cold")))
        .init();
    let duration: Histogram = register_histogram!("duration_seconds", "Duration.").expect("a free name");
    let start = Instant::now();
    work();
    duration.observe(start.elapsed().as_secs_f64());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/metrics", get(page))).await });
}
