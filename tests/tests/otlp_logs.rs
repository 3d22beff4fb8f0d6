//! Every log line is a record of OTLP when that is asked for: the same ids, the same fields, the same secrets masked.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;
use taximeter_tests::records::{self, Record};
use taximeter_tests::{Child, Receiver, Rotel, port, program, receiver, wait_for};

fn program(name: &str) -> Command {
    let path = if name == "logging" { env!("CARGO_BIN_EXE_logging") } else { env!("CARGO_BIN_EXE_fault") };
    let mut command = program::undisturbed(Command::new(path));
    command.env("OTEL_LOGS_EXPORTER", "otlp").env("OTEL_TRACES_EXPORTER", "none");
    command
}

/// What a record says, under the keys of a line.
fn line_of(record: &Record) -> BTreeMap<String, String> {
    let own = [
        ("level", &record.severity),
        ("target", &record.scope),
        ("message", &record.body),
        ("service", &record.resource["service.name"]),
        ("trace_id", &record.trace_id),
        ("span_id", &record.span_id),
    ];
    let own = own.into_iter().filter(|(_, value)| !value.is_empty());
    let own = own.map(|(key, value)| (key.to_owned(), value.clone()));
    own.chain(record.attributes.clone()).map(|(key, value)| (key, plain(&value))).collect()
}

/// The fields of a line as text, without the time.
fn fields_of(line: &str) -> BTreeMap<String, String> {
    let line: BTreeMap<String, Value> = serde_json::from_str(line).expect("a line is an object");
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    line.iter().filter(|(key, _)| *key != "timestamp").map(|(key, value)| (key.clone(), plain(&text(value)))).collect()
}

/// Numbers are written in more than one way, and what ends a line in one place does not in another.
fn plain(text: &str) -> String {
    let text = text.parse::<f64>().map_or_else(|_| text.to_owned(), |number| number.to_string());
    text.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect()
}

#[test]
fn every_line_arrives_as_a_record_that_says_the_same() {
    let Some(rotel) = Rotel::start_showing("logs") else { return };
    for protocol in ["grpc", "http/protobuf"] {
        let before = records::parse(&rotel.received()).len();
        let mut command = program("logging");
        let endpoint = if protocol == "grpc" { rotel.grpc_endpoint() } else { rotel.http_endpoint() };
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint).env("OTEL_EXPORTER_OTLP_PROTOCOL", protocol);
        let mut program = Child::start(&mut command);
        assert!(program.wait().success());
        let mut expected: Vec<_> = program.stdout().lines().map(fields_of).collect();
        let records = wait_for("every record", || {
            let records = records::parse(&rotel.received()).split_off(before);
            (records.len() >= expected.len()).then_some(records)
        });
        let mut found: Vec<_> = records.iter().map(line_of).collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "{protocol}");
        let severities = ["SEVERITY_NUMBER_INFO(9)", "SEVERITY_NUMBER_WARN(13)", "SEVERITY_NUMBER_ERROR(17)"];
        for severity in severities {
            assert!(records.iter().any(|record| record.severity_number == severity), "{severity}");
        }
    }
}

#[test]
fn a_record_that_does_not_arrive_is_counted_and_told_once() {
    let mut command = program("fault");
    let endpoint = format!("http://127.0.0.1:{}", port::free_port());
    command.arg("many-lines").env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
    command.env("OTEL_BLRP_MAX_QUEUE_SIZE", "100").env("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "10");
    command.env("OTEL_EXPORTER_OTLP_TIMEOUT", "300");
    let mut program = Child::start(&mut command);
    assert!(program.wait().success());
    let (lines, said) = (program.stdout(), program.stderr());
    assert_eq!(lines.matches("log records do not reach").count(), 1, "{lines}");
    // Every line that was written is one that was lost: also those which tell of it.
    assert_eq!(said.trim(), format!("lost {}", lines.lines().count()), "{said}");
}

#[test]
fn the_way_of_the_records_leaves_no_records() {
    let receiver = Receiver::answering(receiver::answer("200 OK", "", ""));
    let mut command = program("fault");
    command.arg("one-span").env("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint()).env("RUST_LOG", "trace");
    command.env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf").env("OTEL_BLRP_SCHEDULE_DELAY", "10");
    let mut program = Child::start(&mut command);
    assert!(program.wait().success());
    for line in program.stdout().lines() {
        let target = fields_of(line)["target"].clone();
        assert!(target.starts_with("fault") || target.starts_with("taximeter"), "{line}");
    }
    assert!(!receiver.requests().is_empty() && receiver.requests().len() < 10, "{:?}", receiver.requests());
    assert!(receiver.requests().iter().all(|request| request.head.starts_with("post /v1/logs")));
}
