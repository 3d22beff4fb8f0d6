//! However a program ends its telemetry, it ends, and every span has either arrived or is counted as lost.

use std::io::Read;
use std::net::TcpListener;
use std::process::{Command, Stdio};

use taximeter_tests::{Child, Rotel, port, program, wait_for};

/// Ways that make one span and tell what was lost.
const WAYS: &[&str] = &["shutdown", "other-thread", "current-thread", "multi-thread", "runtime-gone", "inside-task"];

/// What the program says on standard error.
fn end(way: &str, variables: &[(&str, &str)]) -> String {
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_ending")));
    let mut program = Child::start(command.arg(way).envs(variables.iter().copied()));
    assert!(program.wait().success());
    let said = program.stderr();
    assert!(said.ends_with("ended\n"), "{said}");
    said
}

fn to<'a>(endpoint: &'a str, protocol: &'a str) -> [(&'static str, &'a str); 2] {
    [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)]
}

fn nobody_listens() -> String {
    format!("http://127.0.0.1:{}", port::free_port())
}

#[test]
fn every_way_to_end_sends_what_waits() {
    let Some(rotel) = Rotel::start() else { return };
    let mut sent = 0;
    for (protocol, endpoint) in [("grpc", rotel.grpc_endpoint()), ("http/protobuf", rotel.http_endpoint())] {
        let variables = to(&endpoint, protocol);
        for way in WAYS {
            assert!(end(way, &variables).contains("spans lost 0; nothing was lost"), "{way} over {protocol}");
        }
        for way in ["drop", "unwind", "leak"] {
            end(way, &variables);
        }
        sent += WAYS.len() + 3;
        assert_eq!(rotel.wait_for_spans(sent).len(), sent, "over {protocol}");
    }
}

#[test]
fn every_way_to_end_ends_without_a_receiver() {
    for protocol in ["grpc", "http/protobuf"] {
        let nobody = nobody_listens();
        let variables = to(&nobody, protocol);
        for way in WAYS {
            let said = end(way, &variables);
            assert!(said.contains("spans lost 1; lost: 1 spans (export_failed)"), "{way} over {protocol}: {said}");
        }
    }
}

#[test]
fn a_receiver_that_never_answers_does_not_hold_the_program() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", silent.local_addr().expect("its address"));
    for protocol in ["grpc", "http/protobuf"] {
        let variables = to(&endpoint, protocol);
        let said = end("current-thread", &variables);
        assert!(said.contains("spans lost 1; lost: 1 spans (shutdown)"), "{protocol}: {said}");
    }
}

#[test]
fn a_wait_that_no_clock_has_room_for_is_cut() {
    let endpoint = nobody_listens();
    let said = end("endless", &to(&endpoint, "grpc"));
    assert!(said.contains("problems 2\nspans lost 1"), "{said}");
}

#[test]
fn every_span_of_a_flood_arrives_or_is_counted() {
    let Some(rotel) = Rotel::start() else { return };
    let endpoint = rotel.grpc_endpoint();
    let said = end("flood", &[("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())]);
    assert_eq!(rotel.wait_for_spans(5_000 - lost(&said)).len() + lost(&said), 5_000, "{said}");
    // Without a receiver none arrives; they are counted all the same.
    let said = end("flood", &[("OTEL_EXPORTER_OTLP_ENDPOINT", nobody_listens().as_str())]);
    assert_eq!(lost(&said), 5_000, "{said}");
    assert!(said.contains("(queue_full)") && said.contains("(export_failed)"), "{said}");
}

fn lost(said: &str) -> usize {
    let number = said.lines().find_map(|line| line.strip_prefix("spans lost ")?.split(';').next()?.parse().ok());
    number.unwrap_or_else(|| panic!("no number of lost spans: {said}"))
}

#[test]
fn every_span_of_a_flood_is_on_the_console_or_is_counted() {
    let said = end("flood", &[("OTEL_TRACES_EXPORTER", "console")]);
    let shown = said.lines().filter(|line| line.contains(r#""span":"ending::work""#)).count();
    assert_eq!(shown + lost(&said), 5_000);
}

#[test]
fn a_queue_that_is_full_is_said_once_and_that_it_has_room_again_too() {
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_ending")));
    let mut program = Child::start(command.arg("overflow").env("OTEL_TRACES_EXPORTER", "console"));
    assert!(program.wait().success());
    let lines = program.stdout();
    let said = |words: &str| lines.lines().filter(|line| line.contains(words)).count();
    assert_eq!((said("the queue of spans is full"), said("the queue of spans has room again")), (1, 1), "{lines}");
}

#[test]
fn a_second_init_is_a_problem_and_leaves_the_first_alone() {
    let Some(rotel) = Rotel::start() else { return };
    let endpoint = rotel.grpc_endpoint();
    let said = end("twice", &[("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())]);
    assert!(said.contains("second [Problem") && said.contains("already started"), "{said}");
    assert!(said.contains("strict true\nfirst []\nspans lost 0"), "{said}");
    assert_eq!(rotel.wait_for_spans(3).len(), 3);
}

#[test]
fn a_subscriber_that_is_already_set_is_a_problem() {
    let said = end("own-subscriber", &[]);
    assert!(said.contains("strict true\nmasked true, seat false, priced false"), "{said}");
    assert!(said.contains("has set a `tracing` subscriber of its own"), "{said}");
    assert!(said.contains("listening true"), "{said}");
}

#[test]
fn the_layers_work_in_a_subscriber_of_the_program() {
    let Some(rotel) = Rotel::start() else { return };
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_ending")));
    let command = command.arg("layers").env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint());
    let mut program = Child::start(command);
    assert!(program.wait().success());
    assert!(program.stderr().contains("problems []\nspans lost 0"), "{}", program.stderr());
    let spans = rotel.wait_for_spans(2);
    let around = spans.iter().find(|span| span.name == "around").expect("the span around");
    assert_eq!(around.events[0].name, "from the layers");
    assert!(program.stdout().contains(&format!(r#""span_id":"{}""#, around.id)), "{}", program.stdout());
}

#[test]
fn a_subscriber_that_was_there_for_a_moment_is_none() {
    for way in ["scoped-subscriber", "scoped-subscriber-strict"] {
        let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_ending")));
        let mut program = Child::start(command.arg(way).env("OTEL_TRACES_EXPORTER", "console"));
        assert!(program.wait().success());
        assert!(program.stderr().contains("problems []\n"), "{way}");
        assert!(program.stderr().contains(r#""span":"ending::work""#), "{way}");
        let log = program.stdout();
        assert!(log.contains(r#""message":"ours""#) && !log.contains("theirs"), "{way}: {log}");
    }
}

#[test]
fn a_disabled_telemetry_does_nothing() {
    let said = end("disabled", &[("OTEL_SDK_DISABLED", "true"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:1")]);
    assert!(said.contains("listening None; problems []\nspans lost 0"), "{said}");
}

/// Runs the program that logs more than a pipe holds, with a reader of its log that does not read.
fn log_to(reader: impl FnOnce(&mut std::process::Child)) -> String {
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_ending")));
    let command = command.arg("chatter").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = command.spawn().expect("the program");
    reader(&mut program);
    let status = wait_for("the program to end", || program.try_wait().ok().flatten());
    let mut said = String::new();
    program.stderr.take().expect("a pipe").read_to_string(&mut said).expect("its words");
    assert!(status.success(), "{said}");
    said
}

#[test]
fn a_log_that_nobody_reads_does_not_hold_the_program() {
    let said = log_to(|_| ());
    assert!(said.contains("log lines (queue_full)") && said.contains("log lines (shutdown)"), "{said}");
}

#[test]
fn a_log_that_is_closed_does_not_end_the_program() {
    let said = log_to(|program| drop(program.stdout.take()));
    assert!(said.contains("log lines (write_failed)"), "{said}");
    assert!(said.contains("logs: log lines cannot be written"), "{said}");
}

#[test]
fn the_last_words_of_a_thread_are_lines_too() {
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_ending")));
    let mut program = Child::start(command.arg("last-words"));
    assert!(program.wait().success());
    let said = program.stdout();
    assert_eq!(said.matches("made before the context").count(), 2, "{said}");
    assert_eq!(said.matches("made after the context").count(), 1, "{said}");
}
