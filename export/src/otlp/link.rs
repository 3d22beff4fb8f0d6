//! The connection of one signal to one receiver, and how often a message is tried on it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::body::Bytes;
use hyper::http::uri::PathAndQuery;
use hyper::{HeaderMap, Uri};
use tokio::time::{Instant, sleep, timeout_at};

use super::client::{Client, client};
use super::refusal::Refusal;
use super::retry::{Backoff, Failure};
use super::{Signal, grpc, http};
use crate::config::otlp::{Compression, Protocol, Route};
use crate::deadline;

/// How long a pause goes on before it is asked whether there is still time for it.
const MOMENT: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub(super) struct Link {
    client: Client,
    target: Uri,
    method: PathAndQuery,
    protocol: Protocol,
    headers: HeaderMap,
    has_gzip: bool,
}

impl Link {
    pub(super) fn new(signal: &Signal, route: &Route, url: &str) -> Result<Self, String> {
        Ok(Link {
            client: client(url, &route.certificates, route.protocol == Protocol::Grpc)?,
            target: url.parse().map_err(|_| "it is no URL".to_owned())?,
            method: PathAndQuery::from_static(signal.method),
            protocol: route.protocol,
            headers: route.headers.usable().collect(),
            has_gzip: route.compression == Some(Compression::Gzip),
        })
    }

    /// Tries until the message is taken, nobody will ever take it, or the time is over.
    pub(super) async fn deliver(
        &self,
        message: Bytes,
        time: Duration,
        is_hurried: &AtomicBool,
    ) -> Result<Option<Refusal>, String> {
        let deadline = deadline::after(time).into();
        let packed = match self.protocol {
            Protocol::HttpProtobuf if self.has_gzip => http::zip(&message),
            _ => message,
        };
        let mut backoff = Backoff::default();
        loop {
            let tried = timeout_at(deadline, self.attempt(packed.clone())).await;
            let failure = match tried {
                Ok(Ok(answer)) => return Ok(Refusal::read(answer)),
                Ok(Err(failure)) => failure,
                Err(_) => return Err(format!("no answer within {time:?}")),
            };
            let Some(pause) = backoff.pause(&failure.again) else { return Err(failure.reason) };
            if !rested(pause, deadline, &backoff, is_hurried).await {
                return Err(failure.reason);
            }
        }
    }

    async fn attempt(&self, message: Bytes) -> Result<Bytes, Failure> {
        match self.protocol {
            Protocol::Grpc => {
                let call = grpc::Call { method: self.method.clone(), has_gzip: self.has_gzip };
                call.send(self.client.clone(), self.target.clone(), &self.headers, message).await
            }
            Protocol::HttpProtobuf => {
                http::send(&self.client, &self.target, &self.headers, self.has_gzip, message).await
            }
        }
    }
}

/// Waits, and says whether there is time for another try. In a hurry there is, once, without a pause.
async fn rested(pause: Duration, deadline: Instant, backoff: &Backoff, is_hurried: &AtomicBool) -> bool {
    let end = Instant::now() + pause;
    loop {
        let left = end.min(deadline).saturating_duration_since(Instant::now());
        if is_hurried.load(Ordering::Acquire) {
            return backoff.is_first();
        }
        if left.is_zero() {
            return Instant::now() < deadline;
        }
        sleep(left.min(MOMENT)).await;
    }
}
