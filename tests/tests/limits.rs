//! The port answers what it should, and nobody who can reach it can stop it.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use taximeter_tests::{BOUND, Child, Page, http, port, program, wait_for};

/// How long a client may take to send its headers.
const HEADER_TIME: Duration = Duration::from_secs(5);

struct Serving {
    process: Child,
    port: u16,
}

impl Serving {
    fn start(arguments: &[&str]) -> Self {
        let port = port::free_port();
        let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_serving")));
        // The trace of a panic takes a program that is not optimized longer than a collector has.
        command.env("RUST_BACKTRACE", "0");
        let process = Child::start(command.args(arguments).env("PROMETHEUS_PORT", port.to_string()));
        let serving = Serving { process, port };
        wait_for("the port", || http::get(port, "/healthz").ok());
        serving
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        stream.set_read_timeout(Some(BOUND)).expect("a timeout");
        stream
    }

    /// Everything that is answered to these bytes until the server closes.
    fn ask(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        if let Err(error) = stream.read_to_end(&mut answer) {
            // What was not read any more is answered with a reset. Anything else means that nobody has closed.
            assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
        }
        answer
    }

    fn ask_text(&self, request: &str) -> String {
        String::from_utf8(self.ask(request.as_bytes())).expect("text")
    }

    fn assert_alive(&self) {
        let answer = http::get(self.port, "/metrics").expect("an answer");
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains("operation_duration_seconds_count{operation=\"work\""), "{}", answer.body);
    }
}

#[test]
fn every_route_answers_and_every_other_path_lists_them() {
    let serving = Serving::start(&[]);
    let metrics = http::get(serving.port, "/metrics?name=x").expect("an answer");
    assert_eq!(metrics.status, 200);
    assert!(metrics.head.contains("content-type: text/plain; version=0.0.4; charset=utf-8"), "{}", metrics.head);
    for name in ["process_resident_memory_bytes", "process_open_fds", "build_info{", "taximeter_build_info{"] {
        assert!(metrics.body.contains(&format!("\n{name}")), "no {name}: {}", metrics.body);
    }
    assert!(http::get(serving.port, "/healthz").expect("an answer").head.contains("application/json"));
    for path in ["/", "/metrics/", "/metrics/../healthz", "/healthz%20"] {
        let answer = http::get(serving.port, path).expect("an answer");
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.body, "not found; try GET /metrics or GET /healthz\n");
    }
}

#[test]
fn only_reading_is_allowed() {
    let serving = Serving::start(&[]);
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let answer = serving.ask_text(&format!("{method} /metrics HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n"));
        assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
        assert!(answer.contains("allow: GET, HEAD\r\n"), "{answer}");
    }
    for path in ["/metrics", "/healthz"] {
        let answer = serving.ask_text(&format!("HEAD {path} HTTP/1.1\r\nhost: x\r\n\r\n"));
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\r\n\r\n"), "{answer}");
        assert!(answer.contains("content-length: ") && !answer.contains("content-length: 0\r\n"), "{answer}");
    }
}

#[test]
fn the_page_is_compressed_for_those_who_take_it() {
    let serving = Serving::start(&[]);
    let zipped = serving.ask(b"GET /metrics HTTP/1.1\r\nhost: x\r\naccept-encoding: gzip\r\n\r\n");
    let body = zipped.windows(4).position(|end| end == b"\r\n\r\n").map(|end| &zipped[end + 4..]).expect("a body");
    assert!(String::from_utf8_lossy(&zipped).contains("content-encoding: gzip\r\n"));
    assert_eq!(body[..2], [0x1f, 0x8b], "the mark of gzip");
    assert!(body.len() < serving.ask(b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n").len() / 2);
}

#[test]
fn a_page_that_is_larger_than_a_chunk_arrives_whole() {
    let serving = Serving::start(&["large"]);
    let answer = http::get(serving.port, "/metrics").expect("an answer");
    let page = Page::parse(&answer.body);
    for number in [0, 1, 39_999] {
        assert_eq!(page.value(&format!("numbers_total{{number=\"{number}\"}}")), Some(f64::from(number)));
    }
    assert_eq!(page.samples_of("numbers_total").count(), 40_000);
    assert!(page.kind("operation_duration_seconds").is_some());
    // In chunks the end is said, so a reader can tell a whole page from half a page.
    let chunked = serving.ask(b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n");
    assert!(chunked.ends_with(b"\r\n0\r\n\r\n"));
    let zipped = serving.ask(b"GET /metrics HTTP/1.1\r\nhost: x\r\naccept-encoding: gzip\r\n\r\n");
    assert!(zipped.ends_with(b"\r\n0\r\n\r\n") && zipped.len() < chunked.len() / 3);
}

#[test]
fn a_client_that_stops_reading_gives_its_place_back_when_it_goes() {
    let serving = Serving::start(&["large"]);
    let waiting: Vec<_> = (0..4)
        .map(|_| {
            let mut stream = serving.connect();
            stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n").expect("a request");
            stream
        })
        .collect();
    wait_for("all places taken", || (http::get(serving.port, "/metrics").ok()?.status == 503).then_some(()));
    drop(waiting);
    wait_for("a place", || (http::get(serving.port, "/metrics").ok()?.status == 200).then_some(()));
}

#[test]
fn headers_have_a_size() {
    let serving = Serving::start(&[]);
    let fits = format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "a".repeat(7 * 1024));
    assert!(serving.ask_text(&fits).starts_with("HTTP/1.1 200 "));
    let long = format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: {}", "a".repeat(9 * 1024));
    assert!(serving.ask_text(&long).starts_with("HTTP/1.1 431 "));
    let path = format!("GET /{} HTTP/1.1\r\n", "a".repeat(9 * 1024));
    let answer = serving.ask_text(&path);
    assert!(answer.starts_with("HTTP/1.1 431 ") || answer.starts_with("HTTP/1.1 414 "), "{answer}");
    serving.assert_alive();
}

#[test]
fn what_is_no_http_is_turned_away() {
    let serving = Serving::start(&[]);
    let requests: [&[u8]; 5] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\r\n\r\n\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"/metrics\r\n\r\n",
    ];
    for request in requests {
        let answer = serving.ask(request);
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    serving.assert_alive();
}

#[test]
fn a_client_that_never_finishes_its_headers_is_closed() {
    let serving = Serving::start(&[]);
    let answer = serving.ask_text("GET /metrics HTTP/1.1\r\nhost: ");
    assert!(!answer.contains("200 OK"), "{answer}");
}

#[test]
fn there_are_64_connections_at_once() {
    let serving = Serving::start(&[]);
    let (mut idle, mut next) = wait_for("64 connections in less time than a connection has", || connect_65(&serving));
    idle.truncate(63);
    next.set_read_timeout(Some(BOUND)).expect("a timeout");
    let mut answer = String::new();
    next.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

/// 64 connections that are served, and one that waits. None when that took so long that the first of them may have been
/// closed.
fn connect_65(serving: &Serving) -> Option<(Vec<TcpStream>, TcpStream)> {
    let start = Instant::now();
    let mut idle: Vec<TcpStream> = (0..64).map(|_| serving.connect()).collect();
    idle.iter_mut().try_for_each(|stream| stream.write_all(b"GET /")).ok()?;
    let mut next = serving.connect();
    next.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").expect("a request");
    next.set_read_timeout(Some(Duration::from_millis(500))).expect("a timeout");
    let read = next.read(&mut [0]);
    if start.elapsed() >= HEADER_TIME {
        return None;
    }
    let refusal = read.expect_err("65 connections are served at once");
    assert!(matches!(refusal.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{refusal}");
    Some((idle, next))
}

#[test]
fn there_are_4_scrapes_at_once() {
    let serving = Serving::start(&["slow"]);
    let scrapes: Vec<_> = (0..5)
        .map(|_| {
            let port = serving.port;
            thread::spawn(move || http::get(port, "/metrics").expect("an answer").status)
        })
        .collect();
    assert_eq!(http::get(serving.port, "/healthz").expect("an answer").status, 200);
    let mut statuses: Vec<u16> = scrapes.into_iter().map(|scrape| scrape.join().expect("a status")).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 503]);
    serving.assert_alive();
}

#[test]
fn a_collector_that_does_not_work_hides_itself_and_nothing_else() {
    for (how, kind) in [("broken", "collector_panic"), ("stuck", "collector_blocked")] {
        let serving = Serving::start(&[how]);
        for scrape in 1..=3 {
            let answer = http::get(serving.port, "/metrics").expect("an answer");
            assert_eq!(answer.status, 200);
            let page = Page::parse(&answer.body);
            let calls = r#"operation_duration_seconds_count{operation="work",module="serving",status="success"}"#;
            assert!(page.value(calls).is_some_and(|calls| calls >= 0.0), "{}", answer.body);
            assert_eq!(page.value("beside_total"), Some(7.0), "another collector of the program");
            assert!(page.kind("process_resident_memory_bytes").is_some(), "{}", answer.body);
            let faults = page.value(&format!("taximeter_internal_errors_total{{kind=\"{kind}\"}}"));
            assert_eq!(faults, Some(f64::from(scrape)), "{how}: {}", answer.body);
        }
        // One thread is in it, however often the page is asked for.
        let threads = std::fs::read_dir(format!("/proc/{}/task", serving.process.id()));
        let names = threads
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|thread| std::fs::read_to_string(thread.path().join("comm")).ok());
        assert!(names.filter(|name| name.trim() == "taximeter-gathe").count() <= 1, "{how}");
    }
}
