//! Where the metrics are.

use taximeter_tests::port;

use crate::{both, by_default, ran, status_of, staying};

#[test]
fn default_of_enable_prometheus() {
    assert!(by_default(&[]).stderr.contains("address Some("));
}

#[test]
fn enable_prometheus_is_seen() {
    for ran in both("enable_prometheus=false", ("OTEL_METRICS_EXPORTER", "none"), "prometheus", &[]) {
        assert!(ran.stderr.contains("address None; problems []"), "{}", ran.stderr);
    }
}

#[test]
fn default_of_prometheus_host() {
    let said = by_default(&[]).stderr;
    assert!(said.contains("address Some(127.0.0.1:") || said.contains("address Some([::1]:"), "{said}");
}

#[test]
fn prometheus_host_is_seen() {
    let variable = ("OTEL_EXPORTER_PROMETHEUS_HOST", "127.0.0.7");
    for ran in both("prometheus_host=127.0.0.7", variable, "localhost", &[]) {
        assert!(ran.stderr.contains("address Some(127.0.0.7:"), "{}", ran.stderr);
    }
}

#[test]
fn default_of_prometheus_port() {
    // An empty variable is none. Another program may have the port; then it is told which one that is.
    let said = ran(&[("PROMETHEUS_PORT", "")], &[]).stderr;
    assert!(said.contains(":9464)") || said.contains("cannot listen on `localhost:9464`"), "{said}");
}

#[test]
fn prometheus_port_is_seen() {
    let port = port::free_port().to_string();
    for variable in ["OTEL_EXPORTER_PROMETHEUS_PORT", "PROMETHEUS_PORT"] {
        for ran in both(&format!("prometheus_port={port}"), (variable, &port), "0", &[]) {
            assert!(ran.stderr.contains(&format!(":{port}); problems []")), "{}", ran.stderr);
        }
    }
}

#[test]
fn default_of_prometheus_endpoint() {
    let (_program, port) = staying(&[], &[]);
    assert_eq!((status_of(port, "/metrics"), status_of(port, "/numbers")), (200, 404));
}

#[test]
fn prometheus_endpoint_is_seen() {
    let (_program, port) = staying(&[], &["prometheus_endpoint=/numbers"]);
    assert_eq!((status_of(port, "/metrics"), status_of(port, "/numbers")), (404, 200));
}

#[test]
fn default_of_disk_path() {
    assert!(!by_default(&["page"]).stderr.contains("disk_size_bytes{"));
}

#[test]
fn disk_path_is_seen() {
    for ran in [by_default(&["disk_path=/", "page"]), ran(&[("TAXIMETER_DISK_PATHS", "/")], &["page"])] {
        assert!(ran.stderr.contains("disk_size_bytes{path=\"/\"}"), "{}", ran.stderr);
    }
}

#[test]
fn default_of_tokio_handle() {
    assert!(!by_default(&["page"]).stderr.contains("\ntokio_workers "));
}

#[test]
fn tokio_handle_is_seen() {
    assert!(by_default(&["tokio_handle=3", "page"]).stderr.contains("\ntokio_workers 3\n"));
}
