//! Where does the time go, what fails, and what does it cost?
//!
//! Put an attribute on a function, and every call of it leaves a span, a duration and an outcome, and, when it asks a
//! language model, its tokens and its exact cost. The numbers are read on port 9464.
//!
//! ```
//! use taximeter::llm::Usage;
//! use taximeter::{Workflow, llm_cost, observe, workflow};
//!
//! #[workflow(name = "support.answer")]
//! fn answer(question: &str) -> Result<String, std::num::ParseIntError> {
//!     let page = find_page(question)?;
//!     let (text, _) = ask(page, question);
//!     let run = Workflow::current().expect("this code runs in a workflow");
//!     assert_eq!(run.cost().to_string(), "0.000264"); // 1,200 x 0.15 and 140 x 0.60 millionths of a dollar
//!     Ok(text)
//! }
//!
//! #[observe]
//! fn find_page(question: &str) -> Result<u32, std::num::ParseIntError> {
//!     question.trim_matches(|c: char| !c.is_ascii_digit()).parse()
//! }
//!
//! #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "answers")]
//! fn ask(page: u32, question: &str) -> (String, Usage) {
//!     (format!("page {page} answers {question:?}"), Usage::new(1_200, 140)) // from the provider's answer
//! }
//!
//! assert!(answer("what is on page 7?").is_ok());
//! assert!(answer("what?").is_err());
//! ```
//!
//! Nothing has to be set up for that. One line in `main` shows it to the world:
//!
//! ```no_run
//! let _telemetry = taximeter::init("support-bot"); // localhost:9464/metrics, JSON logs, OTLP when an endpoint is set
//! ```
//!
//! # What it costs
//!
//! A call of a plain function counts in cells that only its thread writes: two readings of the clock and a few plain adds,
//! no lock, and no allocation but for a thread's first call of the function in each outcome. A span is made when a
//! subscriber wants it, and costs what it costs there. A request to a language model is slow anyway; its numbers are
//! shared between threads.
//!
//! # Features
//!
//! - `export` (default): [`init`], that is port 9464, JSON logs and OTLP. It brings tokio, hyper and tonic, on threads of
//!   their own. A library turns it off: `default-features = false`.
//! - `http` (default): [`http`], tower layers that carry the trace over HTTP.
//! - `prices` (default): the prices of `genai-prices`, a text of 0.26 MB in the program, and the user's price file. Without it
//!   requests are counted and their cost is not.
//! - `zones` (default): the days and months of named time zones, for budgets. Without it they are counted in UTC.
//! - `async-openai`: usage from the types of the `async-openai` client and of its streams. Brings its types and no HTTP stack.
//! - `async-openai-media`: the same for its images and transcriptions. A program that has the client itself turns on the client's
//!   own features `image` and `audio` as well; without them version 0.43 does not compile.
//! - `genai`, `ollama-rs`: usage from the types of these clients. Each brings its whole client, without TLS.
//! - `rig-core`: the same; needs Rust 1.95.
//! - `aws-sdk-bedrockruntime`: the same, for Converse and InvokeModel. Brings the SDK without its default features, which takes
//!   long to compile; needs Rust 1.94.1.
//! - `axum`: the server's layer takes routes from axum's router. Brings axum without its server.
//! - `reqwest-middleware`: the middleware of a `reqwest` client. Brings reqwest without its features.
//! - `tokio`: `spawn` and `spawn_blocking`, which take the workflow along. Brings tokio's runtime.
//! - `tls`: OTLP over `https`, with certificates of the system or of your own. Turns on `export`, and brings rustls and ring,
//!   which need a C compiler. Turn it on when the receiver is not next to the program.
//! - `tokio-metrics`: how busy the program's Tokio runtime is, and what waits in it, on the page. Turns on `export`, and brings
//!   nothing else.
//! - `secrecy`: the types of the `secrecy` crate as fields of a span, masked like [`Secret`].

pub use prometheus;
pub use taximeter_runtime::redact::Secret;
pub use taximeter_runtime::{
    Attached, Caller, Checkpoint, ErrorKind, Field, FieldValue, Label, Scope, Usd, Workflow, WorkflowBuilder,
    WorkflowRun, baggage, correlation_id, in_current_context, llm, metrics, panics, propagation, redact,
};
pub use taximeter_runtime::{llm_cost, observe, workflow};
#[cfg(feature = "tokio")]
pub use taximeter_runtime::{spawn, spawn_blocking};

#[doc(hidden)]
pub use taximeter_runtime::__private;

#[cfg(feature = "export")]
pub use taximeter_export as export;
#[cfg(feature = "export")]
pub use taximeter_export::{Compression, Config, InitError, Loss, Problem, Protocol, Telemetry, init};
#[cfg(feature = "http")]
pub use taximeter_http as http;

/// The Rust of the documentation is compiled and run.
#[cfg(all(doctest, feature = "prices"))]
#[doc = include_str!("../../docs/prices.md")]
mod prices_page {}
