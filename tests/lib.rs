//! What the tests share. A test sees what a user sees: a program that runs, the page on its port, its log, and what a
//! real Prometheus and a real OTLP receiver make of them.
//!
//! Everything here panics with a sentence when it cannot do its work, listens on free loopback ports, waits with a
//! bound, and ends the processes it started by their own id.

pub mod alertmanager;
pub mod allocations;
pub mod canaries;
pub mod child;
pub mod clock;
pub mod demo;
pub mod fuzz;
pub mod grpc;
pub mod haproxy;
pub mod header_rules;
pub mod http;
pub mod memory;
pub mod node;
pub mod notices;
pub mod numbers;
pub mod openmetrics;
pub mod page;
pub mod payloads;
pub mod points;
pub mod port;
pub mod program;
pub mod prometheus;
pub mod provider;
pub mod random;
pub mod receiver;
pub mod records;
pub mod rotel;
pub mod scaled;
pub mod stack;
pub mod temporary;
pub mod tls;
pub mod tool;
pub mod trace;
pub mod usage_rules;
pub mod wait;

pub use alertmanager::Alertmanager;
pub use child::Child;
pub use demo::Demo;
pub use grpc::GrpcReceiver;
pub use haproxy::Haproxy;
pub use notices::{Notice, Notices};
pub use page::Page;
pub use prometheus::Prometheus;
pub use provider::Provider;
pub use receiver::Receiver;
pub use rotel::Rotel;
pub use scaled::scaled;
pub use stack::Stack;
pub use tls::Tls;
pub use wait::{BOUND, wait_for};

/// The examples of the page on language models, run as they stand there.
#[cfg(doctest)]
#[doc = include_str!("../docs/llm.md")]
mod llm_page {}

/// The code in `docs/workflows.md`, which is compiled and run with the examples of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../docs/workflows.md")]
mod workflows_page {}
