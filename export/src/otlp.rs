//! Sends messages of the OpenTelemetry protocol to a receiver, over gRPC or HTTP, and says when they do not arrive.
//!
//! Spans, log records and metrics share this way: one message is written once, tried again as the
//! [specification](https://opentelemetry.io/docs/specs/otlp/) says, and counted to the item. Everything that touches the
//! network runs on the worker; who sends waits for it, never longer than the deadline.

mod client;
mod connect;
mod grpc;
mod http;
mod journal;
mod link;
mod refusal;
mod retry;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::body::Bytes;
use prost::Message;
use taximeter_runtime::redact;
use tokio::runtime::Handle;

use self::journal::Journal;
use self::link::Link;
use crate::config::otlp::Route;
use crate::ledger::Ledger;
use crate::problem::{LOGS, METRICS, Problem, Problems, TRACES};

pub(crate) use self::client::plain_client;
pub(crate) use self::http::root_cause;

/// What is sent, and how the protocol and our messages call it.
#[derive(Debug)]
pub(crate) struct Signal {
    /// The area of its problems.
    area: &'static str,
    /// What is counted.
    items: &'static str,
    /// Over HTTP.
    pub(crate) path: &'static str,
    /// Over gRPC.
    method: &'static str,
}

pub(crate) static SPANS: Signal = Signal {
    area: TRACES,
    items: "spans",
    path: "/v1/traces",
    method: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
};

pub(crate) static RECORDS: Signal = Signal {
    area: LOGS,
    items: "log records",
    path: "/v1/logs",
    method: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
};

pub(crate) static POINTS: Signal = Signal {
    area: METRICS,
    items: "metrics",
    path: "/v1/metrics",
    method: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
};

/// The way of one signal to its receiver.
#[derive(Debug)]
pub(crate) struct Sender {
    link: Arc<Link>,
    runtime: Handle,
    deadline: Duration,
    ledger: Arc<Ledger>,
    journal: Journal,
    is_hurried: Arc<AtomicBool>,
}

impl Sender {
    /// The way that a route describes, or none when the signal goes nowhere. Nothing is connected yet.
    pub(crate) fn new(
        signal: &'static Signal,
        route: &Route,
        problems: &Problems,
        ledger: &Arc<Ledger>,
        runtime: &Handle,
    ) -> Option<Self> {
        let url = route.target(signal.path)?;
        let shown = redact::text(&url).into_owned();
        match Link::new(signal, route, &url) {
            Ok(link) => Some(Sender {
                link: Arc::new(link),
                runtime: runtime.clone(),
                deadline: route.timeout,
                ledger: Arc::clone(ledger),
                journal: Journal::new(signal, shown, problems.clone()),
                is_hurried: Arc::default(),
            }),
            Err(reason) => {
                let message = format!("{} cannot be sent to `{shown}`: {reason}", signal.items);
                problems.add(Problem::new(signal.area, message));
                None
            }
        }
    }

    /// With a bound of its own for one message, retries included.
    pub(crate) fn within(mut self, limit: Duration) -> Self {
        self.deadline = self.deadline.min(limit);
        self
    }

    /// Sends a message that holds so many items of the ledger, and counts what became of them.
    pub(crate) async fn send(&self, items: usize, message: &impl Message) -> Result<(), String> {
        self.ledger.begin(items);
        let result = self.deliver(message.encode_to_vec().into()).await;
        let refusal = result.as_ref().ok().cloned().flatten();
        let result = result.map(drop);
        // After the end all of it is counted, and nobody would read about it.
        if self.ledger.end(items, result.is_ok()) {
            self.journal.note(items, &result);
            if let Some(refusal) = refusal {
                self.ledger.reject(refusal.items.min(items as u64));
                self.journal.note_refusal(&refusal);
            }
        }
        result
    }

    /// The telemetry ends: from now on nothing is tried more than twice.
    pub(crate) fn hurry(&self) {
        self.is_hurried.store(true, Ordering::Release);
    }

    /// On the worker, whoever asks.
    async fn deliver(&self, message: Bytes) -> Result<Option<refusal::Refusal>, String> {
        let (link, deadline, is_hurried) = (Arc::clone(&self.link), self.deadline, Arc::clone(&self.is_hurried));
        let task = async move { link.deliver(message, deadline, &is_hurried).await };
        self.runtime.spawn(task).await.unwrap_or_else(|_| Err("the export was cancelled".to_owned()))
    }
}
