//! Faults at the end of a program, and of what the system has to give.

use std::collections::BTreeSet;
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use taximeter_tests::clock::Clock;
use taximeter_tests::temporary::Folder;
use taximeter_tests::{Child, Rotel, http, port, program, tool, wait_for};

use crate::{Ended, end_of, fault, survivor};

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

#[test]
fn f03_a_panic_aborts_the_process() {
    let Some(rotel) = Rotel::start() else { return };
    let ended = end_of(fault("abort").env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint()));
    assert_eq!(ended.status.signal(), Some(6), "{}", ended.stderr);
    assert_eq!(ended.number("lost"), 0.0);
    assert_eq!(rotel.wait_for_spans(1).len(), 1);
}

#[test]
fn f31_a_signal_ends_the_process() {
    let Some(rotel) = Rotel::start() else { return };
    for (sent, (name, number)) in [("TERM", 15), ("INT", 2)].into_iter().enumerate() {
        let mut program = Child::start(fault("signalled").env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint()));
        wait_for("the program to work", || program.stderr().contains("ready").then_some(()));
        program.signal(name);
        assert_eq!(program.wait().signal(), Some(number));
        assert!(program.stdout().contains("last line"), "{}", program.stdout());
        assert_eq!(rotel.wait_for_spans((sent + 1) * 1_000).len(), (sent + 1) * 1_000);
    }
}

#[test]
fn f31_a_signal_that_the_program_handles_does_not_end_it() {
    let Some(rotel) = Rotel::start() else { return };
    let mut program = Child::start(fault("handled").env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint()));
    wait_for("the program to work", || program.stderr().contains("ready").then_some(()));
    program.signal("TERM");
    assert!(program.wait().success());
    assert!(program.stderr().contains("own handler\nsurvived"), "{}", program.stderr());
    assert_eq!(rotel.wait_for_spans(1).len(), 1);
}

#[test]
fn f33_there_are_no_threads_left_to_start() {
    let program = env!("CARGO_BIN_EXE_fault");
    // The limit counts for everybody but root.
    let mut command = program::undisturbed(Command::new("setpriv"));
    command.args(["--reuid=54321", "--clear-groups", "prlimit", "--nproc=1", program, "threadless"]);
    let ended = end_of(command.env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"));
    if ended.stderr.contains("Operation not permitted") || ended.stderr.contains("Permission denied") {
        return tool::skip_without("another user, and a limit of its threads");
    }
    assert!(ended.status.success() && ended.stderr.contains("survived"), "{}: {}", ended.status, ended.stderr);
    assert!(ended.stderr.contains("cannot be started"), "{}", ended.stderr);
}

/// While nobody takes spans, those of traces that fail have a place of their own.
#[test]
fn f50_of_an_overload_the_traces_that_failed_are_whole() {
    let Some(rotel) = Rotel::start() else { return };
    let folder = Folder::new("overload");
    rotel.pause();
    let mut overload = fault("overload");
    overload.env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint()).env("AGAIN", folder.path().join("again"));
    overload.env("OTEL_EXPORTER_OTLP_TIMEOUT", "60000").env("OTEL_BSP_EXPORT_TIMEOUT", "60000").env("RUST_LOG", "off");
    // Kept or not is decided at the end of a trace, so that all of its spans are known to be of one that failed.
    let mut program = Child::start(overload.env("TAXIMETER_TAIL_SAMPLE_RATE", "1"));
    wait_for("the spans", || program.stderr().contains("made").then_some(()));
    rotel.go_on();
    std::fs::write(folder.path().join("again"), "").expect("a file");
    assert!(program.wait().success());
    let lost = program.stderr().split("spans lost ").nth(1).and_then(|lost| lost.lines().next()?.parse().ok());
    let lost: usize = lost.expect("a number");
    assert!(lost > 5_000, "{lost}");
    let spans = wait_for("the rest", || Some(rotel.spans()).filter(|spans| spans.len() + lost >= 12_000));
    assert_eq!(spans.len() + lost, 12_000);
    let failed: BTreeSet<_> = spans.iter().filter(|span| span.status == "error").map(|span| &span.trace_id).collect();
    assert_eq!(failed.len(), 40, "every trace that failed is there");
    assert_eq!(spans.iter().filter(|span| failed.contains(&span.trace_id)).count(), 120, "and whole");
}

/// In a build for tests a span takes a hundred times as long as in a release, so there are fewer.
#[test]
fn f50_a_burst_arrives_or_is_counted_to_the_span() {
    let lost = burst(50_000);
    assert!(lost <= 500, "{lost} of 50,000 are lost");
}

/// Run it with `cargo nextest run --release -p taximeter-tests --run-ignored only million`.
#[test]
#[ignore = "wants a release build"]
fn f50_a_burst_of_a_million_arrives_or_is_counted_to_the_span() {
    let lost = burst(1_000_000);
    eprintln!("{lost} of 1,000,000 are lost");
}

/// How much of the burst was lost, after the receiver's number was held against ours, and the memory against its budget.
fn burst(spans: usize) -> usize {
    let Some(rotel) = Rotel::start_counting() else { return 0 };
    let mut burst = fault("burst");
    burst.env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint()).env("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096");
    // A batch that the receiver takes too late for us is lost here and arrived there.
    burst.env("OTEL_EXPORTER_OTLP_TIMEOUT", "60000").env("OTEL_BSP_EXPORT_TIMEOUT", "60000");
    let ended = survivor(burst.env("SPANS", spans.to_string()));
    let lost = ended.number("spans lost") as usize;
    wait_for("the rest of the burst", || (rotel.count() + lost == spans).then_some(()));
    eprintln!("{}", ended.stderr);
    assert!(ended.number("grown") <= 64.0 * 1024.0, "{}", ended.stderr);
    lost
}

#[test]
fn f34_the_wall_clock_jumps() {
    let (Some(clock), Some(rotel)) = (Clock::new(), Rotel::start()) else { return };
    let mut program = fault("clock");
    program.env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint()).env("OTEL_TRACES_EXPORTER", "otlp,console");
    let ended = survivor(clock.give(&mut program));
    assert!(ended.stderr.contains("nothing was lost"), "{}", ended.stderr);
    assert_eq!(ended.number("count"), 4.0);
    assert!(ended.number("sum") <= ended.number("took") + 1.0, "durations do not jump: {}", ended.stderr);
    let spans = rotel.wait_for_spans(4);
    assert!(spans.iter().all(|span| span.start <= span.end), "{spans:?}");
    assert_eq!(ended.lines().iter().filter(|line| line["message"] == "it is late").count(), 4);
}

#[test]
fn f37_there_is_little_of_the_processor() {
    let nobody = format!("http://127.0.0.1:{}", port::free_port());
    let ended = survivor(fault("idle").env("OTEL_EXPORTER_OTLP_ENDPOINT", nobody));
    // Of three seconds. Whoever spins takes most of them.
    assert!(ended.number("processor") < 300.0, "{}", ended.stderr);
}

/// What a program says that ends with 2,000 spans and as many lines in its queues, and how many milliseconds it took.
fn stopped(endpoint: &str, protocol: &str) -> (Ended, f64) {
    let mut program = fault("stopping");
    program.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint).env("OTEL_EXPORTER_OTLP_PROTOCOL", protocol);
    let ended = survivor(&mut program);
    let took = ended.number("stopped");
    eprintln!("{endpoint} over {protocol}: {took} ms");
    (ended, took)
}

#[test]
fn f30_full_queues_are_sent_or_counted_at_the_end() {
    let Some(rotel) = Rotel::start_counting() else { return };
    for (sent, (protocol, endpoint)) in
        [("grpc", rotel.grpc_endpoint()), ("http/protobuf", rotel.http_endpoint())].into_iter().enumerate()
    {
        let (ended, took) = stopped(&endpoint, protocol);
        // What is sent is not waited for to the end of the budget.
        assert!(took < 3_000.0, "{took} ms");
        assert!(ended.stderr.contains("nothing was lost"), "{}", ended.stderr);
        wait_for("the spans", || (rotel.count() == (sent + 1) * 2_000).then_some(()));
    }
    rotel.pause();
    for (protocol, endpoint) in [("grpc", rotel.grpc_endpoint()), ("http/protobuf", rotel.http_endpoint())] {
        let (ended, took) = stopped(&endpoint, protocol);
        assert_eq!(ended.number("lost"), 2_000.0, "{}", ended.stderr);
        // Three seconds of its own, and what a busy machine takes from it.
        assert!(took < 20_000.0, "{took} ms");
    }
    rotel.go_on();
}
