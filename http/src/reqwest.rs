//! What every request of a `reqwest` client goes through.

use std::future::{Future, poll_fn};
use std::pin::pin;

use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{Error, Middleware, Next, Result};
use taximeter_runtime::__private::attached;

use crate::client::{Sent, UrlTemplate};
use crate::exchange::safe;
use crate::headers;

/// Does for a `reqwest` client what [`ClientLayer`](crate::ClientLayer) does for a tower service.
///
/// ```
/// use reqwest_middleware::ClientBuilder;
/// use taximeter_http::ReqwestTrace;
///
/// let client = ClientBuilder::new(reqwest::Client::new()).with(ReqwestTrace::new()).build();
/// # let _ = client;
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct ReqwestTrace(());

impl ReqwestTrace {
    /// The middleware.
    pub fn new() -> ReqwestTrace {
        ReqwestTrace(())
    }
}

#[async_trait::async_trait]
impl Middleware for ReqwestTrace {
    async fn handle(&self, mut request: Request, extensions: &mut Extensions, next: Next<'_>) -> Result<Response> {
        let uri = request.url().as_str().parse().unwrap_or_default();
        let template = extensions.get::<UrlTemplate>().map(|template| template.0);
        let mut sent = Sent::open(request.method(), &uri, request.version(), template);
        let context = {
            let _running = sent.exchange.enter();
            headers::inject(request.headers_mut());
            opentelemetry::Context::current()
        };
        let mut answer = pin!(attached(context, next.run(request, extensions)));
        let answer = poll_fn(|task| {
            sent.exchange.is_inside = true;
            let polled = answer.as_mut().poll(task);
            sent.exchange.is_inside = false;
            polled
        })
        .await;
        match &answer {
            Ok(response) => sent.answered(response.status()),
            Err(error) => sent.failed(kind(error), Some(&safe(&words(error), 1_024))),
        }
        answer
    }
}

fn kind(error: &Error) -> &'static str {
    match error {
        Error::Middleware(_) => "middleware",
        Error::Reqwest(error) if error.is_timeout() => "timeout",
        Error::Reqwest(error) if error.is_connect() => "connect",
        Error::Reqwest(_) => "reqwest",
    }
}

/// What went wrong, without the address: it may have a secret in its query.
fn words(error: &Error) -> String {
    match error {
        Error::Middleware(error) => error.to_string(),
        Error::Reqwest(error) => std::error::Error::source(error).map_or_else(String::new, ToString::to_string),
    }
}
