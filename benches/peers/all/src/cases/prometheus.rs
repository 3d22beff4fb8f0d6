//! The crate prometheus: handles that are kept, and handles that are looked up by their labels.

use std::sync::LazyLock;
use std::time::Instant;

use harness::{Case, Odd, case, work};
use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts};

pub(super) fn cases() -> [Case; 2] {
    [case("prometheus, handles kept", kept), case("prometheus, handles looked up", looked_up)]
}

static DURATION: LazyLock<HistogramVec> = LazyLock::new(|| {
    let options = HistogramOpts::new("duration_seconds", "Duration.");
    HistogramVec::new(options, &["operation", "module", "status"]).expect("the names are valid")
});
static ERRORS: LazyLock<IntCounterVec> = LazyLock::new(|| {
    IntCounterVec::new(Opts::new("errors_total", "Errors."), &["operation", "module"]).expect("the names are valid")
});
static RUNNING: LazyLock<IntGaugeVec> = LazyLock::new(|| {
    IntGaugeVec::new(Opts::new("running", "Running."), &["operation", "module"]).expect("the names are valid")
});

#[inline(never)]
fn kept(number: u64) -> Result<u64, Odd> {
    static KEPT: LazyLock<(Histogram, IntCounter, IntGauge)> = LazyLock::new(|| {
        let labels = ["kept", "cases"];
        let duration = DURATION.with_label_values(&["kept", "cases", "success"]);
        (duration, ERRORS.with_label_values(&labels), RUNNING.with_label_values(&labels))
    });
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
    let running = RUNNING.with_label_values(&["looked_up", "cases"]);
    running.inc();
    let start = Instant::now();
    let result = work(number);
    let status = if result.is_err() { "error" } else { "success" };
    DURATION.with_label_values(&["looked_up", "cases", status]).observe(start.elapsed().as_secs_f64());
    if result.is_err() {
        ERRORS.with_label_values(&["looked_up", "cases"]).inc();
    }
    running.dec();
    result
}
