//! How do the numbers, the spans and the log lines get out of the process?
//!
//! By one call in `main`:
//!
//! ```no_run
//! let _telemetry = taximeter_export::init("support-bot");
//! ```
//!
//! - `curl localhost:9464/metrics` shows the metrics, `/healthz` how the telemetry itself is doing.
//! - Every event of `tracing` is one JSON object on standard output, with the ids of its trace and workflow.
//! - With `OTEL_EXPORTER_OTLP_ENDPOINT` every span goes to a collector, over gRPC or HTTP; log lines and metrics go there
//!   too when they are asked to.
//!
//! What it costs: three threads (port and network, batches of spans, log lines), and none of them is the program's.
//! Nothing here waits for the network, needs an async runtime, or fails the program: what does not work is a
//! [`Problem`], said once and shown by `/healthz`. Users add the facade `taximeter`, which re-exports this crate.

// This code runs inside of other people's programs: it must not be able to end them.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod config;
mod deadline;
mod fields;
mod fork;
mod ledger;
mod lines;
mod logs;
mod loss;
mod meters;
mod otlp;
mod outermost;
mod overflow;
mod own;
mod points;
mod prices;
mod problem;
mod push;
mod rate;
mod records;
mod registry;
mod sampling;
mod server;
#[cfg(unix)]
mod signals;
mod span_events;
mod span_fields;
mod system;
mod telemetry;
mod text;
mod traces;
mod worker;

pub use config::Config;
pub use config::otlp::{Compression, Protocol};
pub use loss::Loss;
pub use problem::{InitError, Problem};
pub use push::PushError;
pub use telemetry::{BoxedLayer, Telemetry, init, layers};
pub use text::{write_metrics, write_openmetrics};
