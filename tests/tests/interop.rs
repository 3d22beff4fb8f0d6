//! A Python service and ours are one trace, and what travels with it arrives as it was sent, in both directions.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;
use taximeter_tests::trace::{Span, tree};
use taximeter_tests::{Child, Rotel, program, tool};

/// `tests/interop/service.py`, until the test drops it.
struct Python {
    process: std::process::Child,
    address: String,
}

impl Python {
    fn start(rotel: &Rotel) -> Option<Python> {
        let python = tool::find("taximeter-interop-python", "interop/bin/python")?;
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/interop/service.py");
        let mut command = program::undisturbed(Command::new(python));
        command.args([script, &rotel.http_endpoint()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("python starts");
        let mut address = String::new();
        let output = process.stdout.take().expect("its standard output");
        BufReader::new(output).read_line(&mut address).expect("its address");
        Some(Python { process, address: address.trim().to_owned() })
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // It ends with its input; what it has not sent by then it sends first.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

#[test]
fn a_python_service_and_ours_are_one_trace_in_both_directions() {
    let Some(rotel) = Rotel::start() else { return };
    let Some(python) = Python::start(&rotel) else { return };
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_interop")));
    command.arg(&python.address).env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint());
    let mut ours = Child::start(&mut command);
    assert!(ours.wait().success());
    let output = ours.stdout();
    let said = |what: &str| -> Value {
        let line = output.lines().find_map(|line| line.strip_prefix(what)).unwrap_or_else(|| panic!("no `{what}`"));
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
    };
    // Ours to Python, and back again.
    assert_eq!(said("work ")["tenant"], "Acme Inc");
    assert_eq!(said("work ")["back"], "Acme Inc");
    // Python's own to ours.
    assert_eq!(said("start ")["back"], "Grün & Co + Sons");

    let spans = rotel.wait_for_spans(10);
    drop(python);
    let python_first = "\
GET /start server unset
  GET client unset
    GET /back server ok
      interop::seen ok
";
    let ours_first = "\
interop ok
  GET /work client ok
    GET /work server unset
      GET client unset
        GET /back server ok
          interop::seen ok
";
    assert_eq!(tree(&spans), format!("{python_first}{ours_first}"));
    let traces: std::collections::BTreeSet<&str> = spans.iter().map(|span: &Span| span.trace_id.as_str()).collect();
    assert_eq!(traces.len(), 2);
    let services: std::collections::BTreeSet<&str> =
        spans.iter().map(|span| span.resource["service.name"].as_str()).collect();
    assert_eq!(services.into_iter().collect::<Vec<_>>(), ["python", "rust"]);
}
