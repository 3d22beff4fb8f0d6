//! A real proxy and a real receiver that fail as they do in production.

use std::collections::BTreeSet;

use taximeter_tests::{BOUND, Child, Haproxy, Rotel, port, wait_for};

use crate::{Ended, fault, survivor};

/// A program that sends one span over HTTP through a proxy with these rules.
fn through(rules: &str, rotel: &Rotel, timeout: &str) -> Option<Ended> {
    let mut proxy = Haproxy::start(rules, rotel.http_port())?;
    let mut command = fault("one-span");
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", proxy.endpoint()).env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    let ended = survivor(command.env("OTEL_EXPORTER_OTLP_TIMEOUT", timeout));
    assert!(proxy.is_running());
    Some(ended)
}

#[test]
fn f44_a_proxy_is_overloaded_for_a_while() {
    let Some(rotel) = Rotel::start() else { return };
    for (sent, status) in ["429 hdr retry-after 1", "503", "502", "504"].into_iter().enumerate() {
        let rule = format!("  http-request return status {status} if {{ sc_http_req_cnt(0) le 2 }}\n");
        let Some(ended) = through(&rule, &rotel, "20000") else { return };
        assert!(ended.stderr.contains("nothing was lost"), "{status}: {}", ended.stderr);
        assert_eq!(rotel.wait_for_spans(sent + 1).len(), sent + 1, "{status}");
    }
}

#[test]
fn f44_a_proxy_is_overloaded_for_ever() {
    let Some(rotel) = Rotel::start() else { return };
    for status in ["503", "429 hdr retry-after 3600"] {
        let Some(ended) = through(&format!("  http-request return status {status}\n"), &rotel, "1000") else { return };
        assert!(ended.stderr.contains("lost: 1 spans (export_failed)"), "{status}: {}", ended.stderr);
        assert!(ended.stderr.contains(&status[..3]), "{}", ended.stderr);
    }
}

#[test]
fn f41_a_proxy_holds_or_drops_every_request() {
    let Some(rotel) = Rotel::start() else { return };
    for rule in ["  http-request tarpit\n", "  http-request silent-drop\n"] {
        let Some(ended) = through(rule, &rotel, "1000") else { return };
        assert!(ended.stderr.contains("lost: 1 spans (export_failed)"), "{rule}: {}", ended.stderr);
    }
    assert_eq!(rotel.spans().len(), 0);
}

/// The program with a span every ten milliseconds.
fn steady(endpoint: String) -> Child {
    let mut command = fault("steady");
    Child::start(command.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint).env("OTEL_BSP_SCHEDULE_DELAY", "50"))
}

/// How many spans it says are lost.
fn lost(program: &mut Child) -> usize {
    assert!(program.wait().success() && program.stderr().contains("survived"), "{}", program.stderr());
    let said = program.stderr();
    let count = |rest: &str| rest.split(' ').next()?.parse::<usize>().ok();
    said.split_once("lost: ").and_then(|(_, rest)| count(rest)).unwrap_or(0)
}

#[test]
fn f41_the_receiver_is_stopped_and_goes_on() {
    let Some(rotel) = Rotel::start() else { return };
    let mut program = steady(rotel.grpc_endpoint());
    rotel.wait_for_spans(1);
    rotel.pause();
    std::thread::sleep(std::time::Duration::from_secs(1));
    rotel.go_on();
    assert_eq!(lost(&mut program), 0, "{}", program.stderr());
    assert_eq!(rotel.wait_for_spans(400).len(), 400);
}

#[test]
fn f40_the_receiver_is_killed_and_comes_back() {
    let ports = (port::free_port(), port::free_port());
    let Some(first) = Rotel::start_on(ports.0, ports.1) else { return };
    let mut program = steady(first.grpc_endpoint());
    first.wait_for_spans(1);
    let before = first.spans();
    drop(first);
    wait_for("a failure or the end", || {
        let is_told = program.stdout().contains("spans do not reach");
        (is_told || !program.is_running()).then_some(())
    });
    let Some(second) = Rotel::start_on(ports.0, ports.1) else { return };
    let lost = lost(&mut program);
    let ids = |spans: Vec<taximeter_tests::trace::Span>| spans.into_iter().map(|span| span.id).collect::<BTreeSet<_>>();
    let before = ids(before);
    // What arrived between the last look at the first one and its end, nobody knows.
    let arrived = taximeter_tests::wait::wait_at_most(BOUND, || {
        let arrived = before.union(&ids(second.spans())).count();
        (arrived + lost >= 390).then_some(arrived)
    });
    let arrived = arrived.expect("most of the spans");
    assert!(arrived <= 400 && lost < 400, "{arrived} arrived, {lost} lost");
}
