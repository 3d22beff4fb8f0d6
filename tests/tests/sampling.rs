//! Tail sampling keeps what failed, and a share of the rest.

use std::collections::BTreeMap;
use std::process::Command;

use taximeter_tests::trace::Span;
use taximeter_tests::{Child, Rotel, program};

#[test]
fn every_failed_trace_is_kept_whole_and_a_tenth_of_the_others() {
    let Some(rotel) = Rotel::start() else { return };
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_fault")));
    let mut program = Child::start(command.arg("traces").env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint()));
    assert!(program.wait().success());
    let said = program.stderr();
    assert!(said.contains("nothing was lost") && said.contains("counted Some(10000.0)"), "{said}");

    // All were sent before the program ended; rotel prints the last of them a moment later.
    let mut traces: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    let sent = rotel.wait_for_quiet();
    for span in sent {
        traces.entry(span.trace_id.clone()).or_default().push(span);
    }
    assert!(traces.values().all(|spans| spans.len() == 3), "every trace is whole");
    let (failed, healthy): (Vec<_>, Vec<_>) =
        traces.values().partition(|spans| spans.iter().any(|span| span.status == "error"));
    assert_eq!(failed.len(), 100);
    // 9,900 traces at a tenth: five standard deviations of 30 to either side.
    assert!((840..=1_140).contains(&healthy.len()), "{}", healthy.len());
}
