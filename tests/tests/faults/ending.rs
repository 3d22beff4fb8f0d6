//! Faults at the end of a program, and of what the system has to give.

use std::net::TcpStream;
use std::process::Command;

use taximeter_tests::{Child, Rotel, http, port, program, wait_for};

use crate::{end_of, fault, survivor};

#[test]
fn f28_it_is_ended_by_many_threads_at_once() {
    let Some(rotel) = Rotel::start() else { return };
    let ended = survivor(fault("concurrent-shutdown").env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint()));
    assert_eq!(ended.numbers("lost").len(), 1, "{}", ended.stderr);
}

#[test]
fn f28_it_is_ended_by_a_panic_hook() {
    let Some(rotel) = Rotel::start() else { return };
    let ended = survivor(fault("shutdown-in-hook").env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint()));
    assert_eq!(ended.number("lost"), 0.0, "{}", ended.stderr);
    assert_eq!(rotel.wait_for_spans(1).len(), 1);
}

#[test]
fn f29_spans_end_after_the_end() {
    let Some(rotel) = Rotel::start() else { return };
    let ended = survivor(fault("late").env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint()));
    assert_eq!(ended.number("before"), 0.0);
    assert!(ended.stderr.contains("after Some(10.0)"), "{}", ended.stderr);
    assert_eq!(rotel.wait_for_spans(1).len(), 1);
}

#[test]
fn f30_the_process_exits_in_the_middle() {
    let Some(rotel) = Rotel::start() else { return };
    let ended = end_of(fault("exit").env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint()));
    assert_eq!(ended.status.code(), Some(3), "{}", ended.stderr);
    assert_eq!(ended.number("lost"), 0.0);
    ended.line("last line");
    assert_eq!(rotel.wait_for_spans(10).len(), 10);
}

#[test]
fn f38_there_are_no_files_left_to_open() {
    let port = port::free_port();
    let mut command = program::undisturbed(Command::new("sh"));
    command.args(["-c", "ulimit -n 24 && exec \"$0\"", env!("CARGO_BIN_EXE_serving")]);
    let mut program = Child::start(command.env("PROMETHEUS_PORT", port.to_string()));
    wait_for("the port", || http::get(port, "/healthz").ok());
    let idle: Vec<_> = (0..100).filter_map(|_| TcpStream::connect(("127.0.0.1", port)).ok()).collect();
    assert!(idle.len() > 50, "{}", idle.len());
    assert!(program.is_running());
    drop(idle);
    wait_for("the port again", || http::get(port, "/healthz").ok());
    assert!(program.is_running());
}
