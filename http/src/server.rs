//! The server's side: what a request causes belongs to the caller's trace.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use http::Request;
use opentelemetry::Context;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::headers;

/// Lets each request continue the trace of its caller.
#[derive(Clone, Copy, Debug, Default)]
pub struct ServerLayer(());

impl ServerLayer {
    /// A layer for a service that takes [`Request`]s.
    pub fn new() -> ServerLayer {
        ServerLayer(())
    }
}

impl<S> Layer<S> for ServerLayer {
    type Service = Server<S>;

    fn layer(&self, service: S) -> Server<S> {
        Server { service }
    }
}

/// A service whose requests continue the trace of their caller.
#[derive(Clone, Debug)]
pub struct Server<S> {
    service: S,
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for Server<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = ServerFuture<S::Future>;

    fn poll_ready(&mut self, task: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(task)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let context = headers::extract(request.headers());
        let _current = context.clone().attach();
        ServerFuture { response: self.service.call(request), context }
    }
}

pin_project! {
    /// The response to a request, made while the caller's trace is current.
    pub struct ServerFuture<F> {
        #[pin]
        response: F,
        context: Context,
    }
}

impl<F: Future> Future for ServerFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _current = this.context.clone().attach();
        this.response.poll(task)
    }
}
