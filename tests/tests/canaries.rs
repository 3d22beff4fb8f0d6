//! Two hundred secrets in every place where a text can stand; none of them leaves the process.
//!
//! Beside each secret stands a mark that is none. A sink is looked at when the marks of all places have arrived there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use taximeter_tests::receiver::answer;
use taximeter_tests::temporary::Folder;
use taximeter_tests::wait::{BOUND, wait_at_most};
use taximeter_tests::{Child, Page, Receiver, Rotel, canaries, http, port, program, wait_for};

/// Places whose text is told by a span of annotated functions, of `tracing` or of a request.
const IN_SPANS: &[&str] = &[
    "field",
    "display",
    "debug",
    "line_field",
    "message",
    "error",
    "refused",
    "captured",
    "panic",
    "id",
    "correlation",
    "data",
    "data_shown",
    "data_later",
    "checkpoint",
    "run_refused",
    "prompt",
    "completion",
    "statement",
    "broken_statement",
    "agent",
    "path",
    "caller",
];

/// Places whose text is told by a span of the API of OpenTelemetry.
const IN_OPENTELEMETRY: &[&str] =
    &["name", "status", "event", "span_value", "span_key", "span_list", "event_value", "event_key", "event_list"];

/// What only OTLP tells of it.
const IN_OTLP: &[&str] =
    &["scope", "version", "scope_value", "scope_key", "scope_list", "link_value", "link_key", "link_list"];

const IN_LINES: &[&str] = &[
    "inside",
    "line_field",
    "line_display",
    "line_debug",
    "some",
    "message",
    "error",
    "target",
    "record",
    "refused",
    "panic",
    "id",
    "correlation",
    "data",
    "data_shown",
    "data_later",
    "checkpoint",
    "run_refused",
    "caller",
];

/// The headers of a request that is sent.
const IN_HEADERS: &[&str] = &["correlation", "baggage", "caller", "carried"];

/// Labels, in which the mark has no number.
const IN_METRICS: [&str; 3] = ["at_own", "at_plain", "at_instrument"];

/// Is told last.
const LAST: &str = "the_last_one";

/// Everything that left the process by one way.
struct Sink(&'static str, String);

#[test]
fn no_canary_is_in_the_bytes_of_any_sink() {
    let Some(rotel) = Rotel::start() else { return };
    let [Some(logs), Some(metrics)] = ["logs", "metrics"].map(Rotel::start_showing) else { return };
    let gateway = Receiver::answering(answer("200 OK", "", ""));
    let (port, folder) = (port::free_port(), Folder::new("canaries"));
    let headers = folder.path().join("headers");
    let mut command = canaries_on(port);
    command
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint())
        .env("OTEL_TRACES_EXPORTER", "otlp,console")
        .env("OTEL_LOGS_EXPORTER", "otlp")
        .env("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", logs.grpc_endpoint())
        .env("OTEL_METRICS_EXPORTER", "otlp,prometheus")
        .env("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", metrics.grpc_endpoint())
        .env("HEADERS", &headers)
        .env("GATEWAY", gateway.endpoint());
    let program = flushed(&mut command);
    let get = |path: &str, headers: &[&str]| http::get_with(port, path, headers).expect("an answer").body;
    let in_console = [IN_SPANS, IN_OPENTELEMETRY].concat();
    let sinks = [
        Sink("/metrics", get("/metrics", &[])),
        Sink("/metrics as OpenMetrics", get("/metrics", &["accept: application/openmetrics-text"])),
        Sink("the push gateway", gateway.requests().pop().expect("a push").content),
        arrived("OTLP metrics", &[], || metrics.received()),
        arrived("OTLP", &in_console, || rotel.received()),
        arrived("the console", &in_console, || program.stderr()),
        arrived("OTLP logs", IN_LINES, || logs.received()),
        arrived("the log", IN_LINES, || program.stdout()),
        Sink("/healthz", get("/healthz", &[])),
        Sink("the headers", fs::read_to_string(headers).expect("the headers")),
    ];
    assert_no_leak(&sinks);
    assert!(missing(&sinks[9].1, IN_HEADERS).is_empty(), "{:?}", missing(&sinks[9].1, IN_HEADERS));
    for Sink(sink, bytes) in &sinks[..4] {
        let lacks: Vec<_> = IN_METRICS.into_iter().filter(|mark| !bytes.contains(mark)).collect();
        assert!(lacks.is_empty() && bytes.contains(LAST), "{sink} lacks {lacks:?}");
    }
    assert_counted(&Page::parse(&sinks[0].1));
}

#[test]
fn no_canary_is_in_the_bytes_of_a_request_a_file_or_a_line_of_text() {
    let receiver = Receiver::answering(answer("200 OK", "", ""));
    let folder = Folder::new("canaries");
    let mut command = canaries_on(port::free_port());
    command
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint())
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
        .env("OTEL_LOGS_EXPORTER", "otlp")
        .env("OTEL_METRICS_EXPORTER", "otlp,prometheus")
        .env("TAXIMETER_LOG_DIRECTORY", folder.path());
    let _program = flushed(&mut command);
    let text = flushed(canaries_on(port::free_port()).env("TAXIMETER_LOG_FORMAT", "text"));
    let sinks = [
        arrived("/v1/traces", &[IN_SPANS, IN_OPENTELEMETRY, IN_OTLP].concat(), || bodies(&receiver, "/v1/traces")),
        arrived("/v1/logs", IN_LINES, || bodies(&receiver, "/v1/logs")),
        arrived("/v1/metrics", &[], || bodies(&receiver, "/v1/metrics")),
        arrived("the file", IN_LINES, || files(folder.path())),
        arrived("lines of text", IN_LINES, || text.stdout()),
    ];
    assert_no_leak(&sinks);
    assert!(IN_METRICS.into_iter().all(|mark| sinks[2].1.contains(mark)));
}

/// The program, with secrets in its environment too.
fn canaries_on(port: u16) -> Command {
    let canaries = canaries::all();
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_canaries")));
    command
        .env("PROMETHEUS_PORT", port.to_string())
        .env("OTEL_BLRP_MAX_QUEUE_SIZE", "100000")
        .env("OTEL_RESOURCE_ATTRIBUTES", format!("note={}", http::escape(&canaries[5].text)))
        .env("OTEL_BSP_SCHEDULE_DELAY", &canaries[8].text)
        .env("RUST_LOG", "trace");
    command
}

fn flushed(command: &mut Command) -> Child {
    let program = Child::start(command);
    wait_for("the secrets to be out", || program.stderr().contains("flushed\n").then_some(()));
    program
}

/// What was sent to this path, all requests together.
fn bodies(receiver: &Receiver, path: &str) -> String {
    let requests = receiver.requests();
    requests.into_iter().filter(|request| request.head.contains(path)).map(|request| request.content).collect()
}

fn files(folder: &Path) -> String {
    let files = fs::read_dir(folder).expect("the folder").flatten();
    files.map(|file| fs::read_to_string(file.path()).expect("a file")).collect()
}

/// What has come once the last one and the marks of all these places are there.
fn arrived(sink: &'static str, places: &[&str], read: impl Fn() -> String) -> Sink {
    let mut lacks = Vec::new();
    let mut looked_at = 0;
    let bytes = wait_at_most(BOUND, || {
        let bytes = read();
        // Looking for all of them takes a while, so it waits for more.
        if std::mem::replace(&mut looked_at, bytes.len()) == bytes.len() && !lacks.is_empty() {
            std::thread::sleep(Duration::from_millis(100));
            return None;
        }
        lacks = missing(&bytes, places);
        (lacks.is_empty() && bytes.contains(LAST)).then_some(bytes)
    });
    let Some(bytes) = bytes else { panic!("{sink} lacks {} marks: {:?}", lacks.len(), &lacks[..9.min(lacks.len())]) };
    Sink(sink, bytes)
}

/// The marks of these places that are not there.
fn missing(bytes: &str, places: &[&str]) -> Vec<String> {
    // In a message of OTLP the next byte may look like a letter, so a mark ends with its four digits.
    let mark = |rest: &'_ str| rest.find(|c: char| c.is_ascii_digit()).map(|digits| digits + 4);
    let words = bytes.match_indices("at_").filter_map(|(at, _)| bytes[at..].get(..mark(&bytes[at..])?));
    let words: BTreeSet<&str> = words.collect();
    let all = canaries::all();
    let marks = places.iter().flat_map(|place| all.iter().map(move |canary| canary.mark(place)));
    marks.filter(|mark| !words.contains(mark.as_str())).collect()
}

fn assert_no_leak(sinks: &[Sink]) {
    let mut leaks = Vec::new();
    for Sink(sink, bytes) in sinks {
        for canary in canaries::all() {
            if let Some(at) = bytes.find(&canary.needle) {
                let before = bytes[..at].char_indices().rev().nth(200).map_or(0, |(before, _)| before);
                leaks.push(format!("{sink}: {}", &bytes[before..at + canary.needle.len()]));
            }
        }
    }
    let some: Vec<_> = leaks.iter().take(20).map(String::as_str).collect();
    assert!(leaks.is_empty(), "{} leaks\n{}", leaks.len(), some.join("\n"));
    for Sink(sink, bytes) in sinks.iter().filter(|sink| sink.0 != "/healthz") {
        assert!(bytes.contains("[redacted]") && bytes.contains("it says") || *sink == "the headers", "{sink}");
    }
}

/// They were there, and were masked.
fn assert_counted(page: &Page) {
    for rule in ["name", "authorization", "userinfo", "provider_key", "jwt", "email", "card", "iban"] {
        let counted = page.value(&format!("taximeter_redactions_total{{rule=\"{rule}\"}}"));
        assert!(counted.is_some_and(|count| count > 0.0), "{rule}: {counted:?}");
    }
}
