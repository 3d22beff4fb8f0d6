//! Every event is one line, and a line inside a span has the ids of the span that is exported.

use std::process::Command;

use serde_json::Value;
use taximeter_tests::trace::Span;
use taximeter_tests::{Child, Rotel, program};

/// The spans that the program leaves.
const SPANS: usize = 7;

fn logging() -> Command {
    program::undisturbed(Command::new(env!("CARGO_BIN_EXE_logging")))
}

/// What the program writes to standard output until it ends.
fn output_of(command: &mut Command) -> String {
    let mut program = Child::start(command);
    assert!(program.wait().success());
    program.stdout()
}

fn lines_of(command: &mut Command) -> Vec<Value> {
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    output_of(command).lines().map(read).collect()
}

#[track_caller]
fn line<'a>(lines: &'a [Value], message: &str) -> &'a Value {
    let found = lines.iter().find(|line| line["message"] == message);
    found.unwrap_or_else(|| panic!("no line says `{message}`: {lines:#?}"))
}

#[test]
fn a_line_inside_a_span_has_the_ids_of_the_exported_span() {
    let Some(rotel) = Rotel::start() else { return };
    let lines = lines_of(logging().env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint()));
    let spans = rotel.wait_for_spans(SPANS);

    for (message, name) in [("in the workflow", "answer"), ("in the child", "logging::find")] {
        let span: &Span = spans.iter().find(|span| span.name == name).expect(name);
        let line = line(&lines, message);
        assert_eq!(line["trace_id"], span.trace_id.as_str(), "{line}");
        assert_eq!(line["span_id"], span.id.as_str(), "{line}");
        assert_eq!(line["correlation_id"], span.attributes["workflow.correlation_id"].as_str(), "{line}");
        assert_eq!(line["workflow_id"], span.attributes["workflow.id"].as_str(), "{line}");
        assert_eq!(line["workflow"], "answer", "{line}");
    }
    let failed = spans.iter().find(|span| span.name == "logging::refuse").expect("the failed span");
    let exception = line(&lines, "exception");
    assert_eq!(exception["span_id"], failed.id.as_str());
    assert_eq!(exception["level"], "ERROR");
    assert_eq!(exception["exception.message"], "invalid digit found in string");
}

#[test]
fn lines_have_ids_without_a_receiver() {
    let lines = lines_of(&mut logging());
    let (parent, child) = (line(&lines, "in the workflow"), line(&lines, "in the child"));
    assert_eq!(parent["trace_id"].as_str().map(str::len), Some(32));
    assert_eq!(parent["span_id"].as_str().map(str::len), Some(16));
    assert_eq!(parent["trace_id"], child["trace_id"]);
    assert_ne!(parent["span_id"], child["span_id"]);
}

#[test]
fn a_line_outside_of_everything_has_no_ids() {
    let lines = lines_of(&mut logging());
    let outside = line(&lines, "outside").as_object().expect("an object");
    let keys: Vec<&str> = outside.keys().map(String::as_str).collect();
    assert_eq!(keys, ["level", "message", "service", "target", "timestamp"]);
    assert_eq!(outside["service"], "logging");
    assert_eq!(outside["target"], "logging");
    let timestamp = outside["timestamp"].as_str().expect("a text");
    assert!(timestamp.ends_with('Z') && timestamp.as_bytes()[10] == b'T', "{timestamp}");
}

#[test]
fn the_keys_of_a_line_stand_in_the_order_of_the_documentation() {
    let output = output_of(&mut logging());
    let line = output.lines().find(|line| line.contains("in the workflow")).expect("the line");
    let order = [
        "timestamp",
        "level",
        "target",
        "message",
        "tokens",
        "service",
        "trace_id",
        "span_id",
        "correlation_id",
        "workflow_id",
        "workflow",
    ];
    let positions: Vec<_> = order.iter().map(|key| line.find(&format!("\"{key}\":")).expect(key)).collect();
    assert!(positions.is_sorted(), "{line}");
}

#[test]
fn no_text_breaks_a_line_and_no_field_takes_a_key() {
    let lines = lines_of(&mut logging());
    let rude = line(&lines, "line one\nline two");
    assert_eq!(rude["text"], "a\nb\r\u{2028}\u{85}\"c\\\u{1b}[31m");
    assert_eq!(rude["level"], "INFO");
    assert_eq!(rude["service"], "logging");
    assert_eq!(rude["target"], "logging");
    assert_eq!(rude["trace_id"], Value::Null);
    for key in ["timestamp", "target", "service", "trace_id"] {
        assert_eq!(rude[format!("field.{key}")], "field");
    }
    assert_eq!(rude["field.level"], 7);
    assert_eq!((&rude["share"], &rude["negative"], &rude["yes"]), (&0.5.into(), &(-3).into(), &true.into()));
    assert_eq!(rude["infinite"], "inf");
    let raw = output_of(&mut logging());
    assert!(!raw.contains(['\r', '\u{2028}', '\u{85}', '\u{1b}']), "{raw:?}");
}

#[test]
fn an_error_is_written_with_its_causes() {
    let lines = lines_of(&mut logging());
    assert_eq!(line(&lines, "chained")["error"], format!("no answer: {}", std::fmt::Error));
}

#[test]
fn a_line_has_the_ids_of_the_span_that_it_names_and_none_of_a_closed_one() {
    let lines = lines_of(&mut logging());
    let (before, after) = (line(&lines, "before the end"), line(&lines, "after the end"));
    let beside = line(&lines, "beside it");
    assert_eq!(before["trace_id"], beside["trace_id"]);
    assert_ne!(before["span_id"], beside["span_id"]);
    assert!(before["span_id"].is_string() && beside["span_id"].is_string(), "{before} {beside}");
    assert_eq!((&after["trace_id"], &after["span_id"]), (&Value::Null, &Value::Null));
}

#[test]
fn the_secrets_in_fields_and_errors_are_masked_in_lines_and_in_spans() {
    let mut program = Child::start(logging().env("OTEL_TRACES_EXPORTER", "console"));
    assert!(program.wait().success());
    let (lines, spans) = (program.stdout(), program.stderr());
    assert!(!format!("{lines}{spans}").contains("hunter"), "{lines}{spans}");
    let error = "no access with password=[redacted] to https://[redacted]@db.internal";
    for text in [lines, spans] {
        for pair in [r#""api_key":"[redacted]""#, r#""user":"ann""#, &format!(r#""error":"{error}""#)] {
            assert!(text.contains(pair), "no {pair}: {text}");
        }
    }
}

#[test]
fn a_panic_in_a_field_stays_in_the_field() {
    let lines = lines_of(&mut logging());
    assert_eq!(line(&lines, "still here")["value"], "<panic>");
    assert_eq!(line(&lines, "last")["survived"], true);
}

#[test]
fn rust_log_is_about_lines_and_not_about_spans() {
    let Some(rotel) = Rotel::start() else { return };
    let lines = lines_of(logging().env("RUST_LOG", "warn").env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint()));
    let messages: Vec<_> = lines.iter().filter_map(|line| line["message"].as_str()).collect();
    assert_eq!(messages, ["in the child", "exception", "chained", "giving up"]);
    assert_eq!(rotel.wait_for_spans(SPANS).len(), SPANS);

    let lines = lines_of(logging().env("RUST_LOG", "logging=debug"));
    line(&lines, "too quiet to be written");
}

#[test]
fn text_is_for_people() {
    let output = output_of(logging().env("TAXIMETER_LOG_FORMAT", "text"));
    let line = output.lines().find(|line| line.contains("in the workflow")).expect("the line");
    assert!(line.contains("  INFO logging: in the workflow tokens=12 trace_id="), "{line}");
    assert!(line.ends_with(" workflow=answer"), "{line}");
    assert!(output.contains("line one\\nline two"), "{output}");
}

#[test]
fn the_console_shows_spans_with_their_events() {
    let mut program = Child::start(logging().env("OTEL_TRACES_EXPORTER", "console"));
    assert!(program.wait().success());
    let read = |line: &str| serde_json::from_str::<Value>(line).ok();
    let spans: Vec<Value> = program.stderr().lines().filter_map(read).collect();
    let failed = spans.iter().find(|span| span["span"] == "logging::refuse").expect("the failed span");
    assert_eq!(failed["status"]["error"], "invalid digit found in string");
    let events = failed["events"].as_array().expect("events");
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_eq!(events[0]["name"], "exception");
    let cancelled = spans.iter().find(|span| span["span"] == "logging::give_up").expect("the cancelled span");
    assert_eq!(cancelled["events"][0]["name"], "giving up");
    assert_eq!(cancelled["status"], "unset", "an error in the log is not that of the call");
    let answer = spans.iter().find(|span| span["span"] == "answer").expect("the workflow");
    let child = spans.iter().find(|span| span["span"] == "logging::find").expect("the child");
    assert_eq!(child["parent_span_id"], answer["span_id"]);
}

#[test]
fn the_attribute_refuses_the_keys_that_a_line_has_of_its_own() {
    // The macros know nothing of the other rooms, so the list stands twice.
    let keys = |room: &str, file: &str, list: &str| {
        let path = format!("{}/../{room}/src/{file}", env!("CARGO_MANIFEST_DIR"));
        let source = std::fs::read_to_string(&path).expect("a source file");
        let (_, behind) = source.split_once(list).expect("the list");
        let (_, behind) = behind.split_once("= ").expect("its value");
        let (values, _) = behind.split_once("];").expect("its end");
        let keys: Vec<_> = values.split('"').skip(1).step_by(2).map(str::to_owned).collect();
        assert!(keys.len() > 5, "{path}: {keys:?}");
        keys
    };
    assert_eq!(keys("macros", "check.rs", "const TAKEN_KEYS"), keys("export", "logs.rs", "const RESERVED"));
}
