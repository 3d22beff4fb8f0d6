//! The client's side: a request tells the callee which trace it belongs to.

use std::task::{Context as TaskContext, Poll};

use http::Request;
use tower_layer::Layer;
use tower_service::Service;

use crate::headers;

/// Writes the current trace into each request that leaves.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClientLayer(());

impl ClientLayer {
    /// A layer for a service that sends [`Request`]s.
    pub fn new() -> ClientLayer {
        ClientLayer(())
    }
}

impl<S> Layer<S> for ClientLayer {
    type Service = Client<S>;

    fn layer(&self, service: S) -> Client<S> {
        Client { service }
    }
}

/// A service whose requests carry the current trace.
#[derive(Clone, Debug)]
pub struct Client<S> {
    service: S,
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for Client<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, task: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(task)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        headers::inject(request.headers_mut());
        self.service.call(request)
    }
}
