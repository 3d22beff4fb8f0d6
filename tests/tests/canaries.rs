//! Two hundred secrets in every place where a text can stand; none of them leaves the process.

use std::process::Command;

use taximeter_tests::{Child, Page, Rotel, canaries, http, port, program, wait_for};

#[test]
fn no_canary_is_in_the_bytes_of_any_sink() {
    let Some(rotel) = Rotel::start() else { return };
    let signals = ["logs", "metrics"].map(Rotel::start_showing);
    let [Some(logs), Some(metrics)] = signals else { return };
    let port = port::free_port();
    let canaries = canaries::all();
    let resource = format!("note={}", http::escape(&canaries[5].text));
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_canaries")));
    command
        .env("PROMETHEUS_PORT", port.to_string())
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint())
        .env("OTEL_TRACES_EXPORTER", "otlp,console")
        .env("OTEL_LOGS_EXPORTER", "otlp")
        .env("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", logs.grpc_endpoint())
        .env("OTEL_BLRP_MAX_QUEUE_SIZE", "100000")
        .env("OTEL_METRICS_EXPORTER", "otlp,prometheus")
        .env("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", metrics.grpc_endpoint())
        .env("OTEL_RESOURCE_ATTRIBUTES", resource)
        .env("OTEL_BSP_SCHEDULE_DELAY", &canaries[8].text)
        .env("RUST_LOG", "trace");
    let program = Child::start(&mut command);
    wait_for("the secrets to be out", || program.stderr().contains("flushed\n").then_some(()));
    // The last batch is printed after it was answered: a span, a call, a request and a fall for each canary.
    rotel.wait_for_spans(canaries::COUNT * 5);
    let page = http::get(port, "/metrics").expect("the page").body;
    let open = http::get_with(port, "/metrics", &["accept: application/openmetrics-text"]).expect("the page").body;
    let health = http::get(port, "/healthz").expect("the health").body;

    let sinks = [
        ("OTLP", rotel.received()),
        ("the log", program.stdout()),
        ("the console", program.stderr()),
        ("/metrics", page),
        (
            "OTLP logs",
            wait_for("the log records", || Some(logs.received()).filter(|text| text.contains("LogRecord #"))),
        ),
        ("OTLP metrics", wait_for("the push", || Some(metrics.received()).filter(|text| text.contains("Metric #")))),
        ("/metrics as OpenMetrics", open),
        ("/healthz", health),
    ];
    let mut leaks = Vec::new();
    for (sink, bytes) in &sinks {
        for canary in canaries.iter().filter(|canary| bytes.contains(&canary.needle)) {
            let line = bytes.lines().find(|line| line.contains(&canary.needle)).unwrap_or_default();
            leaks.push(format!("{sink}: `{}` in {line:.300}", canary.needle));
        }
    }
    assert!(
        leaks.is_empty(),
        "{} leaks\n{}",
        leaks.len(),
        leaks.iter().take(20).cloned().collect::<Vec<_>>().join("\n")
    );

    // They were there, and were masked.
    let page = Page::parse(&sinks[3].1);
    for (sink, bytes) in &sinks[..7] {
        assert!(bytes.contains("[redacted]") && bytes.contains("it says"), "{sink} holds nothing of it");
    }
    for rule in ["name", "authorization", "userinfo", "provider_key", "jwt", "email", "card", "iban"] {
        let counted = page.value(&format!("taximeter_redactions_total{{rule=\"{rule}\"}}"));
        assert!(counted.is_some_and(|count| count > 0.0), "{rule}: {counted:?}");
    }
}
