//! How does a trace go on in another process?
//!
//! The caller writes the ids of its trace into the `traceparent` header, the callee takes them from there
//! (W3C Trace Context), and with them go the correlation id and the baggage. [`ClientLayer`] does the first and [`ServerLayer`] the second, for everything that is a
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
//! A client that is no tower service gets the headers from [`inject`], and one of `reqwest` goes through `ReqwestTrace` of
//! the feature `reqwest-middleware`. With the feature `axum` routes are those of axum's router.

// This code runs inside of other people's programs: it must not be able to end them.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod answer;
mod client;
mod exchange;
mod headers;
#[cfg(feature = "reqwest-middleware")]
mod reqwest;
mod route;
mod server;

#[cfg(feature = "reqwest-middleware")]
pub use self::reqwest::ReqwestTrace;
pub use client::{Client, ClientFuture, ClientLayer, UrlTemplate};
pub use headers::{Incoming, extract, inject};
pub use route::RequestHead;
pub use server::{Server, ServerFuture, ServerLayer};
