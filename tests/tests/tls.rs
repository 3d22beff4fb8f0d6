//! Spans go over TLS to a receiver that can be trusted, and to no other.

use std::process::Command;

use taximeter_tests::tls::Shows;
use taximeter_tests::{Child, Rotel, Tls, program};

const GRPC: &str = "grpc";
const HTTP: &str = "http/protobuf";

/// What a program that sends one span says on standard error until it ends.
fn send(tls: &Tls, protocol: &str, files: &[(&str, &str)]) -> String {
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_fault")));
    command.arg("one-span").env("OTEL_EXPORTER_OTLP_ENDPOINT", tls.endpoint());
    command.env("OTEL_EXPORTER_OTLP_PROTOCOL", protocol).env("OTEL_EXPORTER_OTLP_TIMEOUT", "3000");
    for (variable, file) in files {
        command.env(variable, tls.file(file));
    }
    let mut program = Child::start(&mut command);
    assert!(program.wait().success(), "{}", program.stderr());
    program.stderr()
}

const TRUSTED: (&str, &str) = ("OTEL_EXPORTER_OTLP_CERTIFICATE", "trusted.pem");

fn port_of(rotel: &Rotel, protocol: &str) -> u16 {
    if protocol == GRPC { rotel.grpc_port() } else { rotel.http_port() }
}

#[test]
fn spans_go_to_a_receiver_whose_certificate_is_trusted() {
    let Some(rotel) = Rotel::start() else { return };
    let mut sent = 0;
    for protocol in [GRPC, HTTP] {
        let tls = Tls::before(port_of(&rotel, protocol), Shows::Good);
        // By a file for OTLP, by one for spans alone, and by what the system trusts.
        for variable in [TRUSTED.0, "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "SSL_CERT_FILE"] {
            let said = send(&tls, protocol, &[(variable, TRUSTED.1)]);
            assert!(said.contains("nothing was lost"), "{protocol}, {variable}: {said}");
            sent += 1;
            assert_eq!(rotel.wait_for_spans(sent).len(), sent);
        }
    }
}

#[test]
fn spans_go_to_no_receiver_whose_certificate_is_not() {
    let Some(rotel) = Rotel::start() else { return };
    for protocol in [GRPC, HTTP] {
        for (shows, file, reason) in [
            (Shows::Good, "other.pem", "UnknownIssuer"),
            (Shows::Expired, "trusted.pem", "expired"),
            (Shows::Elsewhere, "trusted.pem", "not valid for name"),
        ] {
            let tls = Tls::before(port_of(&rotel, protocol), shows);
            let said = send(&tls, protocol, &[(TRUSTED.0, file)]);
            assert!(said.contains("lost: 1 spans"), "{protocol}, {shows:?}: {said}");
            assert!(said.contains(&format!("spans do not reach `{}", tls.endpoint())), "{said}");
            assert!(said.contains(reason), "{protocol}, {shows:?}: {said}");
        }
    }
    assert_eq!(rotel.spans(), []);
}

#[test]
fn a_receiver_that_asks_for_it_sees_the_certificate_of_the_program() {
    let Some(rotel) = Rotel::start() else { return };
    let own =
        [("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "client.pem"), ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "client.key")];
    for (sent, protocol) in [(1, GRPC), (2, HTTP)] {
        let tls = Tls::before(port_of(&rotel, protocol), Shows::GoodAndAsks);
        let said = send(&tls, protocol, &[TRUSTED]);
        assert!(said.contains("lost: 1 spans"), "{protocol}: {said}");
        let said = send(&tls, protocol, &[TRUSTED, own[0], own[1]]);
        assert!(said.contains("nothing was lost"), "{protocol}: {said}");
        assert_eq!(rotel.wait_for_spans(sent).len(), sent);
    }
}

#[test]
fn certificates_that_cannot_be_read_are_a_problem_and_nothing_is_sent() {
    let Some(rotel) = Rotel::start() else { return };
    let tls = Tls::before(rotel.grpc_port(), Shows::Good);
    for (variables, reason) in [
        (&[(TRUSTED.0, "nowhere.pem")][..], "nowhere.pem` cannot be read"),
        (&[(TRUSTED.0, "client.key")][..], "client.key` holds no certificate"),
        (
            &[
                TRUSTED,
                ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "client.pem"),
                ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "trusted.pem"),
            ][..],
            "trusted.pem` cannot be read",
        ),
    ] {
        let said = send(&tls, GRPC, variables);
        assert!(said.contains("spans cannot be sent to") && said.contains(reason), "{said}");
    }
    assert_eq!(rotel.spans(), []);
}
