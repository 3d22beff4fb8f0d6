//! Sends batches of spans to an OTLP receiver.
//!
//! The batch processor calls from a plain thread of its own, where neither tonic nor hyper can run; and a blocking
//! client cannot run inside a runtime. So every export runs on the worker's runtime, and the processor's thread waits
//! for it, never longer than the deadline.

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use hyper::HeaderMap;
use hyper::body::Bytes;
use opentelemetry_http::hyper::HyperClient;
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig, WithHttpConfig, WithTonicConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter as SdkSpanExporter};
use taximeter_runtime::redact;
use tokio::runtime::Handle;
use tonic::metadata::MetadataMap;

use super::queue::Ledger;
use super::refusal::Refusal;
use crate::config::Config;
use crate::config::otlp::{Compression, Endpoint, Headers, Protocol};
use crate::problem::{Key, Problem, Problems, TRACES};

/// An OTLP exporter that runs on the worker, counts, and says when it stops and starts to work.
#[derive(Debug)]
pub(super) struct Exporter {
    inner: Arc<SpanExporter>,
    runtime: Handle,
    deadline: Duration,
    ledger: Arc<Ledger>,
    journal: Journal,
}

impl Exporter {
    /// Builds the exporter. Nothing is connected yet.
    pub(super) fn new(
        config: &Config,
        endpoint: &Endpoint,
        problems: &Problems,
        ledger: &Arc<Ledger>,
        runtime: &Handle,
    ) -> Result<Self, Problem> {
        let url = endpoint.target(config.otlp.protocol);
        let shown = redact::text(&url).into_owned();
        if url.starts_with("https:") {
            let message = format!("`{shown}` needs TLS, which is not built in; send to a collector over `http`");
            return Err(Problem::new(TRACES, message));
        }
        // tonic starts its connection task where it is built.
        let _inside = runtime.enter();
        let replies = Replies::default();
        let inner = transport(config, url, &replies).map_err(|error| {
            let reason = redact::text(&error.to_string()).into_owned();
            Problem::new(TRACES, format!("spans cannot be sent to `{shown}`: {reason}"))
        })?;
        Ok(Exporter {
            inner: Arc::new(inner),
            runtime: runtime.clone(),
            deadline: config.otlp.timeout.min(config.batch.export_timeout),
            ledger: Arc::clone(ledger),
            journal: Journal::new(shown, problems.clone(), replies),
        })
    }

    /// Runs one export on the worker, at most until the deadline.
    async fn send(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let (inner, deadline) = (Arc::clone(&self.inner), self.deadline);
        let task = async move { tokio::time::timeout(deadline, inner.export(batch)).await };
        match self.runtime.spawn(task).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(OTelSdkError::Timeout(deadline)),
            Err(_) => Err(OTelSdkError::InternalFailure("the export was cancelled".to_owned())),
        }
    }
}

impl SdkSpanExporter for Exporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        self.ledger.begin(spans);
        let result = self.send(batch).await;
        if self.ledger.end(spans, result.is_ok()) {
            self.journal.note(spans, &result);
            if let Some(refusal) = self.journal.replies.take_refusal() {
                self.ledger.reject(refusal.spans.min(spans as u64));
                self.journal.note_refusal(&refusal);
            }
        }
        result
    }

    fn set_resource(&mut self, resource: &Resource) {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.set_resource(resource);
        }
    }
}

fn transport(config: &Config, url: String, errors: &Replies) -> Result<SpanExporter, ExporterBuildError> {
    match config.otlp.protocol {
        Protocol::Grpc => grpc(config, url),
        Protocol::HttpProtobuf => http(config, url, errors.clone()),
    }
}

fn grpc(config: &Config, url: String) -> Result<SpanExporter, ExporterBuildError> {
    let headers = header_map(&config.otlp.headers);
    // The library reads headers from the environment too. An interceptor runs after that, and so has the last word.
    let set_headers = move |mut request: tonic::Request<()>| {
        let mut all = std::mem::take(request.metadata_mut()).into_headers();
        all.extend(headers.clone());
        *request.metadata_mut() = MetadataMap::from_headers(all);
        Ok(request)
    };
    let mut builder = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(url)
        .with_timeout(config.otlp.timeout)
        .with_interceptor(set_headers);
    if let Some(compression) = compression(config) {
        builder = builder.with_compression(compression);
    }
    builder.build()
}

fn http(config: &Config, url: String, errors: Replies) -> Result<SpanExporter, ExporterBuildError> {
    let client = Client {
        // Named, and not left to the library: it would choose by the features that other crates turn on.
        inner: HyperClient::with_default_connector(config.otlp.timeout, None),
        headers: header_map(&config.otlp.headers),
        errors,
    };
    let mut builder = SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_endpoint(url)
        .with_protocol(opentelemetry_otlp::Protocol::HttpBinary)
        .with_timeout(config.otlp.timeout);
    if let Some(compression) = compression(config) {
        builder = builder.with_compression(compression);
    }
    builder.build()
}

fn compression(config: &Config) -> Option<opentelemetry_otlp::Compression> {
    config.otlp.compression.map(|Compression::Gzip| opentelemetry_otlp::Compression::Gzip)
}

fn header_map(headers: &Headers) -> HeaderMap {
    headers.usable().collect()
}

/// hyper, which follows no redirect and so takes no header to another host.
#[derive(Debug)]
struct Client {
    inner: HyperClient,
    headers: HeaderMap,
    errors: Replies,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        // The library has set what it read from the environment; ours come last.
        request.headers_mut().extend(self.headers.clone());
        let answer = self.inner.send_bytes(request).await;
        self.errors.set(answer.as_ref().err().map(|error| root_cause(error.as_ref())));
        if let Ok(answer) = &answer
            && answer.status().is_success()
        {
            self.errors.keep_refusal(Refusal::read(answer.body()));
        }
        answer
    }
}

/// What the receiver said to the last request over HTTP. The library keeps that to itself.
#[derive(Clone, Debug, Default)]
struct Replies(Arc<Mutex<LastReply>>);

#[derive(Debug, Default)]
struct LastReply {
    /// Why the request found no receiver.
    error: Option<String>,
    refusal: Option<Refusal>,
}

impl Replies {
    fn set(&self, reason: Option<String>) {
        self.lock().error = reason;
    }

    fn get(&self) -> Option<String> {
        self.lock().error.clone()
    }

    fn keep_refusal(&self, refusal: Option<Refusal>) {
        self.lock().refusal = refusal;
    }

    fn take_refusal(&self) -> Option<Refusal> {
        self.lock().refusal.take()
    }

    fn lock(&self) -> MutexGuard<'_, LastReply> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last of the causes says it; those before only wrap it.
fn root_cause(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// Says once that spans do not arrive, and once that they do again.
#[derive(Debug)]
struct Journal {
    receiver: String,
    problems: Problems,
    replies: Replies,
    /// The problem that lasts while spans do not arrive.
    failing: Mutex<Option<Key>>,
    /// The problem that the receiver does not take every span.
    refusing: Mutex<Option<Key>>,
    lost: AtomicU64,
}

impl Journal {
    fn new(receiver: String, problems: Problems, replies: Replies) -> Self {
        Journal {
            receiver,
            problems,
            replies,
            failing: Mutex::default(),
            refusing: Mutex::default(),
            lost: AtomicU64::new(0),
        }
    }

    fn note(&self, spans: usize, result: &OTelSdkResult) {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        match (result, failing.take()) {
            (Ok(()), Some(over)) => {
                self.problems.end(over);
                let lost = self.lost.swap(0, Ordering::AcqRel);
                tracing::info!(target: "taximeter", lost, "spans reach `{}` again", self.receiver);
            }
            (Ok(()), None) => {}
            (Err(error), lasting) => {
                self.lost.fetch_add(spans as u64, Ordering::AcqRel);
                let begin = || self.problems.begin(Problem::new(TRACES, self.refusal(error)));
                *failing = Some(lasting.unwrap_or_else(begin));
            }
        }
    }

    /// The batch arrived, and not all of it was taken. Said once, until the receiver fails or the program ends.
    fn note_refusal(&self, refusal: &Refusal) {
        let mut refusing = self.refusing.lock().unwrap_or_else(PoisonError::into_inner);
        if refusing.is_none() {
            let (spans, reason) = (refusal.spans, &refusal.message);
            let message = format!("`{}` refused {spans} spans of a batch: {reason}", self.receiver);
            *refusing = Some(self.problems.begin(Problem::new(TRACES, message)));
        }
    }

    fn refusal(&self, error: &OTelSdkError) -> String {
        let reason = match error {
            OTelSdkError::InternalFailure(reason) => self.replies.get().unwrap_or_else(|| reason.clone()),
            other => other.to_string(),
        };
        format!("spans do not reach `{}`: {}", self.receiver, redact::text(&reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_that_is_back_ends_no_other_problem() {
        let lasting = Problem::new(TRACES, "the program has a subscriber of its own");
        let problems = Problems::default();
        problems.add(lasting.clone());
        let journal = Journal::new("http://collector:4317".to_owned(), problems.clone(), Replies::default());
        let failed = Err(OTelSdkError::InternalFailure("refused".to_owned()));
        journal.note(1, &failed);
        journal.note(1, &failed);
        let messages: Vec<_> = problems.list().iter().map(ToString::to_string).collect();
        assert_eq!(messages[1..], ["traces: spans do not reach `http://collector:4317`: refused"]);
        journal.note(1, &Ok(()));
        assert_eq!(problems.list(), [lasting]);
    }
}
