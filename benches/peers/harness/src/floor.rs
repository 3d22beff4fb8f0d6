//! The least that a duration, an outcome, errors and calls in flight can take: two readings of the processor's counter, and
//! plain adds in cells of the thread, all of it inlined by hand.

use std::cell::Cell;
use std::hint::black_box;

use crate::{Odd, ready, work};

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

/// In ticks, as if the counter ran at 3 GHz.
static BOUNDS: [u64; 15] = [
    3_000_000,
    7_500_000,
    15_000_000,
    30_000_000,
    75_000_000,
    150_000_000,
    300_000_000,
    750_000_000,
    1_500_000_000,
    3_000_000_000,
    7_500_000_000,
    15_000_000_000,
    30_000_000_000,
    90_000_000_000,
    180_000_000_000,
];

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn clock() -> u64 {
    // SAFETY: every x86-64 processor has the instruction.
    unsafe { std::arch::x86_64::_rdtsc() }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn clock() -> u64 {
    static FIRST: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    FIRST.elapsed().as_nanos() as u64
}

#[inline(always)]
fn add(cell: &Cell<u64>, more: u64) {
    cell.set(cell.get().wrapping_add(more));
}

#[inline(always)]
fn begin() -> u64 {
    CELLS.with(|cells| add(&cells.running, 1));
    clock()
}

#[inline(always)]
fn end(start: u64, is_error: bool) {
    let elapsed = clock().saturating_sub(start);
    CELLS.with(|cells| {
        add(&cells.buckets[BOUNDS.partition_point(|bound| *bound < elapsed)], 1);
        add(&cells.sum, elapsed);
        add(&cells.errors, u64::from(is_error));
        add(&cells.running, u64::MAX);
        black_box(cells);
    });
}

#[inline(never)]
pub fn plain(number: u64) -> Result<u64, Odd> {
    let start = begin();
    let result = work(number);
    end(start, result.is_err());
    result
}

#[inline(never)]
pub fn asynchronous(number: u64) -> Result<u64, Odd> {
    #[inline(never)]
    async fn floor(number: u64) -> Result<u64, Odd> {
        let start = begin();
        let result = async move { work(number) }.await;
        end(start, result.is_err());
        result
    }
    ready(floor(number))
}
