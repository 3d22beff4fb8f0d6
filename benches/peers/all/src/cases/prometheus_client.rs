//! The crate prometheus-client.

use std::sync::LazyLock;
use std::time::Instant;

use harness::{Case, Odd, case, work};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

type Labels = [(&'static str, &'static str); 3];

pub(super) fn cases() -> [Case; 2] {
    [case("prometheus-client, handles kept", kept), case("prometheus-client, looked up", looked_up)]
}

const BOUNDS: [f64; 15] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

fn histogram() -> Histogram {
    Histogram::new(BOUNDS)
}

#[inline(never)]
fn kept(number: u64) -> Result<u64, Odd> {
    static KEPT: LazyLock<(Histogram, Counter, Gauge)> =
        LazyLock::new(|| (histogram(), Counter::default(), Gauge::default()));
    let (duration, errors, running) = &*KEPT;
    running.inc();
    let start = Instant::now();
    let result = work(number);
    duration.observe(start.elapsed().as_secs_f64());
    if result.is_err() {
        errors.inc();
    }
    running.dec();
    result
}

#[inline(never)]
fn looked_up(number: u64) -> Result<u64, Odd> {
    static DURATION: LazyLock<Family<Labels, Histogram, fn() -> Histogram>> =
        LazyLock::new(|| Family::new_with_constructor(histogram));
    static ERRORS: LazyLock<Family<Labels, Counter>> = LazyLock::new(Family::default);
    static RUNNING: LazyLock<Family<Labels, Gauge>> = LazyLock::new(Family::default);
    let labels = |status| [("operation", "looked_up"), ("module", "cases"), ("status", status)];
    RUNNING.get_or_create(&labels("")).inc();
    let start = Instant::now();
    let result = work(number);
    let status = if result.is_err() { "error" } else { "success" };
    DURATION.get_or_create(&labels(status)).observe(start.elapsed().as_secs_f64());
    if result.is_err() {
        ERRORS.get_or_create(&labels(status)).inc();
    }
    RUNNING.get_or_create(&labels("")).dec();
    result
}
