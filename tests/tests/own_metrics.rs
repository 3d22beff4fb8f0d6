//! Metrics of the program's own are on the page, whoever counts them, and one that does not work costs only itself.

use std::sync::mpsc;
use std::time::Duration;

use opentelemetry::{KeyValue, global};
use taximeter::{Config, metrics};
use taximeter_tests::{Page, http};

/// One test: there is one telemetry in a process.
#[test]
fn callbacks_that_panic_or_block_cost_their_own_sample_and_nothing_else() {
    let telemetry = Config::from_env("own").prometheus_port(0).init();
    let port = telemetry.metrics_address().expect("the page is served").port();
    let (never, wait) = mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);

    let orders =
        metrics::counter("own_orders", "Orders that were placed.").labels(["tier"]).register().expect("a name");
    orders.with(["gold"]).add(2.0);
    orders.with(["gold"]).add(f64::NAN);
    orders.with(["gold"]).add(-1.0);
    let gauge = |name: &str, read: Box<dyn Fn() -> f64 + Send + Sync>| {
        metrics::observable_gauge(name, "A number that is asked for.").observe(read).expect("a name");
    };
    gauge("own_good", Box::new(|| 7.0));
    gauge("own_broken", Box::new(|| panic!("broken")));
    gauge("own_stuck", Box::new(move || wait.lock().map_or(0.0, |wait| f64::from(u8::from(wait.recv().is_ok())))));
    gauge("own_nested", Box::new(|| metrics::registry().gather().len().min(1) as f64));

    let meter = global::meter("own");
    let sent = meter.u64_counter("otel.sent").with_unit("By").with_description("What was sent.").build();
    sent.add(3, &[KeyValue::new("to", "a")]);
    let spread = meter.f64_histogram("otel.wait").with_unit("s").with_boundaries(vec![0.1, 1.0]).build();
    spread.record(0.5, &[]);
    let _good = meter.u64_observable_gauge("otel.good").with_callback(|seen| seen.observe(5, &[])).build();
    let _broken = meter.u64_observable_gauge("otel.broken").with_callback(|_| panic!("broken")).build();
    let _stuck = meter
        .f64_observable_gauge("otel.stuck")
        .with_callback(|_| std::thread::sleep(Duration::from_secs(3_600)))
        .build();

    for scrape in 1..=3 {
        let answer = http::get(port, "/metrics").expect("an answer");
        assert_eq!(answer.status, 200);
        let page = Page::parse(&answer.body);
        for (series, value) in [
            (r#"own_orders_total{tier="gold"}"#, 2.0),
            ("own_good", 7.0),
            ("own_nested", 1.0),
            (r#"otel_sent_bytes_total{to="a"}"#, 3.0),
            (r#"otel_wait_seconds_bucket{le="1"}"#, 1.0),
            ("otel_good", 5.0),
        ] {
            assert_eq!(page.value(series), Some(value), "scrape {scrape}: {series}\n{}", answer.body);
        }
        for absent in ["own_broken", "own_stuck", "otel_broken", "otel_stuck"] {
            assert_eq!(page.samples_of(absent).count(), 0, "{absent}");
        }
        let fault = |kind: &str| page.value(&format!("taximeter_internal_errors_total{{kind=\"{kind}\"}}"));
        assert!(fault("bad_value").is_some_and(|count| count >= 2.0));
        if scrape > 1 {
            assert!(fault("user_code_panicked").is_some_and(|count| count >= 2.0));
            assert!(fault("callback_blocked").is_some_and(|count| count >= 2.0));
        }
    }
    drop(never);
    assert_eq!(telemetry.problems().len(), 0, "{:?}", telemetry.problems());
}
