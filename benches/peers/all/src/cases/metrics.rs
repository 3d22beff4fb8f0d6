//! The crate metrics, with its exporter for Prometheus as the recorder.

use std::sync::LazyLock;
use std::time::Instant;

use harness::{Case, Odd, case, work};
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

pub(super) fn cases() -> [Case; 2] {
    static HANDLE: LazyLock<PrometheusHandle> = LazyLock::new(|| {
        let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];
        let builder = PrometheusBuilder::new().set_buckets(&bounds).expect("bounds");
        builder.install_recorder().expect("it is the first")
    });
    LazyLock::force(&HANDLE);
    [case("metrics, macros", macros), case("metrics, handles kept", kept)]
}

#[inline(never)]
fn macros(number: u64) -> Result<u64, Odd> {
    let running = gauge!("running", "operation" => "macros", "module" => "cases");
    running.increment(1.0);
    let start = Instant::now();
    let result = work(number);
    let status = if result.is_err() { "error" } else { "success" };
    histogram!("duration_seconds", "operation" => "macros", "module" => "cases", "status" => status)
        .record(start.elapsed().as_secs_f64());
    if result.is_err() {
        counter!("errors_total", "operation" => "macros", "module" => "cases").increment(1);
    }
    running.decrement(1.0);
    result
}

#[inline(never)]
fn kept(number: u64) -> Result<u64, Odd> {
    static KEPT: LazyLock<(Histogram, Counter, Gauge)> = LazyLock::new(|| {
        let duration = histogram!("duration_seconds", "operation" => "kept", "module" => "cases", "status" => "success");
        let errors = counter!("errors_total", "operation" => "kept", "module" => "cases");
        (duration, errors, gauge!("running", "operation" => "kept", "module" => "cases"))
    });
    let (duration, errors, running) = &*KEPT;
    running.increment(1.0);
    let start = Instant::now();
    let result = work(number);
    duration.record(start.elapsed().as_secs_f64());
    if result.is_err() {
        errors.increment(1);
    }
    running.decrement(1.0);
    result
}
