//! What an OTLP receiver is sent over HTTP, byte by byte.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use taximeter_tests::{BOUND, Child, program};

/// A receiver that gives every request the same answer.
struct Scripted {
    address: String,
    heads: Receiver<String>,
}

impl Scripted {
    fn start(answer: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        let (sender, heads) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if sender.send(converse(stream, &answer)).is_err() {
                    return;
                }
            }
        });
        Scripted { address, heads }
    }

    fn head(&self) -> String {
        self.heads.recv_timeout(BOUND).expect("a request")
    }
}

/// Reads one request, answers, and gives its head in lower case.
fn converse(mut stream: TcpStream, answer: &str) -> String {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    loop {
        let read = stream.read(&mut part).expect("a request");
        request.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&request).to_lowercase();
        let Some(end) = request.windows(4).position(|end| end == b"\r\n\r\n") else { continue };
        let head = text.chars().take(end).collect::<String>();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        if read == 0 || request.len() >= end + 4 + length.unwrap_or(0) {
            stream.write_all(answer.as_bytes()).expect("room for the answer");
            return head;
        }
    }
}

fn ok() -> String {
    "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned()
}

/// What a program that makes one span says when it has ended.
fn send(variables: &[(&str, &str)]) -> String {
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_ending")));
    let command = command.arg("shutdown").env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    let mut program = Child::start(command.envs(variables.iter().copied()));
    assert!(program.wait().success());
    program.stderr()
}

#[test]
fn the_path_of_traces_is_appended_to_the_common_endpoint() {
    let receiver = Scripted::start(ok());
    let said = send(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{}/base/", receiver.address))]);
    let head = receiver.head();
    assert!(head.starts_with("post /base/v1/traces http/1.1\r\n"), "{head}");
    assert!(head.contains("content-type: application/x-protobuf"), "{head}");
    assert!(!head.contains("content-encoding"), "{head}");
    assert!(said.contains("spans lost 0"), "{said}");
}

#[test]
fn headers_and_compression_are_those_of_the_environment() {
    let receiver = Scripted::start(ok());
    let said = send(&[
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &format!("http://{}/as/it/is", receiver.address)),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=one%2Ctwo,x-team=eu"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
    ]);
    let head = receiver.head();
    assert!(head.starts_with("post /as/it/is http/1.1\r\n"), "{head}");
    assert_eq!(head.matches("x-key: one,two\r\n").count(), 1, "{head}");
    assert!(head.contains("x-team: eu\r\n"), "{head}");
    assert!(head.contains("content-encoding: gzip\r\n"), "{head}");
    assert!(said.contains("spans lost 0"), "{said}");
}

#[test]
fn the_headers_of_the_code_come_before_those_of_the_environment() {
    let receiver = Scripted::start(ok());
    send(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{}", receiver.address)),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-code=environment,x-team=eu"),
    ]);
    let head = receiver.head();
    assert!(head.contains("x-code: code\r\n") && !head.contains("x-code: environment"), "{head}");
    assert!(head.contains("x-team: eu\r\n"), "{head}");
}

#[test]
fn a_redirect_takes_no_header_to_another_host() {
    let elsewhere = Scripted::start(ok());
    let location = format!("http://{}/v1/traces", elsewhere.address);
    let receiver = Scripted::start(format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    ));
    let said = send(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{}", receiver.address)),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=s3cret"),
    ]);
    assert!(receiver.head().contains("x-key: s3cret"));
    assert!(said.contains("spans lost 1; lost: 1 spans (export_failed)"), "{said}");
    assert!(elsewhere.heads.try_recv().is_err(), "the redirect was followed");
}

#[test]
fn a_refusal_is_told_without_the_key() {
    let receiver = Scripted::start(
        "HTTP/1.1 401 Unauthorized\r\ncontent-length: 12\r\nconnection: close\r\n\r\nbad s3cret!!".to_owned(),
    );
    let endpoint = format!("http://{}", receiver.address);
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_ending")));
    command.arg("shutdown").env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint).env("OTEL_EXPORTER_OTLP_HEADERS", "x-key=s3cret");
    let mut program = Child::start(&mut command);
    assert!(program.wait().success());
    let everything = program.stdout() + &program.stderr();
    assert!(everything.contains("401") && !everything.contains("s3cret"), "{everything}");
    receiver.head();
    assert!(receiver.heads.try_recv().is_err(), "a refusal is final");
}
