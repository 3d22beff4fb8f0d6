//! OpenTelemetry's meters, with the exporter for Prometheus as their reader.

use std::sync::LazyLock;
use std::time::Instant;

use harness::{Case, Odd, case, work};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{
    BoundCounter, BoundHistogram, BoundUpDownCounter, Counter, Histogram, MeterProvider, UpDownCounter,
};
use opentelemetry_sdk::metrics::SdkMeterProvider;

pub(super) fn cases() -> [Case; 2] {
    [case("OpenTelemetry meters", plain), case("OpenTelemetry meters, bound", bound)]
}

struct Meters {
    duration: Histogram<f64>,
    errors: Counter<u64>,
    running: UpDownCounter<i64>,
    _provider: SdkMeterProvider,
}

static METERS: LazyLock<Meters> = LazyLock::new(|| {
    let exporter = opentelemetry_prometheus::exporter().with_registry(prometheus::Registry::new()).build();
    let provider = SdkMeterProvider::builder().with_reader(exporter.expect("the registry is empty")).build();
    let meter = provider.meter("cases");
    Meters {
        duration: meter.f64_histogram("duration").build(),
        errors: meter.u64_counter("errors").build(),
        running: meter.i64_up_down_counter("running").build(),
        _provider: provider,
    }
});

#[inline(never)]
fn plain(number: u64) -> Result<u64, Odd> {
    let labels = [KeyValue::new("operation", "plain"), KeyValue::new("module", "cases")];
    METERS.running.add(1, &labels);
    let start = Instant::now();
    let result = work(number);
    let status = if result.is_err() { "error" } else { "success" };
    let [operation, module] = &labels;
    let with_status = [operation.clone(), module.clone(), KeyValue::new("status", status)];
    METERS.duration.record(start.elapsed().as_secs_f64(), &with_status);
    if result.is_err() {
        METERS.errors.add(1, &labels);
    }
    METERS.running.add(-1, &labels);
    result
}

#[inline(never)]
fn bound(number: u64) -> Result<u64, Odd> {
    type Bound = (BoundHistogram<f64>, BoundCounter<u64>, BoundUpDownCounter<i64>);
    static BOUND: LazyLock<Bound> = LazyLock::new(|| {
        let labels = [KeyValue::new("operation", "bound"), KeyValue::new("module", "cases")];
        (METERS.duration.bind(&labels), METERS.errors.bind(&labels), METERS.running.bind(&labels))
    });
    let (duration, errors, running) = &*BOUND;
    running.add(1);
    let start = Instant::now();
    let result = work(number);
    duration.record(start.elapsed().as_secs_f64());
    if result.is_err() {
        errors.add(1);
    }
    running.add(-1);
    result
}
