//! Faults of the receiver of spans, and of the way to it.

use std::io::Write;
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use taximeter_tests::receiver::{answer, write};
use taximeter_tests::{BOUND, Receiver, Rotel};

use crate::{Ended, fault, survivor};

/// A program that sends one span over HTTP.
fn send(endpoint: &str, variables: &[(&str, &str)]) -> Ended {
    let mut command = fault("one-span");
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint).env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    survivor(command.envs(variables.iter().copied()))
}

const HURRY: (&str, &str) = ("OTEL_EXPORTER_OTLP_TIMEOUT", "500");

#[test]
fn f40_the_connection_is_reset_in_the_middle_of_the_answer() {
    let receiver = Receiver::start(|_, stream| write(stream, "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhalf"));
    let ended = send(&receiver.endpoint(), &[HURRY]);
    assert!(ended.stderr.contains("lost: 1 spans") || ended.stderr.contains("nothing was lost"), "{}", ended.stderr);
}

#[test]
fn f43_the_answer_drips() {
    let receiver = Receiver::start(|_, stream| {
        write(stream, "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(100));
        }
    });
    let ended = send(&receiver.endpoint(), &[HURRY]);
    assert!(ended.stderr.contains("lost: 1 spans"), "{}", ended.stderr);
}

#[test]
fn f46_the_answer_is_not_one_of_otlp() {
    let page = answer("200 OK", "content-type: text/html\r\n", "<html>welcome</html>");
    assert!(send(&Receiver::answering(page).endpoint(), &[HURRY]).stderr.contains("nothing was lost"));

    let endless = Receiver::start(|_, stream: &mut TcpStream| {
        write(stream, "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ntransfer-encoding: chunked\r\n\r\n");
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
        while stream.write_all(chunk.as_bytes()).is_ok() {}
    });
    send(&endless.endpoint(), &[HURRY]);
}

#[test]
fn f49_the_name_of_the_receiver_has_no_address() {
    let ended = send("http://no-such-host.invalid:4318", &[HURRY]);
    assert!(ended.stderr.contains("lost: 1 spans"), "{}", ended.stderr);
    assert!(ended.stderr.contains("spans do not reach `http://no-such-host.invalid:4318"), "{}", ended.stderr);
}

#[test]
fn f51_everything_is_logged_down_to_the_bytes() {
    let Some(rotel) = Rotel::start() else { return };
    for (protocol, endpoint) in [("grpc", rotel.grpc_endpoint()), ("http/protobuf", rotel.http_endpoint())] {
        let ended = send(&endpoint, &[("RUST_LOG", "trace"), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)]);
        for line in ended.lines() {
            let target = line["target"].as_str().expect("a target");
            assert!(target.starts_with("fault") || target.starts_with("taximeter"), "{line}");
        }
    }
    assert_eq!(rotel.wait_for_spans(2).len(), 2);
    let _ = BOUND;
}
