//! Log records as a receiver saw them.

use std::collections::BTreeMap;

/// A log record as rotel prints it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// The resource of the process it came from.
    pub resource: BTreeMap<String, String>,
    /// The name of the scope.
    pub scope: String,
    /// `INFO`.
    pub severity: String,
    /// `SEVERITY_NUMBER_INFO(9)`.
    pub severity_number: String,
    /// The message.
    pub body: String,
    /// 32 hex digits, or nothing.
    pub trace_id: String,
    /// 16 hex digits, or nothing.
    pub span_id: String,
    /// As text, without the type.
    pub attributes: BTreeMap<String, String>,
}

/// Reads the detailed debug log of rotel.
pub fn parse(log: &str) -> Vec<Record> {
    let mut reader = Reader::default();
    let mut lines = log.lines().filter(|line| !line.starts_with("{\""));
    while let Some(line) = lines.next() {
        let mut line = line.to_owned();
        // A text of several lines ends where its bracket does.
        while line.contains(": Str(") && !line.ends_with(')') {
            let Some(next) = lines.next() else { break };
            line = format!("{line}\n{next}");
        }
        reader.line(&line);
    }
    reader.records
}

#[derive(Default)]
struct Reader {
    records: Vec<Record>,
    resource: BTreeMap<String, String>,
    scope: String,
    is_resource: bool,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let text = line.trim_start();
        if let Some(entry) = text.strip_prefix("-> ") {
            let Some((key, value)) = entry.split_once(": ") else { return };
            let place = match (self.is_resource, self.records.last_mut()) {
                (false, Some(record)) => &mut record.attributes,
                _ => &mut self.resource,
            };
            place.insert(key.to_owned(), untyped(value).to_owned());
        } else if text.starts_with("ResourceLog #") {
            self.resource.clear();
            self.is_resource = true;
        } else if let Some(scope) = text.strip_prefix("InstrumentationScope ") {
            self.scope = scope.trim().to_owned();
        } else if text.starts_with("LogRecord #") {
            self.is_resource = false;
            let (resource, scope) = (self.resource.clone(), self.scope.clone());
            self.records.push(Record { resource, scope, ..Record::default() });
        } else if let (Some((name, value)), Some(record)) = (text.split_once(':'), self.records.last_mut()) {
            let value = value.trim();
            match name.trim() {
                "SeverityText" => record.severity = value.to_owned(),
                "SeverityNumber" => record.severity_number = value.to_owned(),
                "Body" => record.body = untyped(value).to_owned(),
                "Trace ID" => record.trace_id = value.to_owned(),
                "Span ID" => record.span_id = value.to_owned(),
                _ => {}
            }
        }
    }
}

/// `Str(text)` without the type.
fn untyped(value: &str) -> &str {
    let inner = value.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inner.unwrap_or(value)
}
