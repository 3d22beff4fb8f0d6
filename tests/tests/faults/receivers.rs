//! Faults of the receiver of spans, and of the way to it.

use std::ffi::OsStr;
use std::io::Write;
use std::net::TcpStream;
use std::os::unix::ffi::OsStrExt;
use std::thread;
use std::time::Duration;

use taximeter_tests::receiver::{answer, write};
use taximeter_tests::{GrpcReceiver, Receiver, Rotel, port};
use tokio::net::TcpSocket;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

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
}

#[test]
fn f44_the_receiver_asks_to_wait() {
    let future = "Fri, 31 Dec 2100 23:59:59 GMT";
    for wait in ["1", "-1", "1000000000", "soon", "", future] {
        let headers = format!("retry-after: {wait}\r\n");
        let receiver = Receiver::start(move |number, stream| match number {
            0 => write(stream, &answer("429 Too Many Requests", &headers, "")),
            1 => write(stream, &answer("503 Service Unavailable", "", "")),
            _ => write(stream, &answer("200 OK", "", "")),
        });
        let ended = send(&receiver.endpoint(), &[("OTEL_EXPORTER_OTLP_TIMEOUT", "8000")]);
        let requests = receiver.requests();
        if wait == "1" {
            let pause = requests[1].at - requests[0].at;
            assert!(pause >= Duration::from_secs(1), "{pause:?}");
        }
        let is_too_long = wait == "1000000000" || wait == future;
        let expected = if is_too_long { "lost: 1 spans" } else { "nothing was lost" };
        assert!(ended.stderr.contains(expected), "{wait}: {}", ended.stderr);
    }
}

#[test]
fn f45_the_receiver_refuses() {
    for status in ["400 Bad Request", "401 Unauthorized", "403 Forbidden", "413 Content Too Large"] {
        let receiver = Receiver::answering(answer(status, "", ""));
        let ended = send(&receiver.endpoint(), &[("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer hunter2")]);
        assert_eq!(receiver.requests().len(), 1, "{status} is not asked again");
        assert!(receiver.requests()[0].head.contains("hunter2"));
        assert!(ended.stderr.contains("lost: 1 spans (export_failed)"), "{}", ended.stderr);
        let said = format!("{}{}", ended.stdout, ended.stderr);
        assert!(said.contains(&status[..3]) && !said.contains("hunter2"), "{said}");
    }
}

#[test]
fn f45_the_receiver_takes_a_part() {
    let body = "\x0a\x0d\x08\x01\x12\x09too old\u{21}\u{21}";
    let receiver = Receiver::answering(answer("200 OK", "content-type: application/x-protobuf\r\n", body));
    let ended = send(&receiver.endpoint(), &[]);
    assert!(ended.stderr.contains("lost: 1 spans (rejected)"), "{}", ended.stderr);
    assert!(ended.stderr.contains("refused 1 spans of a batch: too old!!"), "{}", ended.stderr);
}

/// The same over gRPC: what is asked again is what the specification lists, when the receiver says so.
#[test]
fn f44_a_receiver_over_grpc_asks_to_wait() {
    let taken = || Ok(Vec::new());
    let again = [Code::Unavailable, Code::Aborted, Code::DataLoss, Code::Cancelled, Code::DeadlineExceeded];
    for code in again {
        let receiver =
            GrpcReceiver::start(move |call| if call == 0 { Err(Status::new(code, "busy")) } else { taken() });
        assert!(send_by_grpc(&receiver).contains("nothing was lost"), "{code:?}");
        assert_eq!(receiver.calls().len(), 2, "{code:?}");
    }
    let asks = GrpcReceiver::start(move |call| match call {
        0 => Err(exhausted(Some(Duration::from_secs(1)))),
        _ => taken(),
    });
    assert!(send_by_grpc(&asks).contains("nothing was lost"));
    let pause = asks.calls()[1] - asks.calls()[0];
    assert!(pause >= Duration::from_secs(1), "{pause:?}");
}

#[test]
fn f45_a_receiver_over_grpc_refuses() {
    let refusals = [
        Status::new(Code::InvalidArgument, "no"),
        Status::new(Code::Unauthenticated, "no"),
        Status::new(Code::PermissionDenied, "no"),
        Status::new(Code::Unimplemented, "no"),
        exhausted(None),
    ];
    for refusal in refusals {
        let code = refusal.code();
        let receiver = GrpcReceiver::start(move |_| Err(refusal.clone()));
        let said = send_by_grpc(&receiver);
        assert!(said.contains("lost: 1 spans (export_failed)"), "{code:?}: {said}");
        assert!(said.contains(&format!("it answers {code:?}: no")), "{said}");
        assert_eq!(receiver.calls().len(), 1, "{code:?} is not asked again");
    }
}

#[test]
fn f45_a_receiver_over_grpc_takes_a_part() {
    let receiver = GrpcReceiver::start(|_| Ok(b"\x0a\x0b\x08\x01\x12\x07too old".to_vec()));
    let said = send_by_grpc(&receiver);
    assert!(said.contains("lost: 1 spans (rejected)"), "{said}");
    assert!(said.contains("refused 1 spans of a batch: too old"), "{said}");
}

fn exhausted(wait: Option<Duration>) -> Status {
    let details = wait.map_or_else(ErrorDetails::new, |wait| ErrorDetails::with_retry_info(Some(wait)));
    Status::with_error_details(Code::ResourceExhausted, "no", details)
}

/// What a program says that sends one span over gRPC.
fn send_by_grpc(receiver: &GrpcReceiver) -> String {
    send(&receiver.endpoint(), &[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]).stderr
}

#[test]
fn f42_nobody_takes_the_connection() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let _inside = runtime.enter();
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let address = socket.local_addr().expect("its address");
    // Room for one that nobody takes; the system answers no other.
    let _listener = socket.listen(0).expect("a listener");
    let _full: Vec<_> = (0..4).map(|_| TcpStream::connect_timeout(&address, Duration::from_millis(200))).collect();
    let ended = send(&format!("http://{address}"), &[HURRY]);
    assert!(ended.stderr.contains("lost: 1 spans"), "{}", ended.stderr);
}

#[test]
fn f52_the_endpoint_is_the_port_of_the_program() {
    let own = port::free_port();
    for host in ["localhost", "127.0.0.1", "[::1]"] {
        let mut command = fault("own-port");
        let command = command.env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{host}:{own}"));
        let ended = survivor(command.env("PROMETHEUS_PORT", own.to_string()));
        assert!(ended.stderr.contains("is the port of the metrics"), "{}", ended.stderr);
    }
}

/// Every variable that is read and is no text. `RUST_LOG` takes almost any word as the name of a crate.
const VARIABLES: [&str; 28] = [
    "OTEL_SDK_DISABLED",
    "OTEL_RESOURCE_ATTRIBUTES",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_INSECURE",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_EXPORTER_OTLP_HEADERS",
    "OTEL_EXPORTER_OTLP_TIMEOUT",
    "OTEL_EXPORTER_OTLP_COMPRESSION",
    "OTEL_TRACES_EXPORTER",
    "OTEL_METRICS_EXPORTER",
    "OTEL_LOGS_EXPORTER",
    "OTEL_EXPORTER_OTLP_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_CLIENT_KEY",
    "OTEL_METRIC_EXPORT_INTERVAL",
    "OTEL_BLRP_MAX_QUEUE_SIZE",
    "OTEL_BLRP_SCHEDULE_DELAY",
    "OTEL_EXPORTER_PROMETHEUS_PORT",
    "PROMETHEUS_PORT",
    "OTEL_TRACES_SAMPLER",
    "OTEL_TRACES_SAMPLER_ARG",
    "OTEL_BSP_MAX_QUEUE_SIZE",
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
    "OTEL_BSP_SCHEDULE_DELAY",
    "OTEL_BSP_EXPORT_TIMEOUT",
    "TAXIMETER_LOG_FORMAT",
    "TAXIMETER_PRICES",
];

#[test]
fn f53_every_variable_holds_nonsense() {
    let long = "9".repeat(64 * 1024);
    for nonsense in ["", " ", "-1", "1e99", "NaN", "=,=", "http://", "[::", "\u{202e}", "a=b=c,,", "s3cret", &long] {
        let ended = survivor(fault("one-span").envs(VARIABLES.map(|name| (name, nonsense))));
        ended.line("one line");
        let said = format!("{}{}", ended.stdout, ended.stderr);
        assert!(!said.contains("s3cret") && !said.contains(&long[..100]), "{said:.2000}");
    }
}

#[test]
fn f59_a_variable_is_no_text() {
    let bytes = OsStr::from_bytes(b"caf\xe9 \xff");
    let mut command = fault("one-span");
    command.envs(VARIABLES.map(|name| (name, bytes))).env("OTEL_SERVICE_NAME", bytes).env("ENVIRONMENT", bytes);
    survivor(&mut command).line("one line");
}

#[test]
fn metrics_are_pushed_or_it_is_told_why_not() {
    let gateway = Receiver::answering(answer("200 OK", "", ""));
    assert!(survivor(fault("push").env("GATEWAY", gateway.endpoint())).stderr.contains("pushed\n"));
    let request = &gateway.requests()[0];
    assert!(request.head.starts_with("put /metrics/job/nightly%20report http/1.1\r\n"), "{}", request.head);
    assert!(request.head.contains("content-type: text/plain; version=0.0.4"), "{}", request.head);
    assert!(request.body > 1_000, "{}", request.body);

    let refusing = Receiver::answering(answer("400 Bad Request", "", ""));
    let ended = survivor(fault("push").env("GATEWAY", refusing.endpoint()));
    assert!(ended.stderr.contains("answered 400 Bad Request"), "{}", ended.stderr);
    let nobody = format!("http://ann:hunter2@127.0.0.1:{}", port::free_port());
    let ended = survivor(fault("push").env("GATEWAY", nobody));
    assert!(ended.stderr.contains("cannot be reached") && !ended.stderr.contains("hunter2"), "{}", ended.stderr);
}
