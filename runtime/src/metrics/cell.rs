//! The cells of one annotated function: counted by the threads that call it, summed by whoever reads.
//!
//! Each thread has a [`Block`] per site and is its only writer, so counting is a plain load, add and store: no locked
//! instruction, no shared cache line. A block outlives its thread. It stays in the site's list with its counts and is
//! handed to the next thread that comes, so threads that come and go neither lose a count nor grow the memory.

use std::cell::RefCell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::metrics::chain::Chain;
use crate::outcome::Outcome;
use crate::site::Site;

/// Upper bounds of the duration buckets, in nanoseconds.
pub(crate) const BOUNDS_NS: [u64; 15] = [
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
/// One bucket per bound, and one for what is above the last.
const BUCKETS: usize = BOUNDS_NS.len() + 1;

/// All cells of a site.
pub(crate) struct SiteCells {
    blocks: Chain<Block>,
    errors: Chain<ErrorType>,
}

/// The cells that one thread writes for one site.
pub(crate) struct Block {
    is_taken: AtomicBool,
    started: AtomicU64,
    /// By outcome. Most functions only ever succeed, so the rarer outcomes take memory when they first occur.
    ended: [OnceLock<Box<Histogram>>; Outcome::ALL.len()],
}

/// Durations of one outcome.
#[derive(Default)]
struct Histogram {
    buckets: [AtomicU64; BUCKETS],
    sum_ns: AtomicU64,
}

/// How often a site failed with one type of error. Errors are rare enough to share a counter between threads.
struct ErrorType {
    type_name: &'static str,
    count: AtomicU64,
}

/// Durations of one outcome of a site, summed over its threads.
#[derive(Clone, Default)]
pub(crate) struct Durations {
    pub(crate) buckets: [u64; BUCKETS],
    pub(crate) sum_ns: u64,
}

impl SiteCells {
    pub(crate) const fn new() -> SiteCells {
        SiteCells { blocks: Chain::new(), errors: Chain::new() }
    }

    /// Counts an error of the type with this (full) name.
    pub(crate) fn count_error(&self, type_name: &'static str) {
        let is_same = |error: &ErrorType| error.type_name == type_name;
        let fresh = || ErrorType { type_name, count: AtomicU64::new(0) };
        self.errors.find_or_push(is_same, fresh).count.fetch_add(1, Ordering::Relaxed);
    }

    /// How often each type of error occurred.
    pub(crate) fn errors(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.errors.iter().map(|error| (error.type_name, error.count.load(Ordering::Relaxed)))
    }

    /// The calls that are running, over all threads.
    ///
    /// Ends are read before starts: a call that ends in between shows as running, and the number is never negative.
    pub(crate) fn in_flight(&self) -> u64 {
        let ended: u64 = self.blocks.iter().map(Block::ended).sum();
        let started: u64 = self.blocks.iter().map(|block| block.started.load(Ordering::Acquire)).sum();
        started.saturating_sub(ended)
    }

    /// The durations of the calls with this outcome, over all threads.
    pub(crate) fn durations(&self, outcome: Outcome) -> Durations {
        let mut total = Durations::default();
        for histogram in self.blocks.iter().filter_map(|block| block.histogram(outcome)) {
            histogram.add_to(&mut total);
        }
        total
    }
}

impl Durations {
    pub(crate) fn add(&mut self, other: &Durations) {
        for (total, part) in self.buckets.iter_mut().zip(other.buckets) {
            *total += part;
        }
        self.sum_ns = self.sum_ns.saturating_add(other.sum_ns);
    }
}

impl Block {
    fn taken() -> Block {
        Block {
            is_taken: AtomicBool::new(true),
            started: AtomicU64::new(0),
            ended: [const { OnceLock::new() }; Outcome::ALL.len()],
        }
    }

    /// Makes the calling thread the only writer of a block that has none.
    fn try_take(&self) -> bool {
        self.is_taken.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Lets another thread become the writer; it sees all that this one wrote.
    fn release(&self) {
        self.is_taken.store(false, Ordering::Release);
    }

    fn start(&self) {
        add(&self.started, 1);
    }

    fn end(&self, outcome: Outcome, elapsed: Duration) {
        if let Some(cell) = self.ended.get(outcome as usize) {
            cell.get_or_init(Box::default).record(elapsed);
        }
    }

    fn histogram(&self, outcome: Outcome) -> Option<&Histogram> {
        self.ended.get(outcome as usize)?.get().map(|histogram| &**histogram)
    }

    fn ended(&self) -> u64 {
        let counts =
            |histogram: &Histogram| histogram.buckets.iter().map(|count| count.load(Ordering::Acquire)).sum::<u64>();
        self.ended.iter().filter_map(OnceLock::get).map(|histogram| counts(histogram)).sum()
    }
}

impl Histogram {
    fn record(&self, elapsed: Duration) {
        let ns = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_NS.partition_point(|bound| *bound < ns);
        if let Some(count) = self.buckets.get(bucket) {
            add(count, 1);
        }
        add(&self.sum_ns, ns);
    }

    fn add_to(&self, total: &mut Durations) {
        for (total, part) in total.buckets.iter_mut().zip(&self.buckets) {
            *total += part.load(Ordering::Relaxed);
        }
        total.sum_ns = total.sum_ns.saturating_add(self.sum_ns.load(Ordering::Relaxed));
    }
}

/// Adds to a cell that only this thread writes. Released, so that who sees an end also sees its start.
fn add(cell: &AtomicU64, more: u64) {
    cell.store(cell.load(Ordering::Relaxed).wrapping_add(more), Ordering::Release);
}

/// Counts the start of a call.
pub(crate) fn start(site: &'static Site) {
    with_block(site, Block::start);
}

/// Counts the end of a call, maybe on another thread than its start.
pub(crate) fn end(site: &'static Site, outcome: Outcome, elapsed: Duration) {
    with_block(site, |block| block.end(outcome, elapsed));
}

/// The blocks of this thread, by number of the site.
struct Shard(RefCell<Vec<Option<&'static Block>>>);

thread_local! {
    static SHARD: Shard = const { Shard(RefCell::new(Vec::new())) };
}

impl Drop for Shard {
    fn drop(&mut self) {
        for block in self.0.get_mut().iter().flatten() {
            block.release();
        }
    }
}

fn with_block(site: &'static Site, write: impl Fn(&Block)) {
    let written = SHARD.try_with(|shard| {
        let Ok(mut blocks) = shard.0.try_borrow_mut() else { return false };
        write(block_of(site, &mut blocks));
        true
    });
    if !written.unwrap_or(false) {
        // The thread's locals are gone: it is ending. Borrow a block for this one write.
        let block = take_block(site);
        write(block);
        block.release();
    }
}

fn block_of(site: &'static Site, blocks: &mut Vec<Option<&'static Block>>) -> &'static Block {
    let index = site.index();
    if let Some(Some(block)) = blocks.get(index) {
        return block;
    }
    first_block(site, index, blocks)
}

#[cold]
fn first_block(site: &'static Site, index: usize, blocks: &mut Vec<Option<&'static Block>>) -> &'static Block {
    if blocks.len() <= index {
        blocks.resize(index + 1, None);
    }
    let block = take_block(site);
    if let Some(slot) = blocks.get_mut(index) {
        *slot = Some(block);
    }
    block
}

#[cold]
fn take_block(site: &'static Site) -> &'static Block {
    site.cells.blocks.find_or_push(Block::try_take, Block::taken)
}
