//! Log lines: one line for every event, with the ids of the trace and the workflow that it belongs to.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use opentelemetry::Context as OtelContext;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use taximeter_runtime::__private::has_context;
use taximeter_runtime::{Workflow, correlation_id, redact};
use tracing::dispatcher::WeakDispatch;
use tracing::span::Id;
use tracing::{Dispatch, Event, Subscriber};
use tracing_log::NormalizeEvent;
use tracing_subscriber::Registry;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use crate::fields::{Fields, Value};
use crate::fork;
use crate::lines::Lines;
use crate::own;
use crate::rate::{About, Rate, Verdict};
use crate::records::{Record, Records};
use crate::traces::Children;

/// The keys that a line has of its own. A field of the same name is written as `field.<name>`.
const RESERVED: &[&str] = &[
    "timestamp",
    "level",
    "target",
    "message",
    "service",
    "trace_id",
    "span_id",
    "correlation_id",
    "workflow_id",
    "workflow",
    "workflow_step",
];

/// Writes lines as the configuration wants them.
#[derive(Debug)]
pub(crate) struct Log {
    pub(crate) service: String,
    pub(crate) is_json: bool,
    pub(crate) has_ids: bool,
    pub(crate) lines: Lines,
    /// The same over OTLP, if that is wanted.
    pub(crate) records: Option<Records>,
    pub(crate) children: Arc<Children>,
    pub(crate) rate: Rate,
}

impl Log {
    fn write(&self, about: &About, fields: &Fields, ids: &Ids) {
        let line =
            if self.is_json { json_line(about, fields, &self.service, ids) } else { text_line(about, fields, ids) };
        self.lines.send(line);
        let records = if fork::is_child() { self.children.records() } else { self.records.as_ref() };
        if let Some(records) = records {
            records.send(record(about, fields, ids));
        }
    }

    /// Tells of the lines that were left out since it was told last.
    pub(crate) fn tell_suppressed(&self) {
        for (about, count) in self.rate.take_suppressed() {
            self.write_suppressed(&about, count);
        }
    }

    fn write_suppressed(&self, about: &About, count: u64) {
        let place = format!("{}:{}", about.file, about.line);
        let fields = Fields {
            message: Some(format!("suppressed {count} lines of one place in the code")),
            others: vec![("place", Value::Text(place)), ("suppressed", Value::U64(count))],
        };
        self.write(about, &fields, &Ids::default());
    }
}

/// The layer that turns events into lines.
pub(crate) struct LogLayer {
    pub(crate) log: Arc<Log>,
    pub(crate) surroundings: Surroundings,
}

impl<S: Subscriber> Layer<S> for LogLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if own::is_journey(event.metadata()) {
            return;
        }
        // A record of the `log` crate tells where it comes from in its fields.
        let normalized = event.normalized_metadata();
        let metadata = normalized.as_ref().unwrap_or_else(|| event.metadata());
        let verdict = self.log.rate.verdict(metadata);
        if verdict == Verdict::Suppress {
            return;
        }
        let about = About::of(metadata);
        if let Verdict::WriteAfter(suppressed) = verdict {
            self.log.write_suppressed(&about, suppressed);
        }
        let has_ids = self.log.has_ids;
        let ids = if has_ids { self.surroundings.with(event, Ids::current) } else { None }.unwrap_or_default();
        self.log.write(&about, &Fields::of(event), &ids);
    }
}

/// Finds the OpenTelemetry context that an event belongs to.
///
/// All layers share one: `tracing-subscriber` does not tell an optional layer, as that of the lines is, its dispatch.
#[derive(Clone, Default)]
pub(crate) struct Surroundings(Arc<OnceLock<WeakDispatch>>);

impl Surroundings {
    pub(crate) fn register(&self, dispatch: &Dispatch) {
        let _ = self.0.set(dispatch.downgrade());
    }

    /// Calls `read` where the context of the event is the current one: that of the span which the event names as its
    /// parent, none when it names none or one that is closed, and otherwise the one in which it happened.
    ///
    /// `None` on a thread that is being destroyed and has no context any more: asking for it would abort the process.
    pub(crate) fn with<T>(&self, event: &Event<'_>, read: impl FnOnce() -> T) -> Option<T> {
        if !has_context() {
            return None;
        }
        let _attached = match event.parent() {
            Some(parent) => Some(self.context_of(parent).unwrap_or_default()),
            None if event.is_root() => Some(OtelContext::new()),
            None => None,
        }
        .map(OtelContext::attach);
        Some(read())
    }

    /// The context of a span, or of the next one around it that has a context.
    fn context_of(&self, span: &Id) -> Option<OtelContext> {
        let dispatch = self.0.get().and_then(WeakDispatch::upgrade)?;
        // Asking for the context of a closed span panics. A span that we hold cannot close meanwhile; and the registry
        // knows it whatever `RUST_LOG` says.
        let span = dispatch.downcast_ref::<Registry>()?.span(span)?;
        span.scope().find_map(|span| tracing_opentelemetry::get_otel_context(&span.id(), &dispatch))
    }
}

/// The ids that a line carries, as far as there are any.
#[derive(Default)]
struct Ids {
    span: Option<SpanContext>,
    correlation_id: Option<Arc<str>>,
    workflow: Option<Workflow>,
}

impl Ids {
    fn current() -> Self {
        let span = OtelContext::map_current(|context| {
            context.has_active_span().then(|| context.span().span_context().clone())
        });
        Ids {
            span: span.filter(SpanContext::is_valid),
            correlation_id: correlation_id(),
            workflow: Workflow::current(),
        }
    }

    /// Every id with its key, in the order of the line. Those of a workflow may have come from a caller.
    fn each(&self, mut write: impl FnMut(&str, &str)) {
        if let Some(span) = &self.span {
            write("trace_id", &span.trace_id().to_string());
            write("span_id", &span.span_id().to_string());
        }
        self.each_of_run(write);
    }

    /// Those of the run.
    fn each_of_run(&self, mut write: impl FnMut(&str, &str)) {
        if let Some(id) = &self.correlation_id {
            write("correlation_id", &redact::text(id));
        }
        if let Some(workflow) = &self.workflow {
            write("workflow_id", &redact::text(workflow.id()));
            write("workflow", workflow.name());
            if let Some(step) = workflow.step() {
                write("workflow_step", step);
            }
        }
    }

    /// What the workflow has noted, each under its key; under `workflow.<key>` where the event has a field of that name.
    fn each_data(&self, fields: &Fields, mut write: impl FnMut(&str, &Value)) {
        let Some(workflow) = &self.workflow else { return };
        workflow.each_data(|key, value| {
            let value = Value::from(value);
            match fields.others.iter().any(|(name, _)| *name == key) {
                true => write(&format!("workflow.{key}"), &value),
                false => write(key, &value),
            }
        });
    }
}

fn json_line(about: &About, fields: &Fields, service: &str, ids: &Ids) -> String {
    let mut line = String::with_capacity(256);
    line.push('{');
    push_key(&mut line, "timestamp");
    line.push('"');
    push_time(&mut line);
    line.push('"');
    push_pair(&mut line, "level", about.level.as_str());
    push_pair(&mut line, "target", &about.target);
    push_pair(&mut line, "message", fields.message.as_deref().unwrap_or_default());
    for (name, value) in &fields.others {
        push_field(&mut line, name, value);
    }
    push_pair(&mut line, "service", service);
    ids.each(|key, id| push_pair(&mut line, key, id));
    ids.each_data(fields, |key, value| push_field(&mut line, key, value));
    line.push_str("}\n");
    line
}

fn push_field(line: &mut String, name: &str, value: &Value) {
    push_key(line, &key_of(name));
    push_value(line, value);
}

/// The key of a field: its name, unless the line has that of its own.
fn key_of(name: &str) -> Cow<'_, str> {
    if RESERVED.contains(&name) { Cow::Owned(format!("field.{name}")) } else { clean_name(name) }
}

/// The name of a field without secrets. One that reads as Rust, as those of the macros mostly do, is a word of the code.
fn clean_name(name: &str) -> Cow<'_, str> {
    let is_path = name.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.'));
    if is_path { Cow::Borrowed(name) } else { redact::text(name) }
}

/// The line as a record of OTLP.
fn record(about: &About, fields: &Fields, ids: &Ids) -> Record {
    let mut record = Record::new(about.level, &visible(&about.target), fields.message.as_deref());
    fields.others.iter().for_each(|(name, value)| record.push(&visible(&key_of(name)), value));
    if let Some(span) = &ids.span {
        record.set_span(span);
    }
    ids.each_of_run(|key, id| record.push(key, &Value::Text(id.to_owned())));
    ids.each_data(fields, |key, value| record.push(&visible(&key_of(key)), value));
    record
}

fn push_pair(line: &mut String, key: &str, value: &str) {
    push_key(line, key);
    push_string(line, value);
}

fn push_key(line: &mut String, key: &str) {
    if !line.ends_with('{') {
        line.push(',');
    }
    push_string(line, key);
    line.push(':');
}

fn push_value(line: &mut String, value: &Value) {
    // Writing to a string cannot fail.
    let _ = match value {
        Value::Bool(value) => write!(line, "{value}"),
        Value::I64(value) => write!(line, "{value}"),
        Value::U64(value) => write!(line, "{value}"),
        Value::F64(value) if value.is_finite() => write!(line, "{value:?}"),
        // JSON has no number for it.
        Value::F64(value) => write!(line, "\"{value}\""),
        Value::Text(text) => {
            push_string(line, text);
            Ok(())
        }
    };
}

/// A JSON string. Beyond what JSON asks for, everything is escaped that some reader takes for the end of a line or a
/// terminal for a command.
fn push_string(line: &mut String, text: &str) {
    line.push('"');
    for character in text.chars() {
        match character {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            character => push_visible(line, character),
        }
    }
    line.push('"');
}

fn push_visible(line: &mut String, character: char) {
    match character {
        '\n' => line.push_str("\\n"),
        '\r' => line.push_str("\\r"),
        '\t' => line.push_str("\\t"),
        '\u{2028}' | '\u{2029}' => push_escape(line, character),
        character if character.is_control() => push_escape(line, character),
        character => line.push(character),
    }
}

fn push_escape(line: &mut String, character: char) {
    let _ = write!(line, "\\u{:04x}", u32::from(character));
}

fn push_named(line: &mut String, name: &str, value: &Value) {
    let _ = write!(line, " {}=", visible(&clean_name(name)));
    push_value(line, value);
}

/// The text on one line.
fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len() + 8);
    text.chars().for_each(|character| push_visible(&mut line, character));
    Cow::Owned(line)
}

/// RFC 3339 in UTC, with microseconds.
fn push_time(line: &mut String) {
    let _ = SystemTime.format_time(&mut Writer::new(line));
}

/// A line for people: `2026-01-31T12:00:00.000000Z  INFO support_bot: asked tokens=12 trace_id=...`.
fn text_line(about: &About, fields: &Fields, ids: &Ids) -> String {
    let mut line = String::with_capacity(256);
    push_time(&mut line);
    let _ = write!(line, " {:>5} {}:", about.level.as_str(), visible(&about.target));
    if let Some(message) = &fields.message {
        let _ = write!(line, " {}", visible(message));
    }
    for (name, value) in &fields.others {
        push_named(&mut line, name, value);
    }
    ids.each(|key, id| {
        let _ = write!(line, " {key}={}", visible(id));
    });
    ids.each_data(fields, |key, value| push_named(&mut line, key, value));
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "postgres://ann:hunter2@host";

    fn about() -> About {
        let metadata = format!("bot\n{PASSWORD}");
        let record = tracing_log::log::Record::builder().target(&metadata).args(format_args!("asked")).build();
        let metadata = tracing_log::AsTrace::as_trace(&record);
        About::of(&metadata)
    }

    fn fields() -> Fields {
        let others = vec![("two\nlines postgres://ann:hunter2@host", Value::Bool(true))];
        Fields { message: Some("asked".to_owned()), others }
    }

    #[test]
    fn where_a_line_comes_from_and_what_its_fields_are_called_are_on_it_and_hold_no_secret() {
        let (about, fields, ids) = (about(), fields(), Ids::default());
        let record = format!("{:?}", record(&about, &fields, &ids));
        for line in [text_line(&about, &fields, &ids), json_line(&about, &fields, "bot", &ids)] {
            assert!(!line.contains("hunter2") && line.contains("[redacted]"), "{line}");
            assert_eq!(line.matches('\n').count(), 1, "{line}");
        }
        assert!(!record.contains("hunter2") && record.contains("bot\\\\n") && record.contains("two\\\\n"), "{record}");
    }
}
