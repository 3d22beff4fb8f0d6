//! The cells of one annotated function: counted by the threads that call it, summed by whoever reads.
//!
//! Each thread has a [`Block`] per site and is its only writer, so counting is a plain load, add and store: no locked
//! instruction, no shared cache line. A block outlives its thread. It stays in the site's list with its counts and is
//! handed to the next thread that comes, so threads that come and go neither lose a count nor grow the memory.

use std::cell::RefCell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use crate::metrics::chain::Chain;
use crate::metrics::family::OTHER;
use crate::outcome::{ErrorName, Outcome};

/// Upper bounds of the duration buckets of a function that says nothing else, in nanoseconds.
pub(crate) static BOUNDS_NS: [u64; 15] = [
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

/// The most types of errors that one function's errors are told apart by. More are counted as [`OTHER`].
const ERRORS_LIMIT: usize = 100;

/// All cells of a site, or of one set of label values of it.
pub(crate) struct Cells {
    /// The number of these cells in the process, from 1, or 0 before their first use.
    index: AtomicU32,
    blocks: Chain<Block>,
    errors: Chain<ErrorCount>,
}

/// The cells that one thread writes for one site.
pub(crate) struct Block {
    is_taken: AtomicBool,
    started: AtomicU64,
    /// By outcome. Most functions only ever succeed, so the rarer outcomes take memory when they first occur.
    ended: [OnceLock<Box<Histogram>>; Outcome::ALL.len()],
}

/// Durations of one outcome: a bucket for each bound, and one for what is above the last.
struct Histogram {
    buckets: Box<[AtomicU64]>,
    sum_ns: AtomicU64,
}

/// How often a site failed with one type of error. Errors are rare enough to share a counter between threads.
struct ErrorCount {
    name: ErrorName,
    count: AtomicU64,
}

/// Durations of one outcome, summed over threads, under the bounds of the site.
#[derive(Clone)]
pub(crate) struct Durations {
    pub(crate) bounds_ns: &'static [u64],
    pub(crate) buckets: Vec<u64>,
    pub(crate) sum_ns: u64,
}

impl Cells {
    pub(crate) const fn new() -> Cells {
        Cells { index: AtomicU32::new(0), blocks: Chain::new(), errors: Chain::new() }
    }

    /// The number of these cells in the process, from 0. Their first use takes the next free one.
    fn index(&self) -> usize {
        match self.index.load(Ordering::Relaxed) {
            0 => self.take_index(),
            taken => taken as usize - 1,
        }
    }

    #[cold]
    fn take_index(&self) -> usize {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let fresh = NEXT.fetch_add(1, Ordering::Relaxed);
        // A racing thread may have been first; then its number stands and ours stays unused.
        match self.index.compare_exchange(0, fresh, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => fresh as usize - 1,
            Err(taken) => taken as usize - 1,
        }
    }

    /// Counts an error. A program has few types of errors, but their kinds are the user's to name.
    pub(crate) fn count_error(&self, name: ErrorName) {
        let is_known = self.errors.iter().take(ERRORS_LIMIT).any(|error| error.name == name);
        let is_full = !is_known && self.errors.iter().nth(ERRORS_LIMIT).is_some();
        let name = if is_full { ErrorName::Kind(OTHER) } else { name };
        let fresh = || ErrorCount { name, count: AtomicU64::new(0) };
        self.errors.find_or_push(|error| error.name == name, fresh).count.fetch_add(1, Ordering::Relaxed);
    }

    /// How often each error occurred.
    pub(crate) fn errors(&self) -> impl Iterator<Item = (ErrorName, u64)> {
        self.errors.iter().map(|error| (error.name, error.count.load(Ordering::Relaxed)))
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
    pub(crate) fn durations(&self, outcome: Outcome, bounds_ns: &'static [u64]) -> Durations {
        let mut total = Durations::new(bounds_ns);
        for histogram in self.blocks.iter().filter_map(|block| block.histogram(outcome)) {
            histogram.add_to(&mut total);
        }
        total
    }
}

impl Durations {
    pub(crate) fn new(bounds_ns: &'static [u64]) -> Durations {
        Durations { bounds_ns, buckets: vec![0; bounds_ns.len() + 1], sum_ns: 0 }
    }

    /// Adds durations that were maybe counted under other bounds; each bucket goes where its upper bound belongs.
    pub(crate) fn add(&mut self, other: &Durations) {
        for (position, count) in other.buckets.iter().enumerate() {
            let bound = other.bounds_ns.get(position).copied().unwrap_or(u64::MAX);
            let position = self.bounds_ns.partition_point(|own| *own < bound);
            if let Some(total) = self.buckets.get_mut(position) {
                *total += count;
            }
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

    fn end(&self, outcome: Outcome, elapsed: Duration, bounds_ns: &[u64]) {
        if let Some(cell) = self.ended.get(outcome as usize) {
            cell.get_or_init(|| Box::new(Histogram::new(bounds_ns))).record(elapsed, bounds_ns);
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
    fn new(bounds_ns: &[u64]) -> Histogram {
        Histogram { buckets: (0..=bounds_ns.len()).map(|_| AtomicU64::new(0)).collect(), sum_ns: AtomicU64::new(0) }
    }

    fn record(&self, elapsed: Duration, bounds_ns: &[u64]) {
        let ns = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        let bucket = bounds_ns.partition_point(|bound| *bound < ns);
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
pub(crate) fn start(cells: &'static Cells) {
    with_block(cells, Block::start);
}

/// Counts the end of a call, maybe on another thread than its start.
pub(crate) fn end(cells: &'static Cells, outcome: Outcome, elapsed: Duration, bounds_ns: &'static [u64]) {
    with_block(cells, |block| block.end(outcome, elapsed, bounds_ns));
}

/// The blocks of this thread, by number of the cells.
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

fn with_block(cells: &'static Cells, write: impl Fn(&Block)) {
    let written = SHARD.try_with(|shard| {
        let Ok(mut blocks) = shard.0.try_borrow_mut() else { return false };
        write(block_of(cells, &mut blocks));
        true
    });
    if !written.unwrap_or(false) {
        // The thread's locals are gone: it is ending. Borrow a block for this one write.
        let block = take_block(cells);
        write(block);
        block.release();
    }
}

fn block_of(cells: &'static Cells, blocks: &mut Vec<Option<&'static Block>>) -> &'static Block {
    let index = cells.index();
    if let Some(Some(block)) = blocks.get(index) {
        return block;
    }
    first_block(cells, index, blocks)
}

#[cold]
fn first_block(cells: &'static Cells, index: usize, blocks: &mut Vec<Option<&'static Block>>) -> &'static Block {
    if blocks.len() <= index {
        blocks.resize(index + 1, None);
    }
    let block = take_block(cells);
    if let Some(slot) = blocks.get_mut(index) {
        *slot = Some(block);
    }
    block
}

#[cold]
fn take_block(cells: &'static Cells) -> &'static Block {
    cells.blocks.find_or_push(Block::try_take, Block::taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_types_of_errors_than_the_limit_are_other_and_the_sum_is_exact() {
        static CELLS: Cells = Cells::new();
        for number in 0..1_000_u32 {
            CELLS.count_error(ErrorName::Kind(String::leak(format!("kind {number}"))));
        }
        let counts: Vec<_> = CELLS.errors().collect();
        assert!(counts.len() <= ERRORS_LIMIT + 2, "{}", counts.len());
        assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), 1_000);
        assert!(counts.iter().any(|(name, _)| *name == ErrorName::Kind(OTHER)));
    }
}
