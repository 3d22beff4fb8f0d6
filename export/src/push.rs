//! Pushes the metrics of a program that ends before anybody scrapes it.

use std::error::Error;
use std::fmt;
use std::sync::mpsc;
use std::time::Duration;

use http_body_util::Full;
use hyper::Request;
use hyper::header::CONTENT_TYPE;
use taximeter_runtime::redact;
use tokio::runtime::Handle;
use tonic::body::Body;

use crate::otlp::{plain_client, root_cause};
use crate::text::{self, Format};

/// The longest that a push takes.
pub(crate) const PUSH_TIME: Duration = Duration::from_secs(5);

/// Why the metrics did not reach the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushError(String);

impl PushError {
    pub(crate) fn new(reason: impl AsRef<str>) -> Self {
        PushError(redact::text(reason.as_ref()).into_owned())
    }
}

impl fmt::Display for PushError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the metrics were not pushed: {}", self.0)
    }
}

impl Error for PushError {}

/// Replaces the metrics of `job` at a Pushgateway by those of this moment.
pub(crate) fn push(runtime: &Handle, gateway: &str, job: &str) -> Result<(), PushError> {
    let mut page = Vec::new();
    text::write_metrics(&mut page);
    let target = format!("{}/metrics/job/{}", gateway.trim_end_matches('/'), escaped(job));
    let request =
        Request::put(&target).header(CONTENT_TYPE, Format::Prometheus.content_type()).body(Body::new(Full::from(page)));
    let request =
        request.map_err(|_| PushError::new(format!("`{gateway}` is not a URL such as `http://localhost:9091`")))?;
    let client = plain_client(gateway).map_err(|reason| PushError::new(format!("`{gateway}`: {reason}")))?;
    let (sender, answer) = mpsc::sync_channel(1);
    // The caller may be inside of a runtime, which must not wait for another one.
    runtime.spawn(async move {
        let answer = tokio::time::timeout(PUSH_TIME, client.request(request)).await;
        let _ = answer.map(|answer| sender.send(answer.map(|answer| answer.status())));
    });
    match answer.recv_timeout(PUSH_TIME) {
        Ok(Ok(status)) if status.is_success() => Ok(()),
        Ok(Ok(status)) => Err(PushError::new(format!("`{gateway}` answered {status}"))),
        Ok(Err(error)) => Err(PushError::new(format!("`{gateway}` cannot be reached: {}", root_cause(&error)))),
        Err(_) => Err(PushError::new(format!("`{gateway}` did not answer in time"))),
    }
}

/// A name as it stands in a path.
fn escaped(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
