//! Spans as a receiver saw them, and the tree they make.

use std::collections::BTreeMap;
use std::fmt::Write;

/// A span as rotel prints it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Span {
    /// 32 hex digits.
    pub trace_id: String,
    /// 16 hex digits.
    pub id: String,
    /// 16 hex digits, or empty: a root.
    pub parent: String,
    /// The name.
    pub name: String,
    /// `internal`, `client`, `server`, `producer` or `consumer`.
    pub kind: String,
    /// `ok`, `error` or `unset`.
    pub status: String,
    /// What the status says, mostly for an error.
    pub status_message: String,
    /// Nanoseconds since 1970.
    pub start: u64,
    /// The same.
    pub end: u64,
    /// As text, without the type.
    pub attributes: BTreeMap<String, String>,
    /// In the order in which they happened.
    pub events: Vec<Event>,
    /// The ids of the spans that it is linked to.
    pub links: Vec<String>,
    /// The resource of the process it came from.
    pub resource: BTreeMap<String, String>,
}

/// An event of a span.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// The name.
    pub name: String,
    /// As text, without the type.
    pub attributes: BTreeMap<String, String>,
}

/// The spans as one tree for each trace, in the order in which they started:
///
/// ```text
/// support.answer ok
///   find_page ok
///   chat gpt-4o-mini client error
/// ```
///
/// The kind `internal` is left out. A span whose parent is not among `spans` begins with `? `.
pub fn tree(spans: &[Span]) -> String {
    let mut spans: Vec<&Span> = spans.iter().collect();
    spans.sort_by_key(|span| span.start);
    let mut out = String::new();
    for root in spans.iter().filter(|span| !spans.iter().any(|other| is_child(span, other))) {
        write_branch(&mut out, &spans, root, 0);
    }
    out
}

fn is_child(span: &Span, of: &Span) -> bool {
    span.trace_id == of.trace_id && span.parent == of.id
}

fn write_branch(out: &mut String, spans: &[&Span], span: &Span, depth: usize) {
    let lost = if depth == 0 && !span.parent.is_empty() { "? " } else { "" };
    let kind = if span.kind == "internal" { String::new() } else { format!(" {}", span.kind) };
    let _ = writeln!(out, "{:indent$}{lost}{}{kind} {}", "", span.name, span.status, indent = depth * 2);
    for child in spans.iter().filter(|child| is_child(child, span)) {
        write_branch(out, spans, child, depth + 1);
    }
}

/// Reads the detailed debug log of rotel: lines of `Name : value`, lists of `-> key: Type(value)`, and between them lines
/// of its own log in JSON.
pub(crate) fn parse(log: &str) -> Vec<Span> {
    let mut reader = Reader::default();
    let mut lines = log.lines().filter(|line| !line.starts_with("{\""));
    while let Some(line) = lines.next() {
        let mut line = line.to_owned();
        // A text of several lines ends where its bracket does.
        while line.contains("-> ") && line.contains(": Str(") && !line.ends_with(')') {
            let Some(next) = lines.next() else { break };
            line = format!("{line}\n{next}");
        }
        reader.line(&line);
    }
    reader.spans
}

#[derive(Default)]
struct Reader {
    spans: Vec<Span>,
    resource: BTreeMap<String, String>,
    place: Place,
}

/// What the next `->` line belongs to.
#[derive(Default, Clone, Copy, PartialEq)]
enum Place {
    Resource,
    Span,
    Event,
    #[default]
    Elsewhere,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let text = line.trim_start();
        if let Some(entry) = text.strip_prefix("-> ") {
            self.entry(entry);
        } else if text.starts_with("ResourceSpans #") {
            self.resource.clear();
        } else if text.starts_with("Span #") {
            let unset = "unset".to_owned();
            self.spans.push(Span { resource: self.resource.clone(), status: unset, ..Span::default() });
            self.place = Place::Elsewhere;
        } else if text.starts_with("SpanEvent #") {
            self.place = Place::Event;
        } else if let Some((name, value)) = text.split_once(':') {
            self.field(name.trim(), value.trim());
        }
    }

    fn field(&mut self, name: &str, value: &str) {
        match name {
            "Resource attributes" => self.place = Place::Resource,
            "Attributes" => self.place = Place::Span,
            "ScopeSpans SchemaURL" | "Links" => self.place = Place::Elsewhere,
            _ => {}
        }
        let Some(span) = self.spans.last_mut() else {
            return;
        };
        match name {
            "Trace ID" => span.trace_id = value.to_owned(),
            "Parent ID" => span.parent = value.to_owned(),
            "ID" => span.id = value.to_owned(),
            "Name" => span.name = value.to_owned(),
            "Kind" => span.kind = word(value, "SPAN_KIND_"),
            "Status code" => span.status = word(value, "STATUS_CODE_"),
            "Status message" => span.status_message = value.to_owned(),
            "Start time" => span.start = value.parse().unwrap_or_default(),
            "End time" => span.end = value.parse().unwrap_or_default(),
            _ => {}
        }
    }

    fn entry(&mut self, entry: &str) {
        let Some((key, value)) = entry.split_once(": ") else {
            return;
        };
        let value = value.split_once('(').map_or(value, |(_, value)| value.strip_suffix(')').unwrap_or(value));
        let span = self.spans.last_mut();
        match (self.place, span) {
            (Place::Resource, _) => drop(self.resource.insert(key.to_owned(), value.to_owned())),
            (Place::Span, Some(span)) => drop(span.attributes.insert(key.to_owned(), value.to_owned())),
            (Place::Event, Some(span)) => add_to_event(span, key, entry, value),
            _ => {}
        }
    }
}

fn add_to_event(span: &mut Span, key: &str, entry: &str, value: &str) {
    if key == "Name" {
        let name = entry.trim_start_matches("Name: ").to_owned();
        span.events.push(Event { name, ..Event::default() });
    } else if let Some(event) = span.events.last_mut()
        && key != "Timestamp"
        && key != "DroppedAttributesCount"
    {
        event.attributes.insert(key.to_owned(), value.to_owned());
    }
}

/// `SPAN_KIND_CLIENT` is `client`.
fn word(value: &str, prefix: &str) -> String {
    value.trim_start_matches(prefix).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = r#"{"v":0,"msg":"Starting Rotel.","level":30}
ResourceSpans #0
Resource SchemaURL: 
Resource attributes:
     -> service.name: Str(a b)
ScopeSpans #0
ScopeSpans SchemaURL: 
InstrumentationScope sc 
Span #0
    Trace ID       : 5b8efff798038103d269b633813fc60c
    Parent ID      : eee19b7ec3c1b173
    ID             : eee19b7ec3c1b174
    Name           : chat gpt: 4
    Kind           : SPAN_KIND_CLIENT
Start time: 1544712660000000001
End time: 1544712661000000000
    Status code    : STATUS_CODE_ERROR
    Status message : bad
Attributes:
     -> text: Str(two
Name : lines)
     -> n: Int(3)
Events:
SpanEvent #0
     -> Name: exception
     -> Timestamp: 1544712660500000000
     -> DroppedAttributesCount: 0
     -> Attributes::
          -> exception.type: Str(E)
Span #1
    Trace ID       : 5b8efff798038103d269b633813fc60c
    Parent ID      : 
    ID             : eee19b7ec3c1b173
    Name           : root
    Kind           : SPAN_KIND_INTERNAL
Start time: 1544712660000000000
End time: 1544712661000000000
"#;

    #[test]
    fn the_log_of_a_receiver_becomes_a_tree() {
        assert_eq!(tree(&parse(LOG)), "root unset\n  chat gpt: 4 client error\n");
    }

    #[test]
    fn a_span_has_all_that_was_printed() {
        let spans = parse(LOG);
        let map = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        assert_eq!(spans[0].attributes, map(&[("n", "3"), ("text", "two\nName : lines")]));
        let exception = Event { name: "exception".to_owned(), attributes: map(&[("exception.type", "E")]) };
        assert_eq!(spans[0].events, [exception]);
        assert_eq!(spans[1].resource, map(&[("service.name", "a b")]));
        assert_eq!(spans[0].status_message, "bad");
    }

    #[test]
    fn a_span_without_its_parent_is_marked() {
        let spans = parse(LOG);
        assert_eq!(tree(&spans[..1]), "? chat gpt: 4 client error\n");
    }
}
