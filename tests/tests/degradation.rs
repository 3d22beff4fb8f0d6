//! What does not work is said once and shown, and the program runs on.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;

use serde_json::Value;
use taximeter_tests::{Child, Page, Rotel, http, port, program, wait_for};

fn serving(port: u16, variables: &[(&str, &str)]) -> Child {
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_serving")));
    Child::start(command.env("PROMETHEUS_PORT", port.to_string()).envs(variables.iter().copied()))
}

/// The same with 40,000 series, and as many readers that never read as there are places.
fn unread(port: u16, variables: &[(&str, &str)]) -> (Child, Vec<TcpStream>) {
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_serving")));
    let command = command.arg("large").env("PROMETHEUS_PORT", port.to_string());
    let program = Child::start(command.envs(variables.iter().copied()));
    wait_for("the port", || health(port));
    let scrapes = (0..4).map(|_| {
        let mut scrape = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
        scrape.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").expect("a request");
        scrape
    });
    let scrapes = scrapes.collect();
    wait_for("a scrape too many", || (http::get(port, "/metrics").ok()?.status == 503).then_some(()));
    (program, scrapes)
}

fn health(port: u16) -> Option<Value> {
    let answer = http::get(port, "/healthz").ok()?;
    assert_eq!(answer.status, 200);
    Some(serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.body)))
}

/// How often a word stands in the messages of the log.
fn said(program: &Child, word: &str) -> usize {
    let read = |line: &str| serde_json::from_str::<Value>(line).ok();
    let output = program.stdout();
    let messages = output.lines().filter_map(read);
    messages.filter(|line| line["message"].as_str().is_some_and(|message| message.contains(word))).count()
}

#[test]
fn a_healthy_program_says_so() {
    let port = port::free_port();
    let _program = serving(port, &[("OTEL_RESOURCE_ATTRIBUTES", "service.version=1.2.3")]);
    let health = wait_for("the port", || health(port));
    assert_eq!(health["status"], "healthy");
    assert_eq!(health["service"], "serving");
    assert_eq!(health["version"], "1.2.3");
    assert_eq!(health["problems"], Value::Array(Vec::new()));
    assert_eq!(health["losses"], Value::Array(Vec::new()));
}

#[test]
fn a_port_that_is_taken_is_a_problem_until_it_is_free() {
    let port = port::free_port();
    let taken = TcpListener::bind(("127.0.0.1", port)).expect("the port");
    let mut program = serving(port, &[]);
    let problem = format!("cannot listen on `127.0.0.1:{port}`");
    wait_for("the problem", || program.stderr().contains(&problem).then_some(()));
    wait_for("the warning", || (said(&program, &problem) == 1).then_some(()));
    assert!(program.stderr().contains("listening None"));
    assert!(program.is_running());

    drop(taken);
    let health = wait_for("the port", || health(port));
    assert_eq!(health["status"], "healthy");
    wait_for("the end of the problem", || program.stderr().contains("problems []").then_some(()));
    assert_eq!((said(&program, &problem), said(&program, "listening on")), (1, 1));
}

#[test]
#[cfg(target_os = "linux")]
fn a_port_that_another_program_has_is_a_problem_that_names_it() {
    let port = port::free_port();
    let first = serving(port, &[]);
    wait_for("the first", || health(port));
    let second = serving(port, &[]);
    let problem = format!("in use by `serving` (process {})", first.id());
    wait_for("the problem", || second.stderr().contains(&problem).then_some(()));
    drop(first);
    wait_for("the second", || second.stderr().contains(&format!("listening Some(127.0.0.1:{port})")).then_some(()));
    assert_eq!(health(port).expect("the second answers")["status"], "healthy");
}

#[test]
fn an_address_that_everybody_reaches_is_a_warning_and_no_fault() {
    for (host, ours) in [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("[::1]", "::1"), ("127.0.0.1", "127.0.0.1")] {
        let port = port::free_port();
        if ours == "::1" && TcpListener::bind((ours, 0)).is_err() {
            continue; // a machine without IPv6
        }
        let program = serving(port, &[("OTEL_EXPORTER_PROMETHEUS_HOST", host)]);
        let mut stream = wait_for("the port", || TcpStream::connect((ours, port)).ok());
        stream.write_all(b"GET /healthz HTTP/1.0\r\n\r\n").expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let body = answer.split_once("\r\n\r\n").expect("a body").1;
        let health: Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(health["status"], "healthy", "{host}");
        let is_public = matches!(host, "0.0.0.0" | "::");
        let warnings = health["warnings"].as_array().expect("warnings");
        let tells = |warning: &Value| warning.as_str().is_some_and(|text| text.contains("not a loopback address"));
        assert_eq!(warnings.iter().filter(|warning| tells(warning)).count(), usize::from(is_public), "{host}");
        wait_for("a line", || program.stdout().contains("worked").then_some(()));
        assert_eq!(said(&program, "not a loopback address"), usize::from(is_public), "{host}");
    }
}

#[test]
fn a_receiver_that_is_down_is_a_problem_until_it_is_up() {
    for protocol in ["grpc", "http/protobuf"] {
        let (port, receiver) = (port::free_port(), port::free_port());
        let endpoint = format!("http://127.0.0.1:{receiver}");
        let program = serving(
            port,
            &[
                ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
                ("OTEL_EXPORTER_OTLP_TIMEOUT", "500"),
                ("OTEL_BSP_SCHEDULE_DELAY", "50"),
            ],
        );
        let degraded = wait_for("the problem", || health(port).filter(|health| health["status"] == "degraded"));
        assert_eq!(degraded["problems"][0]["area"], "traces");
        let message = degraded["problems"][0]["message"].as_str().expect("a message");
        assert!(message.contains(&endpoint) && message.contains("refused"), "{message}");
        wait_for("a second failure", || losses(&health(port)?).filter(|count| *count > 1));
        assert_eq!(said(&program, "spans do not reach"), 1);
        wait_for("the problem in `problems()`", || {
            program.stderr().contains("problems [\"traces: spans do not reach").then_some(())
        });

        let ports = if protocol == "grpc" { (receiver, port::free_port()) } else { (port::free_port(), receiver) };
        let Some(rotel) = Rotel::start_on(ports.0, ports.1) else { return };
        rotel.wait_for_spans(1);
        wait_for("health", || health(port).filter(|health| health["status"] == "healthy"));
        assert_eq!((said(&program, "spans do not reach"), said(&program, "again")), (1, 1), "{protocol}");
    }
}

#[test]
fn readers_that_never_read_do_not_stop_the_spans_to_a_host_name() {
    let (port, receiver) = (port::free_port(), port::free_port());
    let endpoint = format!("http://localhost:{receiver}");
    let (_program, _scrapes) =
        unread(port, &[("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "50")]);
    let Some(rotel) = Rotel::start_on(receiver, port::free_port()) else { return };
    rotel.wait_for_spans(1);
}

/// The spans that could not be exported, as `/healthz` counts them.
fn losses(health: &Value) -> Option<u64> {
    let losses = health["losses"].as_array()?.iter();
    losses
        .filter(|loss| loss["signal"] == "traces" && loss["reason"] == "export_failed")
        .find_map(|loss| loss["count"].as_u64())
}

#[test]
fn a_lost_span_is_on_the_page() {
    let (port, nobody) = (port::free_port(), port::free_port());
    let endpoint = format!("http://127.0.0.1:{nobody}");
    let _program = serving(port, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint), ("OTEL_BSP_SCHEDULE_DELAY", "50")]);
    let lost = "taximeter_dropped_total{signal=\"traces\",reason=\"export_failed\"}";
    wait_for("the counter", || {
        let page = Page::parse(&http::get(port, "/metrics").ok()?.body);
        page.value(lost).filter(|count| *count > 0.0)
    });
}

#[test]
fn a_bad_variable_is_one_warning_and_the_default() {
    let port = port::free_port();
    let program = serving(
        port,
        &[("OTEL_BSP_MAX_QUEUE_SIZE", "s3cret"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "s3cret"), ("RUST_LOG", "")],
    );
    let health = wait_for("the port", || health(port));
    assert_eq!(health["status"], "degraded");
    let problems = health["problems"].as_array().expect("problems");
    assert_eq!(problems.len(), 2, "{problems:?}");
    for name in ["`OTEL_BSP_MAX_QUEUE_SIZE`", "`OTEL_EXPORTER_OTLP_ENDPOINT`"] {
        wait_for(name, || (said(&program, name) == 1).then_some(()));
    }
    let everything = format!("{health}{}{}", program.stdout(), program.stderr());
    assert!(!everything.contains("s3cret"), "{everything}");
}
