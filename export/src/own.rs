//! Knows the threads of the telemetry itself, so that its traffic makes no telemetry.

use std::cell::Cell;

use opentelemetry::{Context, ContextGuard};
use tracing::{Level, Metadata};

thread_local! {
    static IS_OWN: Cell<bool> = const { Cell::new(false) };
}

/// Crates that carry our spans to the receiver. Their own spans and debug lines would describe that journey.
const CARRIERS: &[&str] = &[
    "h2",
    "hyper",
    "hyper_rustls",
    "hyper_util",
    "opentelemetry",
    "opentelemetry-http",
    "opentelemetry-otlp",
    "opentelemetry-sdk",
    "opentelemetry_http",
    "opentelemetry_otlp",
    "opentelemetry_sdk",
    "reqwest",
    "rustls",
    "tonic",
    "tower",
];

/// Keeps the OpenTelemetry SDK quiet on a thread for as long as it lives.
pub(crate) struct Quiet {
    _suppressed: ContextGuard,
}

/// Makes the current thread one of ours.
pub(crate) fn enter() -> Quiet {
    let _ = IS_OWN.try_with(|own| own.set(true));
    Quiet { _suppressed: Context::enter_telemetry_suppressed_scope() }
}

fn is_own_thread() -> bool {
    IS_OWN.try_with(Cell::get).unwrap_or(false)
}

/// Whether spans of this target are the journey of other spans. The whole crate name counts: `tower_http` stays.
pub(crate) fn is_carrier(target: &str) -> bool {
    CARRIERS.contains(&crate_of(target))
}

/// Whether an event tells of the journey of telemetry: all that happens on our threads but what we say ourselves, and what
/// OpenTelemetry tells on other threads of its own steps (`Global meter provider is set`).
pub(crate) fn is_journey(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    let is_step = crate_of(target).starts_with("opentelemetry") && *metadata.level() > Level::WARN;
    is_step || is_own_thread() && !is_ours(target)
}

/// Whether a target is one of ours, and not one of a crate that works for us.
fn is_ours(target: &str) -> bool {
    crate_of(target).starts_with("taximeter")
}

fn crate_of(target: &str) -> &str {
    target.split("::").next().unwrap_or(target)
}
