//! What does a call of an annotated function do?
//!
//! It opens a [`Call`](__private::Call): a span, a clock reading, one more operation in flight. When the body
//! returns, unwinds or is dropped, the call is closed with an outcome, and the numbers land in cells that only the
//! current thread writes. Nobody has to install anything first: the [registry](metrics::registry) always exists, so
//! a call made before `init` counts, and a program that never calls `init` pays for plain adds and no more.
//!
//! This crate owns the process-wide registry, so it stays small and slow to change: no HTTP, no async runtime, no
//! exporter. Users add the facade `taximeter`, which re-exports everything here.

// This code runs inside of other people's programs: it must not be able to end them.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod account;
mod call;
mod caller;
mod clock;
mod context;
mod database;
mod ending;
mod error_kind;
mod exit;
mod field;
mod guard;
mod ids;
mod label;
mod linked;
mod observed;
mod opening;
mod outcome;
mod probe;
pub mod propagation;
mod render;
mod returned;
mod site;
mod span;
#[cfg(feature = "tokio")]
mod tasks;
mod thread;
mod warning;

#[doc(hidden)]
pub mod __private;
#[doc(hidden)]
pub mod capped;
pub mod llm;
pub mod metrics;
pub mod panics;
pub mod redact;
#[doc(hidden)]
pub mod switch;
mod workflow;

pub use caller::{Caller, baggage};
pub use context::{Attached, Scope, in_current_context};
pub use error_kind::ErrorKind;
pub use field::{Field, FieldValue};
pub use label::Label;
pub use llm::money::Usd;
pub use propagation::current as correlation_id;
#[cfg(feature = "tokio")]
pub use tasks::{spawn, spawn_blocking};
pub use taximeter_macros::{ErrorKind, Label, llm_cost, observe, workflow};
pub use workflow::{Builder as WorkflowBuilder, Checkpoint, Run as WorkflowRun, Workflow};
