//! Whoever asks for OpenMetrics gets it, with the traces of durations, and a strict reader has nothing to say against it.

use std::process::Command;
use std::time::Duration;

use opentelemetry::{KeyValue, global};
use serde_json::Value;
use taximeter::prometheus::{Gauge, HistogramOpts, HistogramVec, IntCounter};
use taximeter::{Config, metrics, observe};
use taximeter_tests::{Child, Page, Prometheus, Rotel, http, openmetrics, port, program, wait_for};

const OPEN: &[&str] = &["accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"];

#[observe]
fn work() -> Result<(), String> {
    Ok(())
}

/// Metrics of every kind that a program can have beside ours.
fn register_own() {
    let registry = metrics::registry();
    let visits = IntCounter::new("own_visits", "Visits, of a counter whose name does not say so.").expect("a name");
    let orders = IntCounter::new("own_orders_total", "Orders with \"quotes\" \\ and\na second line.").expect("a name");
    let level = Gauge::new("own_level_ratio", "A level.").expect("a name");
    let clash = Gauge::new("own_orders", "A gauge with the name of a counter's family.").expect("a name");
    let sizes = HistogramOpts::new("own_sizes_bytes", "Sizes.").buckets(vec![1.0, 2.5, 1e6]);
    let sizes = HistogramVec::new(sizes, &["of"]).expect("a name");
    visits.inc_by(3);
    orders.inc_by(2);
    level.set(f64::INFINITY);
    sizes.with_label_values(&["a\"b\\c\nd"]).observe(2.0);
    registry.register(Box::new(visits)).expect("a free name");
    registry.register(Box::new(orders)).expect("a free name");
    registry.register(Box::new(level)).expect("a free name");
    registry.register(Box::new(clash)).expect("a free name");
    registry.register(Box::new(sizes)).expect("a free name");
    metrics::counter("own_checked", "Checked names.").labels(["tier"]).register().expect("a name").with(["x"]).add(1.0);
    metrics::histogram("own_wait", "Waits.").unit("seconds").register().expect("a name").record(0.2);
}

#[test]
fn a_strict_parser_reads_the_whole_page() {
    let telemetry = Config::from_env_map("open", []).prometheus_port(0).init();
    let port = telemetry.metrics_address().expect("the page is served").port();
    register_own();
    let meter = global::meter("own");
    meter.u64_counter("otel.sent").with_unit("By").build().add(3, &[KeyValue::new("to", "a b")]);
    meter.f64_histogram("otel.wait").with_unit("s").with_boundaries(vec![0.1, 1.0]).build().record(0.5, &[]);
    assert_eq!(work(), Ok(()));

    let plain = http::get(port, "/metrics").expect("an answer");
    assert!(plain.head.contains("content-type: text/plain; version=0.0.4"), "{}", plain.head);
    let calls = r#"operation_duration_seconds_count{operation="work",module="openmetrics",status="success"}"#;
    assert_eq!(Page::parse(&plain.body).value(calls), Some(1.0));
    assert!(!plain.body.contains(" # {"), "{}", plain.body);

    let open = http::get_with(port, "/metrics", OPEN).expect("an answer");
    assert!(open.head.contains("content-type: application/openmetrics-text; version=1.0.0; charset=utf-8"));
    assert!(open.head.contains("vary: Accept, Accept-Encoding"), "{}", open.head);
    let Some(families) = openmetrics::parse(&open.body) else { return };
    for (family, kind, unit) in [
        ("operation_duration_seconds", "histogram", "seconds"),
        ("operation_errors", "counter", ""),
        ("operations_in_flight", "gauge", ""),
        ("process_cpu_seconds", "counter", "seconds"),
        ("own_visits", "unknown", ""),
        ("own_orders", "gauge", ""),
        ("own_orders_total", "unknown", ""),
        ("own_level_ratio", "gauge", "ratio"),
        ("own_sizes_bytes", "histogram", "bytes"),
        ("own_checked", "counter", ""),
        ("own_wait_seconds", "histogram", "seconds"),
        ("otel_sent_bytes", "counter", "bytes"),
        ("otel_wait_seconds", "histogram", "seconds"),
    ] {
        let found = &families[family];
        assert_eq!((found["type"].as_str(), found["unit"].as_str()), (Some(kind), Some(unit)), "{family}");
        assert!(found["samples"].as_array().is_some_and(|samples| !samples.is_empty()), "{family}");
    }
    assert_eq!(families["own_orders_total"]["samples"][0]["value"], "2");
    assert_eq!(families["own_sizes_bytes"]["samples"][0]["labels"]["of"], "a\"b\\c\nd");
    assert_exemplars(&families);
}

/// Every exemplar has ids and nothing else, and the value of its bucket.
fn assert_exemplars(families: &Value) {
    let samples = families["operation_duration_seconds"]["samples"].as_array().expect("samples");
    let work = |sample: &&Value| sample["labels"]["operation"] == "work" && !sample["exemplar"].is_null();
    let with_trace: Vec<&Value> = samples.iter().filter(work).collect();
    let [sample] = with_trace[..] else { panic!("one call, so one exemplar: {with_trace:?}") };
    let exemplar = &sample["exemplar"];
    let labels = exemplar["labels"].as_object().expect("labels");
    let is_hex = |name: &str, digits: usize| {
        labels[name].as_str().is_some_and(|id| id.len() == digits && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    assert!(labels.len() == 2 && is_hex("trace_id", 32) && is_hex("span_id", 16), "{labels:?}");
    let bound: f64 = sample["labels"]["le"].as_str().expect("a bound").parse().expect("a number");
    assert!(exemplar["value"].as_f64().is_some_and(|value| (0.0..=bound).contains(&value)), "{exemplar}");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_secs_f64();
    assert!(exemplar["timestamp"].as_f64().is_some_and(|at| (now - 600.0..=now + 1.0).contains(&at)), "{exemplar}");
}

#[test]
fn prometheus_leads_from_a_bucket_to_the_trace_that_the_receiver_has() {
    let Some(rotel) = Rotel::start() else { return };
    let port = port::free_port();
    let mut quickstart = program::example("quickstart");
    quickstart.env("PROMETHEUS_PORT", port.to_string()).env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint());
    quickstart.env("OTEL_BSP_SCHEDULE_DELAY", "200");
    let _quickstart = Child::start(&mut quickstart);
    let Some(prometheus) = Prometheus::scraping(port) else { return };
    for (query, span) in [
        (r#"operation_duration_seconds_bucket{operation="find_page"}"#, "quickstart::find_page"),
        (r#"operation_duration_seconds_bucket{operation="support.answer",status="error"}"#, "support.answer"),
        (r#"llm_request_duration_seconds_bucket{model="gpt-4o-mini",status="success"}"#, "chat gpt-4o-mini"),
        (r#"workflow_duration_seconds_bucket{workflow="support.answer"}"#, "support.answer"),
    ] {
        let (series, exemplar) = wait_for(&format!("an exemplar of {query}"), || {
            let mut all = prometheus.exemplars(query).into_iter();
            all.find_map(|(series, exemplars)| Some((series, exemplars.first()?.clone())))
        });
        let id = |name: &str| exemplar["labels"][name].as_str().expect("an id").to_owned();
        let (trace_id, span_id) = (id("trace_id"), id("span_id"));
        let received = wait_for(&format!("the trace {trace_id} of {series}"), || {
            rotel.spans().into_iter().find(|span| span.trace_id == trace_id && span.id == span_id)
        });
        assert_eq!(received.name, span, "{series}");
    }
}

/// The lines with exemplars on the page of the quickstart, after its first rounds with these variables.
fn exemplars_with(variables: &[(&str, &str)]) -> Vec<String> {
    let port = port::free_port();
    let mut quickstart = program::example("quickstart");
    quickstart.arg("--busy").env("PROMETHEUS_PORT", port.to_string());
    quickstart.envs(variables.iter().copied());
    let process = Child::start(&mut quickstart);
    wait_for("two rounds", || (process.stdout().matches("round finished").count() >= 2).then_some(()));
    let page = http::get_with(port, "/metrics", OPEN).expect("an answer").body;
    page.lines().filter(|line| line.contains(" # {")).map(str::to_owned).collect()
}

#[test]
fn traces_that_nobody_keeps_are_no_exemplars() {
    assert_eq!(exemplars_with(&[("OTEL_TRACES_SAMPLER", "always_off")]), Vec::<String>::new());
    let hour = Duration::from_secs(3_600).as_millis().to_string();
    let kept = exemplars_with(&[("TAXIMETER_TAIL_SAMPLE_RATE", "0"), ("TAXIMETER_TAIL_SLOW", &hour)]);
    assert!(!kept.is_empty() && kept.iter().all(|line| line.contains(r#"status="error""#)), "{kept:#?}");
}

#[test]
fn a_future_that_is_dropped_leaves_its_own_trace() {
    let port = port::free_port();
    let mut serving = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_serving")));
    let _process = Child::start(serving.arg("dropping").env("PROMETHEUS_PORT", port.to_string()));
    wait_for("an exemplar of a cancelled call", || {
        let page = http::get_with(port, "/metrics", OPEN).ok()?.body;
        let is_dropped =
            |line: &&str| line.contains(r#"operation="dropped""#) && line.contains(r#"status="cancelled""#);
        let has_trace = page.lines().filter(is_dropped).any(|line| line.contains(" # {trace_id="));
        has_trace.then_some(())
    });
}
