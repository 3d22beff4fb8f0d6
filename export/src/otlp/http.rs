//! One try over HTTP/1.1.

use std::error::Error;
use std::io::Write;
use std::time::Duration;

use flate2::write::GzEncoder;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::{HeaderMap, Request, Response, Uri};
use tonic::body::Body;

use super::client::Client;
use super::retry::{Again, Failure};

/// The longest that a connection may take to come about.
pub(super) const CONNECT_TIME: Duration = Duration::from_secs(3);
/// The most of an answer that is read; what is beyond says nothing to us.
const ANSWER_CAP: usize = 64 * 1024;
const PROTOBUF: HeaderValue = HeaderValue::from_static("application/x-protobuf");
const AGENT: HeaderValue = HeaderValue::from_static(concat!("taximeter/", env!("CARGO_PKG_VERSION")));

/// Sends a message, and gives the body of the answer that took it.
pub(super) async fn send(
    client: &Client,
    target: &Uri,
    headers: &HeaderMap,
    is_zipped: bool,
    message: Bytes,
) -> Result<Bytes, Failure> {
    let mut request = Request::post(target.clone()).body(Body::new(Full::new(message))).map_err(no_request)?;
    request.headers_mut().insert(CONTENT_TYPE, PROTOBUF);
    request.headers_mut().insert(USER_AGENT, AGENT);
    if is_zipped {
        request.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    // What the program says has the last word.
    request.headers_mut().extend(headers.clone());
    let answer = client.request(request).await.map_err(|error| lost(&error))?;
    match answer.status().is_success() {
        true => read(answer).await,
        false => Err(refused(&answer)),
    }
}

async fn read(answer: Response<Incoming>) -> Result<Bytes, Failure> {
    match Limited::new(answer.into_body(), ANSWER_CAP).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        // The message was taken; only its answer is one that nobody can mean.
        Err(error) if error.is::<LengthLimitError>() => Ok(Bytes::new()),
        Err(error) => Err(lost(error.as_ref())),
    }
}

/// [What can be tried again](https://opentelemetry.io/docs/specs/otlp/#failures-1).
fn refused(answer: &Response<Incoming>) -> Failure {
    let asked = || Again::asked(answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()));
    let again = match answer.status().as_u16() {
        429 | 502 | 503 | 504 => asked(),
        _ => Again::Never,
    };
    Failure { reason: format!("it answers {}", answer.status()), again }
}

/// The connection did not come about, or broke.
pub(super) fn lost(error: &(dyn Error + 'static)) -> Failure {
    Failure { reason: root_cause(error), again: Again::Soon }
}

fn no_request(error: hyper::http::Error) -> Failure {
    Failure { reason: error.to_string(), again: Again::Never }
}

/// The last of the causes says it; those before only wrap it.
pub(crate) fn root_cause(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

pub(super) fn zip(message: &[u8]) -> Bytes {
    let mut zipper = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    // Writing into memory cannot fail.
    let _ = zipper.write_all(message);
    zipper.finish().unwrap_or_default().into()
}
