//! Taximeter: put an attribute on a function, and every call of it leaves a span, a duration, an outcome, and, when it
//! calls a language model, tokens and cost in exact dollars.

pub use prometheus;
pub use taximeter_runtime::{Usd, Workflow, llm, metrics, panics};
pub use taximeter_runtime::{llm_cost, observe, workflow};

#[doc(hidden)]
pub use taximeter_runtime::__private;

#[cfg(feature = "export")]
pub use taximeter_export as export;
#[cfg(feature = "export")]
pub use taximeter_export::{Config, Loss, Problem, Telemetry, init};
#[cfg(feature = "http")]
pub use taximeter_http as http;
