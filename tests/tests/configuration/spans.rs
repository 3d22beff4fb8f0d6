//! Which spans there are.

use crate::{both, by_default, ran};

const CONSOLE: &str = "enable_console_exporter=true";

#[test]
fn default_of_enable_console_exporter() {
    assert_eq!(by_default(&["work"]).spans(), 0);
}

#[test]
fn enable_console_exporter_is_seen() {
    for ran in both(CONSOLE, ("OTEL_TRACES_EXPORTER", "console"), "none", &["work"]) {
        assert_eq!(ran.spans(), 1, "{}", ran.stderr);
    }
}

#[test]
fn default_of_trace_sample_rate() {
    assert_eq!(by_default(&[CONSOLE, "work:100"]).spans(), 100);
}

#[test]
fn trace_sample_rate_is_seen() {
    let none = [("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0")];
    assert_eq!(ran(&none, &[CONSOLE, "work:100"]).spans(), 0);
    assert_eq!(ran(&none, &[CONSOLE, "trace_sample_rate=1", "work:100"]).spans(), 100);
    let half = by_default(&[CONSOLE, "trace_sample_rate=0.5", "work:1000"]).spans();
    assert!((400..600).contains(&half), "{half} of 1,000");
}

#[test]
fn default_of_trace_parent_based() {
    assert_eq!(by_default(&[CONSOLE, "stranger"]).spans(), 0);
}

#[test]
fn trace_parent_based_is_seen() {
    let variable = ("OTEL_TRACES_SAMPLER", "always_on");
    for ran in both("trace_parent_based=false", variable, "parentbased_always_on", &[CONSOLE, "stranger"]) {
        assert_eq!(ran.spans(), 1, "{}", ran.stderr);
    }
}

#[test]
fn default_of_tail_sampling() {
    assert_eq!(by_default(&[CONSOLE, "work:10", "fail:10"]).spans(), 20);
}

#[test]
fn tail_sampling_is_seen() {
    for ran in both("tail_sampling=0", ("TAXIMETER_TAIL_SAMPLE_RATE", "0"), "1", &[CONSOLE, "work:10", "fail:10"]) {
        assert_eq!(ran.spans(), 10, "those that failed: {}", ran.stderr);
    }
}

#[test]
fn default_of_tail_slow() {
    assert_eq!(by_default(&[CONSOLE, "tail_sampling=0", "work", "slow:1100"]).spans(), 1);
}

#[test]
fn tail_slow_is_seen() {
    let work = [CONSOLE, "tail_sampling=0", "work", "slow:300"];
    for ran in both("tail_slow=200", ("TAXIMETER_TAIL_SLOW", "200"), "60000", &work) {
        assert_eq!(ran.spans(), 1, "{}", ran.stderr);
    }
}

#[test]
fn default_of_shutdown_on_signal() {
    let said = crate::service_stopped(&[]);
    assert!(!said.contains("\"span\":"), "{said}");
}

#[test]
fn shutdown_on_signal_is_seen() {
    let said = crate::service_stopped(&["shutdown_on_signal=true"]);
    assert!(said.contains("\"span\":"), "{said}");
}
