//! The same function, measured in different ways.

use std::cell::Cell;
use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Instant;

use prometheus::{Histogram, HistogramOpts, IntCounter, IntGauge};
use taximeter::observe;

/// One way to measure a function.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) call: fn(u64) -> Result<u64, Odd>,
    /// The least that counting a duration, an outcome and a call in flight can take.
    pub(crate) is_floor: bool,
}

/// The error that never occurs here.
#[derive(Debug)]
pub(crate) struct Odd;

impl std::fmt::Display for Odd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("odd")
    }
}

impl std::error::Error for Odd {}

pub(crate) fn all() -> Vec<Case> {
    let case = |name, call| Case { name, call, is_floor: false };
    vec![
        case("bare", bare),
        Case { is_floor: true, ..case("floor: plain cells", floor) },
        case("taximeter: #[observe]", observed),
        case("tracing: #[instrument]", instrumented),
        case("prometheus: cached handles", prometheus_cached),
    ]
}

#[inline(always)]
fn work(number: u64) -> Result<u64, Odd> {
    if number == u64::MAX { Err(Odd) } else { Ok(number.wrapping_mul(3)) }
}

#[inline(never)]
fn bare(number: u64) -> Result<u64, Odd> {
    work(number)
}

#[observe]
#[inline(never)]
fn observed(number: u64) -> Result<u64, Odd> {
    work(number)
}

/// Without a subscriber it makes a disabled span and measures nothing: the price of being there.
#[tracing::instrument(skip_all, err)]
#[inline(never)]
fn instrumented(number: u64) -> Result<u64, Odd> {
    work(number)
}

/// The full set written by hand: per-thread cells, two clock readings, a bucket search.
#[inline(never)]
fn floor(number: u64) -> Result<u64, Odd> {
    struct Cells {
        running: Cell<u64>,
        errors: Cell<u64>,
        sum: Cell<u64>,
        buckets: [Cell<u64>; 16],
    }
    thread_local! {
        static CELLS: Cells = const {
            Cells { running: Cell::new(0), errors: Cell::new(0), sum: Cell::new(0), buckets: [const { Cell::new(0) }; 16] }
        };
    }
    const BOUNDS: [u64; 15] = [
        1_000_000,
        2_500_000,
        5_000_000,
        10_000_000,
        25_000_000,
        50_000_000,
        100_000_000,
        250_000_000,
        500_000_000,
        1_000_000_000,
        2_500_000_000,
        5_000_000_000,
        10_000_000_000,
        30_000_000_000,
        60_000_000_000,
    ];
    let add = |cell: &Cell<u64>, more: u64| cell.set(cell.get().wrapping_add(more));
    let start = Instant::now();
    CELLS.with(|cells| add(&cells.running, 1));
    let result = work(number);
    CELLS.with(|cells| {
        let elapsed = start.elapsed().as_nanos() as u64;
        add(&cells.buckets[BOUNDS.partition_point(|bound| *bound < elapsed)], 1);
        add(&cells.sum, elapsed);
        add(&cells.errors, u64::from(result.is_err()));
        add(&cells.running, u64::MAX);
        black_box(cells);
    });
    result
}

/// The full set with the handles of the client library, resolved once.
#[inline(never)]
fn prometheus_cached(number: u64) -> Result<u64, Odd> {
    static DURATION: LazyLock<Histogram> = LazyLock::new(|| {
        Histogram::with_opts(HistogramOpts::new("duration_seconds", "Duration.")).expect("the name is valid")
    });
    static ERRORS: LazyLock<IntCounter> =
        LazyLock::new(|| IntCounter::new("errors_total", "Errors.").expect("the name is valid"));
    static RUNNING: LazyLock<IntGauge> =
        LazyLock::new(|| IntGauge::new("running", "Running.").expect("the name is valid"));
    RUNNING.inc();
    let start = Instant::now();
    let result = work(number);
    DURATION.observe(start.elapsed().as_secs_f64());
    if result.is_err() {
        ERRORS.inc();
    }
    RUNNING.dec();
    result
}
