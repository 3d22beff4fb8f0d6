//! Log lines as records of OTLP: the same ids, the same fields under the same keys, the same secrets masked.
//!
//! | line | record |
//! |---|---|
//! | `timestamp` | `time_unix_nano` |
//! | `level` | `severity_text`, `severity_number` |
//! | `target` | the name of the scope |
//! | `message` | the body |
//! | `service` | the resource attribute `service.name` |
//! | `trace_id`, `span_id` | the fields of these names |
//! | everything else | attributes |
//!
//! A record waits in a queue with a bound of its own, and a task on the worker sends what waits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::time::{Instant, SystemTime};

use opentelemetry::trace::SpanContext;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs, SeverityNumber};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_sdk::Resource as SdkResource;
use prost::Message as _;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout_at;
use tracing::Level;

use crate::config::{Batch, Config};
use crate::deadline;
use crate::fields::Value;
use crate::ledger::{Ledger, OTLP_LOGS};
use crate::otlp::{RECORDS, Sender};
use crate::overflow::Overflow;
use crate::problem::Problems;
use crate::worker::Worker;

/// The most bytes that wait to be sent.
const QUEUED_BYTES: usize = 16 * 1024 * 1024;

/// A record on its way, and what wrote it.
#[derive(Debug)]
pub(crate) struct Record {
    target: String,
    record: LogRecord,
}

impl Record {
    pub(crate) fn new(level: Level, target: &str, message: Option<&str>) -> Self {
        let now = nanos(SystemTime::now());
        let record = LogRecord {
            time_unix_nano: now,
            observed_time_unix_nano: now,
            severity_number: severity(level).into(),
            severity_text: level.as_str().to_owned(),
            body: message.map(|text| any(Any::StringValue(text.to_owned()))),
            ..LogRecord::default()
        };
        Record { target: target.to_owned(), record }
    }

    /// The span in which it was written.
    pub(crate) fn set_span(&mut self, span: &SpanContext) {
        self.record.trace_id = span.trace_id().to_bytes().to_vec();
        self.record.span_id = span.span_id().to_bytes().to_vec();
        self.record.flags = u32::from(span.trace_flags().to_u8());
    }

    pub(crate) fn push(&mut self, key: &str, value: &Value) {
        let value = match value {
            Value::Bool(value) => Any::BoolValue(*value),
            Value::I64(value) => Any::IntValue(*value),
            // Beyond what OTLP can count, the text is exact.
            Value::U64(value) => {
                i64::try_from(*value).map_or_else(|_| Any::StringValue(value.to_string()), Any::IntValue)
            }
            Value::F64(value) => Any::DoubleValue(*value),
            Value::Text(text) => Any::StringValue(text.clone()),
        };
        self.record.attributes.push(KeyValue { key: key.to_owned(), value: Some(any(value)), ..KeyValue::default() });
    }
}

fn any(value: Any) -> AnyValue {
    AnyValue { value: Some(value) }
}

/// [Severities](https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber) of the levels.
fn severity(level: Level) -> SeverityNumber {
    match level {
        Level::TRACE => SeverityNumber::Trace,
        Level::DEBUG => SeverityNumber::Debug,
        Level::INFO => SeverityNumber::Info,
        Level::WARN => SeverityNumber::Warn,
        Level::ERROR => SeverityNumber::Error,
    }
}

/// Nanoseconds since 1970, as OTLP counts time.
pub(crate) fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// Where records wait.
#[derive(Clone, Debug)]
pub(crate) struct Records {
    queue: UnboundedSender<Message>,
    ledger: Arc<Ledger>,
    bytes: Arc<AtomicUsize>,
    sender: Arc<Sender>,
}

#[derive(Debug)]
enum Message {
    Record(Record, usize),
    /// Answered when everything before it is sent.
    Flush(SyncSender<()>),
}

impl Records {
    /// Starts what sends records, if they are wanted.
    pub(crate) fn start(config: &Config, resource: &SdkResource, problems: &Problems, worker: &Worker) -> Option<Self> {
        let batch = config.log_batch;
        let route = &config.otlp.logs;
        route.target(RECORDS.path)?;
        let ledger = Arc::new(Ledger::new(OTLP_LOGS, batch.max_queue_size));
        let sender = Sender::new(&RECORDS, route, problems, &ledger, worker.handle())?.within(batch.export_timeout);
        let (queue, waiting) = unbounded_channel();
        let (sender, bytes) = (Arc::new(sender), Arc::default());
        let exit = Exit {
            waiting,
            batch,
            bytes: Arc::clone(&bytes),
            sender: Arc::clone(&sender),
            resource: to_proto(resource),
        };
        worker.spawn_task(exit.run());
        Some(Records { queue, ledger, bytes, sender })
    }

    /// Queues a record. Never waits: without room it is lost and counted. There is a reserve for errors.
    pub(crate) fn send(&self, record: Record) {
        let size = record.record.encoded_len();
        let is_error = record.record.severity_number >= SeverityNumber::Error.into();
        let has_room = self.bytes.load(Ordering::Relaxed).saturating_add(size) <= QUEUED_BYTES;
        if !has_room {
            return self.ledger.refuse();
        }
        if !self.ledger.admit(|| is_error) {
            return;
        }
        self.bytes.fetch_add(size, Ordering::Relaxed);
        // The other end lives until the worker stops; what comes then is counted when the ledger is closed.
        let _ = self.queue.send(Message::Record(record, size));
    }

    /// What to look at to see that no record finds room any more.
    pub(crate) fn overflow(&self) -> Overflow {
        self.ledger.overflow()
    }

    /// Waits until all records so far are sent, at most until the deadline.
    pub(crate) fn flush(&self, deadline: Instant) {
        let (done, wait) = mpsc::sync_channel(1);
        if self.queue.send(Message::Flush(done)).is_ok() {
            let _ = wait.recv_timeout(deadline.saturating_duration_since(Instant::now()));
        }
    }

    /// Sends what waits, at most until the deadline, and counts as lost what could not be sent.
    pub(crate) fn stop(&self, deadline: Instant) {
        self.sender.hurry();
        self.flush(deadline);
        self.ledger.close();
    }
}

/// The task that sends records.
struct Exit {
    waiting: UnboundedReceiver<Message>,
    batch: Batch,
    bytes: Arc<AtomicUsize>,
    sender: Arc<Sender>,
    resource: Resource,
}

impl Exit {
    async fn run(mut self) {
        while let Some(first) = self.waiting.recv().await {
            let (records, flushed) = self.collect(first).await;
            if !records.is_empty() {
                // What went wrong, the sender says and counts.
                let _ = self.sender.send(records.len(), &self.request(records)).await;
            }
            if let Some(flushed) = flushed {
                let _ = flushed.send(());
            }
        }
    }

    /// A batch: as many as go into one, or what came until somebody is in a hurry.
    async fn collect(&mut self, first: Message) -> (Vec<Record>, Option<SyncSender<()>>) {
        let end = deadline::after(self.batch.schedule_delay).into();
        let mut records = Vec::new();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Record(record, size) => {
                    self.bytes.fetch_sub(size, Ordering::Relaxed);
                    records.push(record);
                }
                Message::Flush(done) => return (records, Some(done)),
            }
            if records.len() >= self.batch.max_export_batch_size {
                break;
            }
            next = timeout_at(end, self.waiting.recv()).await.ok().flatten();
        }
        (records, None)
    }

    fn request(&self, records: Vec<Record>) -> ExportLogsServiceRequest {
        let mut scopes: BTreeMap<String, Vec<LogRecord>> = BTreeMap::new();
        for Record { target, record } in records {
            scopes.entry(target).or_default().push(record);
        }
        let scope_logs = scopes.into_iter().map(|(name, log_records)| ScopeLogs {
            scope: Some(InstrumentationScope { name, ..InstrumentationScope::default() }),
            log_records,
            ..ScopeLogs::default()
        });
        let resource = Some(self.resource.clone());
        let logs = ResourceLogs { resource, scope_logs: scope_logs.collect(), ..ResourceLogs::default() };
        ExportLogsServiceRequest { resource_logs: vec![logs] }
    }
}

/// What every message says of the service.
pub(crate) fn to_proto(resource: &SdkResource) -> Resource {
    use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
    let attributes = ResourceAttributesWithSchema::from(resource).attributes.0;
    Resource { attributes, ..Resource::default() }
}
