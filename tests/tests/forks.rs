//! The child of a fork goes on by itself: nothing arrives twice, nothing hangs, and the port stays with the parent.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::process::Command;

use taximeter_tests::trace::Span;
use taximeter_tests::{Child, Rotel, http, port, program, wait_for};

fn forking(arguments: &[&str], variables: &[(&str, &str)]) -> (Child, u16) {
    let port = port::free_port();
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_forking")));
    let command = command.args(arguments).env("PROMETHEUS_PORT", port.to_string());
    (Child::start(command.envs(variables.iter().copied())), port)
}

#[test]
fn every_span_and_line_of_three_processes_arrives_once() {
    let nothing_twice = |ids: Vec<&str>| ids.len() == ids.iter().collect::<BTreeSet<_>>().len();
    for protocol in ["grpc", "http/protobuf"] {
        let Some(rotel) = Rotel::start() else { return };
        let endpoint = if protocol == "grpc" { rotel.grpc_endpoint() } else { rotel.http_endpoint() };
        let (mut program, _) = forking(
            &[],
            &[
                ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
                // What was made before the fork still waits then.
                ("OTEL_BSP_SCHEDULE_DELAY", "60000"),
            ],
        );
        assert!(program.wait().success());
        let said = program.stderr();
        for line in [
            "the child ended with code 7",
            "the grandchild ended with code",
            "the child counts Some(5.0) before and Some(3.0) in it",
        ] {
            assert!(said.contains(line), "no `{line}`: {said}");
        }
        assert_eq!(said.matches("nothing was lost").count(), 3, "{said}");
        let spans = rotel.wait_for_spans(13);
        assert_eq!(spans.len(), 13, "{protocol}");
        assert!(nothing_twice(spans.iter().map(|span| span.id.as_str()).collect()), "{protocol}: {spans:#?}");
        assert!(nothing_twice(spans.iter().map(|span| span.trace_id.as_str()).collect()), "{protocol}: {spans:#?}");
        let count = |name: &str| spans.iter().filter(|span: &&Span| span.name == format!("forking::{name}")).count();
        let counts = ["before", "forks", "in_child", "in_grandchild", "after"].map(count);
        assert_eq!(counts, [5, 2, 3, 1, 2], "{protocol}");
        let output = program.stdout();
        for line in ["before the fork", "in the child", "in the grandchild"] {
            assert_eq!(output.matches(&format!("\"message\":\"{line}\"")).count(), 1, "{line}: {output}");
        }
    }
}

#[test]
fn nobody_waits_for_threads_that_are_not_there() {
    // Without a receiver, and without anything to send.
    let (mut program, _) = forking(&[], &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")]);
    assert!(program.wait().success());
    let said = program.stderr();
    assert_eq!(said.matches("has ended its telemetry").count(), 3, "{said}");
}

#[test]
fn a_child_does_not_keep_the_port_of_its_parent() {
    let (mut program, port) = forking(&["lingering"], &[]);
    wait_for("the end of the parent", || (!program.is_running()).then_some(()));
    let said = wait_for("the child", || Some(program.stderr()).filter(|said| said.contains("lingers")));
    let child = said.split("child ").nth(1).and_then(|rest| rest.split(' ').next()).expect("its number").to_owned();
    let is_there = || Command::new("kill").args(["-0", &child]).status().is_ok_and(|status| status.success());
    assert!(is_there());
    assert!(http::get(port, "/healthz").is_err(), "nobody answers");
    let bound = TcpListener::bind(("127.0.0.1", port));
    let _ = Command::new("kill").args(["-KILL", &child]).status();
    bound.expect("the port is free while the child lives");
}

#[test]
fn a_signal_ends_a_child_that_cannot_send_anything() {
    let (mut program, _) = forking(&["signalled"], &[]);
    assert!(program.wait().success());
    assert!(program.stderr().contains("the child ended with signal 15"), "{}", program.stderr());
}
