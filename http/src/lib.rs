//! How does a trace go on in another process?
//!
//! The caller writes the ids of its trace into the `traceparent` header, the callee takes them from there
//! (W3C Trace Context). [`ClientLayer`] does the first and [`ServerLayer`] the second, for everything that is a
//! [`tower`](https://docs.rs/tower) service of HTTP requests: axum, hyper, tonic.
//!
//! ```
//! use taximeter_http::ServerLayer;
//! use tower::ServiceBuilder;
//!
//! let service = ServiceBuilder::new()
//!     .layer(ServerLayer::new())
//!     .service_fn(|_request: http::Request<String>| async { Ok::<_, std::convert::Infallible>(http::Response::new("hi")) });
//! # let _ = service;
//! ```
//!
//! A client that is no tower service gets the headers from [`inject`].

// This code runs inside of other people's programs: it must not be able to end them.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod client;
mod headers;
mod server;

pub use client::{Client, ClientLayer};
pub use headers::{extract, inject};
pub use server::{Server, ServerFuture, ServerLayer};
