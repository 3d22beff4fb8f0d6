//! The client of HTTP, the same for requests and for gRPC. It follows no redirect, so no header goes to another host.

use std::time::Duration;

use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tonic::body::Body;

use super::connect::{self, Connector};
use crate::config::otlp::Certificates;

/// How often a connection of gRPC on which nothing happens is asked whether it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// How long it may take to say so.
const KEEP_ALIVE_TIME: Duration = Duration::from_secs(5);

pub(crate) type Client = legacy::Client<Connector, Body>;

/// A client for this URL.
pub(super) fn client(url: &str, certificates: &Certificates, is_grpc: bool) -> Result<Client, String> {
    let connector = connect::connector(url, certificates, is_grpc)?;
    let mut builder = legacy::Client::builder(TokioExecutor::new());
    builder.timer(TokioTimer::new()).pool_timer(TokioTimer::new());
    if is_grpc {
        builder.http2_only(true).http2_keep_alive_interval(KEEP_ALIVE).http2_keep_alive_timeout(KEEP_ALIVE_TIME);
    }
    Ok(builder.build(connector))
}

/// A client for requests that are no OTLP.
pub(crate) fn plain_client(url: &str) -> Result<Client, String> {
    client(url, &Certificates::default(), false)
}
