//! A program that works and serves until it is ended, and says on standard error how its telemetry is doing.
//!
//! It can have a metric of its own: `serving slow` one that takes two seconds to collect, `serving stuck` one that is
//! collected for ever, and `serving broken` one that panics. `serving dropping` drops a call half-way. `serving large` has 40,000 series of its own.

use std::future::Future;
use std::task::{Context, Waker};
use std::thread::sleep;
use std::time::Duration;

use taximeter::prometheus::core::{Collector, Desc};
use taximeter::prometheus::proto::MetricFamily;
use taximeter::prometheus::{IntCounter, IntCounterVec, Opts};
use taximeter::{metrics, observe};

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("slow") => register(|| sleep(Duration::from_secs(2))),
        Some("stuck") => register(|| sleep(Duration::MAX)),
        Some("large") => large(),
        Some("dropping") => drop_half_way(),
        Some("broken") => register(|| panic!("broken collector")),
        _ => {}
    }
    let telemetry = taximeter::init("serving");
    let mut said = String::new();
    loop {
        work();
        if said.is_empty() {
            tracing::info!("worked");
        }
        let problems: Vec<_> = telemetry.problems().iter().map(ToString::to_string).collect();
        let address = telemetry.metrics_address();
        let state = format!("listening {address:?}; problems {problems:?}");
        if state != said {
            eprintln!("{state}");
            said = state;
        }
        sleep(Duration::from_millis(20));
    }
}

#[observe]
fn work() {}

#[observe]
async fn dropped() {
    std::future::pending::<()>().await;
}

/// Once a while, from a thread of its own: the first time may be before anybody makes spans.
fn drop_half_way() {
    std::thread::spawn(|| {
        loop {
            let mut call = Box::pin(dropped());
            let _ = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            drop(call);
            sleep(Duration::from_millis(20));
        }
    });
}

/// A collector of the program, which does what it likes.
struct Own(fn());

impl Collector for Own {
    fn desc(&self) -> Vec<&Desc> {
        Vec::new()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        (self.0)();
        Vec::new()
    }
}

fn large() {
    let options = Opts::new("numbers_total", "Numbers that were counted.");
    let numbers = IntCounterVec::new(options, &["number"]).expect("the names are valid");
    (0..40_000_u64).for_each(|number| numbers.with_label_values(&[&number.to_string()]).inc_by(number));
    metrics::registry().register(Box::new(numbers)).expect("a free name");
}

fn register(collect: fn()) {
    let beside = IntCounter::new("beside_total", "A counter beside it.").expect("a name");
    beside.inc_by(7);
    metrics::registry().register(Box::new(beside)).expect("a free name");
    metrics::registry().register(Box::new(Own(collect))).expect("a free name");
}
