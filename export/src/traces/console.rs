//! Writes spans to standard error, one JSON object a line, for a look at them without a receiver.

use std::io::Write;
use std::sync::Arc;
use std::time::SystemTime;

use opentelemetry::trace::{SpanId, Status};
use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use serde_json::{Map, Value as Json, json};

use crate::ledger::Ledger;

#[derive(Debug)]
pub(super) struct ConsoleExporter {
    ledger: Arc<Ledger>,
}

impl ConsoleExporter {
    pub(super) fn new(ledger: Arc<Ledger>) -> Self {
        ConsoleExporter { ledger }
    }
}

impl SpanExporter for ConsoleExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.ledger.begin(batch.len());
        let lines: String = batch.iter().map(|span| format!("{}\n", span_json(span))).collect();
        let written = std::io::stderr().lock().write_all(lines.as_bytes());
        self.ledger.end(batch.len(), written.is_ok());
        written.map_err(|error| OTelSdkError::InternalFailure(error.to_string()))
    }
}

fn span_json(span: &SpanData) -> Json {
    let duration = span.end_time.duration_since(span.start_time).unwrap_or_default();
    json!({
        "span": span.name,
        "trace_id": span.span_context.trace_id().to_string(),
        "span_id": span.span_context.span_id().to_string(),
        "parent_span_id": (span.parent_span_id != SpanId::INVALID).then(|| span.parent_span_id.to_string()),
        "kind": format!("{:?}", span.span_kind).to_lowercase(),
        "start_unix_nano": nanos(span.start_time),
        "duration_seconds": duration.as_secs_f64(),
        "status": status_json(&span.status),
        "attributes": attributes_json(&span.attributes),
        "events": span.events.iter().map(event_json).collect::<Vec<_>>(),
    })
}

fn event_json(event: &opentelemetry::trace::Event) -> Json {
    json!({ "name": event.name, "attributes": attributes_json(&event.attributes) })
}

fn status_json(status: &Status) -> Json {
    match status {
        Status::Unset => json!("unset"),
        Status::Ok => json!("ok"),
        Status::Error { description } => json!({ "error": description }),
    }
}

fn attributes_json(attributes: &[KeyValue]) -> Json {
    let pairs = attributes.iter().map(|attribute| (attribute.key.to_string(), value_json(&attribute.value)));
    Json::Object(pairs.collect::<Map<_, _>>())
}

fn value_json(value: &Value) -> Json {
    match value {
        Value::Bool(value) => json!(value),
        Value::I64(value) => json!(value),
        Value::F64(value) => json!(value),
        other => json!(other.as_str()),
    }
}

fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
