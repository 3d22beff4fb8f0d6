//! The client's side: a request tells the callee which trace it belongs to, and is measured.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use http::{Request, Response, StatusCode, Uri};
use opentelemetry::Context;
use pin_project_lite::pin_project;
use taximeter_runtime::__private::{has_context, open_span};
use taximeter_runtime::metrics::http as metrics;
use tower_layer::Layer;
use tower_service::Service;
use tracing::{Span, field};

use crate::answer::{Answer, Side};
use crate::exchange::{Exchange, TARGET, method_label, method_name, safe, version};
use crate::headers;

/// The most bytes of an address that a span keeps.
const TEXT_CAP: usize = 1_024;

/// Sends each request in a CLIENT span, and writes trace, correlation id and baggage into its headers.
///
/// The span is called by its method, or `{method} {template}` when the request has a [`UrlTemplate`] among its extensions.
/// `http_client_request_duration_seconds{method, server_address, status_code}` has the duration until the head of the
/// answer; a request that has none, because it failed or nobody waits for it any more, has the status `none`. On the span
/// `error.type` says which; `panic` when the service panicked, and a request that was cancelled is no error. An answer of
/// 400 and above is an error of the span, as the HTTP conventions of OpenTelemetry ask. The address on the span has neither
/// user nor query: both carry secrets.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClientLayer(());

/// The template of a request's address: `/orders/{id}`. Put it among the extensions of a request to name its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UrlTemplate(pub &'static str);

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

/// A service whose requests carry the current trace. See [`ClientLayer`].
#[derive(Clone, Debug)]
pub struct Client<S> {
    service: S,
}

impl<S, B, A> Service<Request<B>> for Client<S>
where
    S: Service<Request<B>, Response = Response<A>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ClientFuture<S::Future>;

    fn poll_ready(&mut self, task: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(task)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let template = request.extensions().get::<UrlTemplate>().map(|template| template.0);
        let sent = Sent::open(request.method(), request.uri(), request.version(), template);
        let answer = Answer::to(sent, || {
            if has_context() {
                headers::inject(request.headers_mut());
            }
            self.service.call(request)
        });
        ClientFuture { answer }
    }
}

pin_project! {
    /// The response to a request that was sent. Its span is current while it is awaited.
    #[derive(Debug)]
    pub struct ClientFuture<F> {
        #[pin]
        answer: Answer<F, Sent>,
    }
}

impl<F, A, E> Future for ClientFuture<F>
where
    F: Future<Output = Result<Response<A>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        self.project().answer.poll(task)
    }
}

/// A request that is under way.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) exchange: Exchange,
    server: String,
    is_over: bool,
}

impl Side for Sent {
    fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    fn exchange_mut(&mut self) -> &mut Exchange {
        &mut self.exchange
    }

    fn answered<B>(&mut self, response: &mut Response<B>) {
        self.answered(response.status());
    }

    fn failed(&mut self, error_type: &str) {
        self.failed(error_type, None);
    }
}

impl Sent {
    pub(crate) fn open(method: &http::Method, uri: &Uri, sent_as: http::Version, template: Option<&str>) -> Sent {
        let label = method_label(method);
        let server = uri.host().unwrap_or_default().to_owned();
        let context = if has_context() { Context::current() } else { Context::new() };
        let open = || {
            let name = match template {
                Some(template) => format!("{} {template}", method_name(label)),
                None => method_name(label).to_owned(),
            };
            tracing::info_span!(
                target: TARGET,
                "send",
                otel.name = name,
                otel.kind = "client",
                otel.status_code = field::Empty,
                otel.status_description = field::Empty,
                error.type = field::Empty,
                http.request.method = label,
                http.request.method_original = (label == "_OTHER").then(|| safe(method.as_str(), 32)),
                http.response.status_code = field::Empty,
                url.full = safe(&address(uri), TEXT_CAP),
                url.template = template,
                server.address = server.as_str(),
                server.port = port(uri),
                network.protocol.version = version(sent_as),
            )
        };
        let span = if has_context() { open_span(open) } else { Span::none() };
        Sent { exchange: Exchange::new(label, span, context), server, is_over: false }
    }

    pub(crate) fn answered(&mut self, status: StatusCode) {
        self.exchange.record(status, status.is_client_error() || status.is_server_error());
        self.close(Some(status));
    }

    pub(crate) fn failed(&mut self, error_type: &str, message: Option<&str>) {
        self.exchange.record_failure(error_type, message);
        self.close(None);
    }

    fn close(&mut self, status: Option<StatusCode>) {
        if !std::mem::replace(&mut self.is_over, true) {
            let status = status.map(|status| status.as_u16());
            metrics::client_request(self.exchange.method, &self.server, status, self.exchange.elapsed());
        }
    }
}

impl Drop for Sent {
    /// Nobody waits for the answer any more, or the service has panicked.
    fn drop(&mut self) {
        if !self.is_over {
            self.exchange.record_unanswered();
        }
        self.close(None);
    }
}

/// Without the user and the query.
fn address(uri: &Uri) -> String {
    let scheme = uri.scheme_str().map(|scheme| format!("{scheme}://")).unwrap_or_default();
    let authority = uri.authority().map(|authority| authority.as_str()).unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}{authority}{}", uri.path())
}

fn port(uri: &Uri) -> Option<u16> {
    uri.port_u16().or_else(|| match uri.scheme_str() {
        Some("http") => Some(80),
        Some("https") => Some(443),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_neither_user_nor_query() {
        let uri: Uri = "https://ann:pw@shop.example:8443/orders/7?token=x".parse().unwrap();
        assert_eq!(address(&uri), "https://shop.example:8443/orders/7");
        assert_eq!(port(&uri), Some(8443));
    }
}
