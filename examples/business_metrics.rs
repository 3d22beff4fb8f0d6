//! What the business counts, beside what taximeter counts by itself: checked names, one page.
//!
//! ```text
//! cargo run --example business_metrics
//! ```

use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};

use opentelemetry::KeyValue;
use taximeter::metrics::{self, Counter, Histogram, MetricError, UpDown};
use taximeter::observe;
use taximeter::prometheus::TextEncoder;

/// What is registered at the start of the program cannot fail later.
struct Orders {
    placed: Counter<1>,
    value: Histogram,
    open: UpDown,
}

impl Orders {
    fn register() -> Result<Orders, MetricError> {
        Ok(Orders {
            placed: metrics::counter("shop_orders", "Orders that were placed.").labels(["tier"]).register()?,
            value: metrics::histogram("shop_order_value", "What an order is worth.")
                .unit("euros")
                .buckets([10.0, 100.0, 1_000.0])
                .register()?,
            open: metrics::up_down("shop_open_orders", "Orders that were not sent yet.").register()?,
        })
    }
}

static QUEUE: AtomicI64 = AtomicI64::new(3);

fn main() -> anyhow::Result<()> {
    let _telemetry = taximeter::init("shop");
    let orders = Orders::register()?;
    metrics::observable_gauge("shop_queue_length", "Orders that wait for a packer.")
        .observe(|| QUEUE.load(Ordering::Relaxed) as f64)?;
    // One that does not work costs its own sample and nothing else.
    metrics::observable_gauge("shop_packers", "People at work.").observe(|| panic!("the clock is broken"))?;

    place(&orders, "gold", 120.0);
    place(&orders, "free", 8.5);
    PARCELS.add(2, &[KeyValue::new("country", "at")]);

    let page = TextEncoder::new().encode_to_string(&metrics::registry().gather())?;
    for line in page.lines().filter(|line| line.starts_with("shop_")) {
        println!("{line}");
    }
    Ok(())
}

#[observe]
fn place(orders: &Orders, tier: &str, value: f64) {
    orders.placed.with([tier]).inc();
    orders.value.record(value);
    orders.open.add(1.0);
}

/// Code that knows only OpenTelemetry is on the same page.
static PARCELS: LazyLock<opentelemetry::metrics::Counter<u64>> = LazyLock::new(|| {
    let meter = opentelemetry::global::meter("shop");
    meter.u64_counter("shop.parcels").with_description("Parcels that were sent.").build()
});
