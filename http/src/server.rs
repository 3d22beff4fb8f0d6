//! The server's side: what a request causes belongs to the caller's trace.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use http::Request;
use opentelemetry::{Context, ContextGuard};
use pin_project_lite::pin_project;
use taximeter_runtime::__private::has_context;
use tower_layer::Layer;
use tower_service::Service;

use crate::headers;

/// Lets each request continue the trace of its caller, or start one of its own when the caller names none.
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
        let _current = attach(&context);
        ServerFuture { response: Some(self.service.call(request)), context }
    }
}

pin_project! {
    /// The response to a request. The caller's trace is current while it is made, and while it is dropped.
    pub struct ServerFuture<F> {
        #[pin]
        response: Option<F>,
        context: Context,
    }

    impl<F> PinnedDrop for ServerFuture<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _current = attach(this.context);
            this.response.set(None);
        }
    }
}

impl<F: Future> Future for ServerFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _current = attach(this.context);
        // It is there until the drop.
        this.response.as_pin_mut().map_or(Poll::Pending, |response| response.poll(task))
    }
}

/// Makes a context current, except on a thread that is being destroyed and has none any more: that would abort the
/// process.
fn attach(context: &Context) -> Option<ContextGuard> {
    has_context().then(|| context.clone().attach())
}

#[cfg(test)]
mod tests {
    use std::any::Any;
    use std::cell::RefCell;
    use std::convert::Infallible;
    use std::future;
    use std::sync::{Arc, Mutex};
    use std::task::Waker;
    use std::thread;

    use http::Response;
    use opentelemetry::trace::TraceContextExt;
    use tower::{ServiceBuilder, service_fn};

    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    /// Keeps the trace that was current at each moment of a request.
    #[derive(Clone, Default)]
    struct Moments(Arc<Mutex<Vec<(&'static str, String)>>>);

    impl Moments {
        fn keep(&self, moment: &'static str) {
            let trace = Context::current().span().span_context().trace_id().to_string();
            self.0.lock().unwrap().push((moment, trace));
        }
    }

    impl Drop for Moments {
        fn drop(&mut self) {
            self.keep("drop");
        }
    }

    #[test]
    fn the_callers_trace_is_current_until_the_request_is_dropped() {
        let kept = Arc::default();
        let moments = Moments(Arc::clone(&kept));
        let mut service = ServiceBuilder::new().layer(ServerLayer::new()).service(service_fn(move |_: Request<()>| {
            let moments = Moments(Arc::clone(&moments.0));
            moments.keep("call");
            async move {
                moments.keep("poll");
                future::pending::<()>().await;
                Ok::<_, Infallible>(Response::new(()))
            }
        }));
        let traceparent = format!("00-{TRACE}-00f067aa0ba902b7-01");
        let request = Request::builder().header("traceparent", traceparent).body(()).unwrap();
        let mut answer = Box::pin(service.call(request));
        assert!(answer.as_mut().poll(&mut TaskContext::from_waker(Waker::noop())).is_pending());
        drop(answer);
        let expected = ["call", "poll", "drop"].map(|moment| (moment, TRACE.to_owned()));
        assert_eq!(*kept.lock().unwrap(), expected);
        assert!(!Context::current().has_active_span());
    }

    #[test]
    fn a_request_may_outlive_the_context_of_its_thread() {
        thread_local!(static KEPT: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) });
        let answer = || ServerFuture { response: Some(future::pending::<()>()), context: Context::new() };
        let keep = move || KEPT.with_borrow_mut(|kept| *kept = Some(Box::new(answer())));
        let use_context = || drop(Context::current());
        let before = thread::spawn(move || (keep(), use_context()));
        let after = thread::spawn(move || (use_context(), keep()));
        assert!(before.join().is_ok() && after.join().is_ok());
    }
}
