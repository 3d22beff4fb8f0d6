//! Every span reaches a real OTLP receiver, under its parent.

use std::collections::BTreeSet;
use std::process::Command;

use taximeter_tests::trace::tree;
use taximeter_tests::{Child, Rotel, program};

const GRPC: &str = "grpc";
const HTTP: &str = "http/protobuf";

#[test]
fn the_traces_of_the_quickstart_arrive_over_grpc() {
    let Some(rotel) = Rotel::start() else { return };
    assert_quickstart_arrives(&rotel, GRPC);
}

#[test]
fn the_traces_of_the_quickstart_arrive_over_http() {
    let Some(rotel) = Rotel::start() else { return };
    assert_quickstart_arrives(&rotel, HTTP);
}

#[test]
fn a_thousand_spans_arrive_over_grpc_from_a_program_without_a_runtime() {
    let Some(rotel) = Rotel::start() else { return };
    assert_thousand_arrive(&rotel, GRPC);
}

#[test]
fn a_thousand_spans_arrive_over_http_from_a_program_without_a_runtime() {
    let Some(rotel) = Rotel::start() else { return };
    assert_thousand_arrive(&rotel, HTTP);
}

fn assert_quickstart_arrives(rotel: &Rotel, protocol: &str) {
    let mut quickstart = program::example("quickstart");
    run(rotel, protocol, quickstart.arg("--once"));

    let spans = rotel.wait_for_spans(15);
    assert_eq!(
        tree(&spans),
        "\
support.answer ok
  quickstart::find_page ok
  chat gpt-4o-mini client ok
support.answer ok
  quickstart::find_page ok
  chat gpt-4o-mini client ok
support.answer ok
  quickstart::find_page ok
  chat gpt-5-mini client ok
support.answer error
  quickstart::find_page ok
  chat gpt-4o-mini client error
support.answer ok
  quickstart::find_page ok
  chat gpt-4o-mini client ok
"
    );
    for span in &spans {
        assert_eq!(span.resource["service.name"], "support-bot");
        let exceptions = span.events.iter().filter(|event| event.name == "exception").count();
        assert_eq!(exceptions, usize::from(span.status == "error"), "exceptions of {span:?}");
    }
}

fn assert_thousand_arrive(rotel: &Rotel, protocol: &str) {
    let mut program = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_thousand_calls")));
    run(rotel, protocol, &mut program);

    let spans = rotel.wait_for_spans(1000);
    assert_eq!(spans.len(), 1000);
    let ids: BTreeSet<&str> = spans.iter().map(|span| span.id.as_str()).collect();
    assert_eq!(ids.len(), 1000);
    let shift = format!("shift ok\n{}", "  thousand_calls::trip ok\n".repeat(99));
    assert_eq!(tree(&spans), shift.repeat(10));
}

/// Runs `command` to its end, which flushes, with `rotel` as its receiver.
fn run(rotel: &Rotel, protocol: &str, command: &mut Command) {
    let endpoint = if protocol == GRPC { rotel.grpc_endpoint() } else { rotel.http_endpoint() };
    let command = command
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
        .env("OTEL_METRICS_EXPORTER", "none");
    assert!(Child::start(command).wait().success());
}
