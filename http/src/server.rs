//! The server's side: what a request causes belongs to the caller's trace, and is measured by its route.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use pin_project_lite::pin_project;
use taximeter_runtime::__private::open_span;
use taximeter_runtime::metrics::http as metrics;
use taximeter_runtime::propagation::{self, Correlation};
use tower_layer::Layer;
use tower_service::Service;
use tracing::{Span, field};

use crate::answer::{Answer, Side};
use crate::exchange::{Exchange, TARGET, method_label, method_name, safe, version};
use crate::headers;
use crate::route::{RequestHead, Routes};

/// The most bytes of a path, an agent or a host that a span keeps.
const TEXT_CAP: usize = 1_024;

/// Serves each request in a SERVER span that continues the trace of its caller, or starts one when the caller names none.
///
/// - The span is called `{method} {route}`, as in `GET /orders/{id}`, by the HTTP conventions of OpenTelemetry. The route is
///   the template and never the path. With the feature `axum` it is what axum's router has matched, when the layer is added
///   with `Router::layer` after the routes; [`ServerLayer::route`] tells it for other routers.
/// - `http_server_request_duration_seconds{method, route, status_code}` and `http_server_active_requests{method}`. The
///   duration is that until the head of the answer. A request that nobody answered has the status `none`; on the span
///   `error.type` is `panic`, or `cancelled` when the peer has gone away, which is no error.
/// - Two log lines, `request started` and `request completed`. An answer of 500 and above is an error of the span.
/// - `x-correlation-id`: that of the caller, or a fresh one, is on every log line and on the answer, and a `#[workflow]`
///   takes it over.
///
/// ```
/// use taximeter_http::ServerLayer;
/// use tower::ServiceBuilder;
///
/// let service = ServiceBuilder::new()
///     .layer(ServerLayer::new().route(|request| Some(request.uri.path().to_owned().into()))) // gRPC: the path is the method
///     .service_fn(|_request: http::Request<String>| async { Ok::<_, std::convert::Infallible>(http::Response::new("hi")) });
/// # let _ = service;
/// ```
#[derive(Clone, Debug, Default)]
pub struct ServerLayer {
    routes: Routes,
    is_untrusted: bool,
}

impl ServerLayer {
    /// A layer for a service that takes [`Request`]s.
    pub fn new() -> ServerLayer {
        ServerLayer::default()
    }

    /// Tells the route of a request: the template of its path. Each one is a series, so there must be few.
    pub fn route(
        self,
        find: impl Fn(&RequestHead<'_>) -> Option<Cow<'static, str>> + Send + Sync + 'static,
    ) -> ServerLayer {
        ServerLayer { routes: Routes::new(find), ..self }
    }

    /// For callers from the open internet: their headers decide nothing.
    ///
    /// Each request starts a trace of its own, which is sampled as ours are, with a fresh correlation id and without
    /// baggage. The span is linked to the one that the caller names.
    pub fn untrusted(self) -> ServerLayer {
        ServerLayer { is_untrusted: true, ..self }
    }

    fn open<B>(&self, request: &Request<B>) -> (Exchange, Option<Cow<'static, str>>) {
        let said = headers::extract(request.headers());
        let caller = said.span().span_context().clone();
        let context = if self.is_untrusted { Context::new() } else { said };
        let context = match context.get::<Correlation>() {
            Some(_) => context,
            None => context.with_value(Correlation::fresh()),
        };
        let head = RequestHead {
            method: request.method(),
            uri: request.uri(),
            headers: request.headers(),
            extensions: request.extensions(),
        };
        let route = self.routes.of(&head);
        let method = method_label(request.method());
        let span = Exchange::new(method, Span::none(), context.clone());
        let span = {
            let _current = span.enter();
            open_span(|| span_of(request, method, route.as_deref(), &context))
        };
        let exchange = Exchange::new(method, span, context);
        if self.is_untrusted && caller.is_valid() {
            link(&exchange, caller);
        }
        (exchange, route)
    }
}

fn span_of<B>(request: &Request<B>, method: &'static str, route: Option<&str>, context: &Context) -> Span {
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let name = match route {
        Some(route) => format!("{} {route}", method_name(method)),
        None => method_name(method).to_owned(),
    };
    let host = text(header::HOST).or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    let correlation = context.get::<Correlation>().map(|correlation| Arc::clone(correlation.id()));
    tracing::info_span!(
        target: TARGET,
        "request",
        otel.name = name,
        otel.kind = "server",
        otel.status_code = field::Empty,
        otel.status_description = field::Empty,
        error.type = field::Empty,
        http.request.method = method,
        http.request.method_original = (method == "_OTHER").then(|| safe(request.method().as_str(), 32)),
        http.route = route,
        http.response.status_code = field::Empty,
        url.path = safe(request.uri().path(), TEXT_CAP),
        url.scheme = request.uri().scheme_str().unwrap_or("http"),
        server.address = host.map(|host| safe(host, TEXT_CAP)),
        user_agent.original = text(header::USER_AGENT).map(|agent| safe(agent, TEXT_CAP)),
        network.protocol.version = version(request.version()),
        workflow.correlation_id = correlation.as_deref(),
    )
}

/// The span of the caller that was not believed is kept as a link.
fn link(exchange: &Exchange, caller: SpanContext) {
    let _running = exchange.enter();
    Context::map_current(|context| context.span().add_link(caller, Vec::new()));
}

impl<S> Layer<S> for ServerLayer {
    type Service = Server<S>;

    fn layer(&self, service: S) -> Server<S> {
        Server { service, layer: self.clone() }
    }
}

/// A service whose requests continue the trace of their caller. See [`ServerLayer`].
#[derive(Clone, Debug)]
pub struct Server<S> {
    service: S,
    layer: ServerLayer,
}

impl<S, B, A> Service<Request<B>> for Server<S>
where
    S: Service<Request<B>, Response = Response<A>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ServerFuture<S::Future>;

    fn poll_ready(&mut self, task: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(task)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (exchange, route) = self.layer.open(&request);
        let served = Served { active: metrics::server_active(exchange.method), exchange, route, is_over: false };
        let (method, route) = (served.exchange.method, served.route.clone());
        let answer = Answer::to(served, || {
            tracing::info!(
                target: TARGET,
                { http.request.method = method, http.route = route.as_deref() },
                "request started"
            );
            self.service.call(request)
        });
        ServerFuture { answer }
    }
}

pin_project! {
    /// The response to a request. The caller's trace is current while it is made, and while it is dropped.
    #[derive(Debug)]
    pub struct ServerFuture<F> {
        #[pin]
        answer: Answer<F, Served>,
    }
}

impl<F, A, E> Future for ServerFuture<F>
where
    F: Future<Output = Result<Response<A>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        self.project().answer.poll(task)
    }
}

/// A request that is being served.
#[derive(Debug)]
struct Served {
    exchange: Exchange,
    route: Option<Cow<'static, str>>,
    #[expect(dead_code, reason = "counts the request as long as it lives")]
    active: metrics::Active,
    is_over: bool,
}

impl Side for Served {
    fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    fn exchange_mut(&mut self) -> &mut Exchange {
        &mut self.exchange
    }

    fn answered<B>(&mut self, response: &mut Response<B>) {
        let status = response.status();
        self.exchange.record(status, status.is_server_error());
        self.close(Some(status));
        self.sign(response.headers_mut());
    }

    fn failed(&mut self, error_type: &str) {
        self.exchange.record_failure(error_type, None);
        self.close(None);
    }
}

impl Served {
    /// Tells the caller under which id everything about its request is found.
    fn sign(&self, headers: &mut http::HeaderMap) {
        let id = self.exchange.context.get::<Correlation>().map(Correlation::id);
        if let Some(value) = id.and_then(|id| HeaderValue::from_str(id).ok()) {
            headers.entry(HeaderName::from_static(propagation::header::CORRELATION_ID)).or_insert(value);
        }
    }

    fn close(&mut self, status: Option<StatusCode>) {
        if std::mem::replace(&mut self.is_over, true) {
            return;
        }
        let elapsed = self.exchange.elapsed();
        let status = status.map(|status| status.as_u16());
        metrics::server_request(self.exchange.method, self.route.as_deref().unwrap_or(metrics::NONE), status, elapsed);
        if !taximeter_runtime::__private::has_context() {
            return;
        }
        let _running = self.exchange.enter();
        tracing::info!(
            target: TARGET,
            {
                http.request.method = self.exchange.method,
                http.route = self.route.as_deref(),
                http.response.status_code = status,
                duration_seconds = elapsed.as_secs_f64()
            },
            "request completed"
        );
    }
}

impl Drop for Served {
    /// Nobody waits for the answer any more, or the service has panicked.
    fn drop(&mut self) {
        if !self.is_over {
            self.exchange.record_unanswered();
        }
        self.close(None);
    }
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
        let answer = || {
            let pending = |_: Request<()>| future::pending::<Result<Response<()>, Infallible>>();
            ServerLayer::new().layer(service_fn(pending)).call(Request::new(()))
        };
        let keep = move || KEPT.with_borrow_mut(|kept| *kept = Some(Box::new(answer())));
        let use_context = || drop(Context::current());
        let before = thread::spawn(move || (keep(), use_context()));
        let after = thread::spawn(move || (use_context(), keep()));
        assert!(before.join().is_ok() && after.join().is_ok());
    }
}
