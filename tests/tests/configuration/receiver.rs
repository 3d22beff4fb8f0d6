//! The way to the receiver of spans. A receiver over plain sockets sees what a real one does not tell.

use std::thread::sleep;
use std::time::Duration;

use taximeter_tests::receiver::{answer, write};
use taximeter_tests::{Receiver, port};

use crate::{Ran, ran};

const HTTP: (&str, &str) = ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

fn taking() -> Receiver {
    Receiver::answering(answer("200 OK", "", ""))
}

/// One that thinks for a while before it takes them.
fn thinking() -> Receiver {
    Receiver::start(|_, stream| {
        sleep(Duration::from_secs(1));
        write(stream, &answer("200 OK", "", ""));
    })
}

/// The program with this receiver, over HTTP.
fn sent(receiver: &Receiver, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let endpoint = receiver.endpoint();
    ran(&[&[HTTP, (ENDPOINT, &endpoint)], variables].concat(), arguments)
}

/// The head of the first request.
fn head(receiver: &Receiver) -> String {
    receiver.requests().first().expect("a request").head.clone()
}

#[test]
fn default_of_otlp_endpoint() {
    let ran = ran(&[], &["work", "flush"]);
    assert!(ran.stderr.contains("problems []") && ran.has_lost_nothing(), "{}", ran.stderr);
}

#[test]
fn otlp_endpoint_is_seen() {
    let nobody = format!("http://127.0.0.1:{}", port::free_port());
    let receiver = taking();
    for (variable, path) in [(ENDPOINT, "/v1/traces"), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "/as/it/is")] {
        let receiver = taking();
        let url = if path == "/as/it/is" { format!("{}{path}", receiver.endpoint()) } else { receiver.endpoint() };
        ran(&[HTTP, (variable, &url)], &["work", "flush"]);
        assert!(head(&receiver).starts_with(&format!("post {path} ")), "{}", head(&receiver));
    }
    let code = format!("otlp_endpoint={}", receiver.endpoint());
    assert!(ran(&[HTTP, (ENDPOINT, &nobody)], &[&code, "work", "flush"]).has_lost_nothing());
    assert_eq!(receiver.requests().len(), 1);

    let bare = taking();
    ran(&[HTTP, (ENDPOINT, &bare.address), ("OTEL_EXPORTER_OTLP_INSECURE", "true")], &["work", "flush"]);
    assert_eq!(bare.requests().len(), 1, "an address without a scheme");
}

#[test]
fn default_of_otlp_protocol() {
    let receiver = taking();
    ran(&[(ENDPOINT, &receiver.endpoint())], &["work"]);
    assert!(head(&receiver).starts_with("pri * http/2.0"), "{}", head(&receiver));
}

#[test]
fn otlp_protocol_is_seen() {
    for (variable, argument) in [("http/protobuf", "work"), ("grpc", "otlp_protocol=http/protobuf")] {
        let receiver = taking();
        let variables = [(ENDPOINT, &*receiver.endpoint()), ("OTEL_EXPORTER_OTLP_PROTOCOL", variable)];
        ran(&variables, &["work", argument]);
        assert!(head(&receiver).starts_with("post /v1/traces http/1.1"), "{}", head(&receiver));
    }
}

#[test]
fn default_of_otlp_header() {
    let receiver = taking();
    sent(&receiver, &[], &["work"]);
    assert!(!head(&receiver).contains("x-team"), "{}", head(&receiver));
}

#[test]
fn otlp_header_is_seen() {
    let receiver = taking();
    sent(&receiver, &[("OTEL_EXPORTER_OTLP_HEADERS", "x-team=eu%2Cus")], &["work"]);
    assert!(head(&receiver).contains("x-team: eu,us\r\n"), "{}", head(&receiver));
    let receiver = taking();
    sent(&receiver, &[("OTEL_EXPORTER_OTLP_HEADERS", "x-team=eu")], &["otlp_header=x-team:asia", "work"]);
    assert!(head(&receiver).contains("x-team: asia\r\n"), "{}", head(&receiver));
}

#[test]
fn default_of_otlp_timeout() {
    assert!(sent(&thinking(), &[], &["work", "flush"]).has_lost_nothing());
}

#[test]
fn otlp_timeout_is_seen() {
    let variable = ("OTEL_EXPORTER_OTLP_TIMEOUT", "100");
    let lost = sent(&thinking(), &[variable], &["work", "flush"]);
    assert!(lost.stderr.contains("lost: 1 spans (export_failed)"), "{}", lost.stderr);
    assert!(sent(&thinking(), &[variable], &["otlp_timeout=9000", "work", "flush"]).has_lost_nothing());
}

#[test]
fn default_of_export_timeout() {
    assert!(sent(&thinking(), &[], &["work", "flush"]).has_lost_nothing());
}

#[test]
fn export_timeout_is_seen() {
    let variable = ("OTEL_BSP_EXPORT_TIMEOUT", "100");
    let lost = sent(&thinking(), &[variable], &["work", "flush"]);
    assert!(lost.stderr.contains("lost: 1 spans (export_failed)"), "{}", lost.stderr);
    assert!(sent(&thinking(), &[variable], &["export_timeout=9000", "work", "flush"]).has_lost_nothing());
}

#[test]
fn default_of_otlp_compression() {
    let receiver = taking();
    sent(&receiver, &[], &["work"]);
    assert!(!head(&receiver).contains("content-encoding"), "{}", head(&receiver));
}

#[test]
fn otlp_compression_is_seen() {
    for (variable, argument) in [("gzip", "work"), ("none", "otlp_compression=gzip")] {
        let receiver = taking();
        sent(&receiver, &[("OTEL_EXPORTER_OTLP_COMPRESSION", variable)], &["work", argument]);
        assert!(head(&receiver).contains("content-encoding: gzip\r\n"), "{}", head(&receiver));
    }
}

#[test]
fn default_of_max_export_batch_size() {
    let receiver = taking();
    sent(&receiver, &[], &["work:100", "flush"]);
    assert_eq!(receiver.requests().len(), 1);
}

#[test]
fn max_export_batch_size_is_seen() {
    for (variable, argument) in [("10", "flush"), ("512", "max_export_batch_size=10")] {
        let receiver = taking();
        sent(&receiver, &[("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", variable)], &[argument, "work:100", "flush"]);
        // More when the sender was quicker than the program.
        assert!(receiver.requests().len() >= 10, "{}", receiver.requests().len());
    }
}

#[test]
fn default_of_batch_span_processor() {
    let receiver = taking();
    sent(&receiver, &[], &["work:5", "flush"]);
    assert_eq!(receiver.requests().len(), 1, "all five together");
}

#[test]
fn batch_span_processor_is_seen() {
    let receiver = taking();
    sent(&receiver, &[], &["batch_span_processor=false", "work:5", "sleep:2000", "exit"]);
    assert_eq!(receiver.requests().len(), 5, "each by itself, and nobody had to wait for it");
}

#[test]
fn default_of_max_queue_size() {
    // Two batches fill, and the receiver thinks about the first one.
    assert!(sent(&thinking(), &[], &["work:1500", "flush"]).has_lost_nothing());
}

#[test]
fn max_queue_size_is_seen() {
    let variable = ("OTEL_BSP_MAX_QUEUE_SIZE", "10");
    let lost = sent(&thinking(), &[variable], &["work:1500", "flush"]);
    assert!(lost.stderr.contains("(queue_full)"), "{}", lost.stderr);
    assert!(sent(&thinking(), &[variable], &["max_queue_size=2048", "work:1500", "flush"]).has_lost_nothing());
}

#[test]
fn default_of_schedule_delay() {
    let receiver = taking();
    sent(&receiver, &[], &["work", "sleep:500", "exit"]);
    assert_eq!(receiver.requests().len(), 0, "it would have waited for five seconds");
}

#[test]
fn schedule_delay_is_seen() {
    for (variable, argument) in [("20", "work"), ("5000", "schedule_delay=20")] {
        let receiver = taking();
        sent(&receiver, &[("OTEL_BSP_SCHEDULE_DELAY", variable)], &[argument, "work", "sleep:2000", "exit"]);
        assert!(!receiver.requests().is_empty());
    }
}
