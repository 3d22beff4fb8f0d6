//! The cells of one annotated function: counted by the threads that call it, summed by whoever reads.
//!
//! Each thread has a [`Block`] per site and is its only writer, so counting is a plain load, add and store: no locked
//! instruction, no shared cache line. The blocks of a thread make a [`Shard`]. A shard outlives its thread: its blocks stay
//! in their sites' lists with their counts, and the next thread that comes takes the shard over, so threads that come and
//! go neither lose a count nor grow the memory.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::metrics::block::{Place, Row, Tally};
use crate::metrics::chain::Chain;
use crate::metrics::exemplar::{self, Exemplar, Slots};
use crate::metrics::family::OTHER;
use crate::metrics::page::{Number, Unit};
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
    /// The number of these cells in the process, or [`UNUSED`].
    index: AtomicU32,
    blocks: Chain<Block>,
    /// Every name that errors were counted under, by whatever thread.
    error_names: Chain<ErrorName>,
    /// By outcome. Nothing but two words before the first sampled trace.
    exemplars: OnceLock<Box<[OnceLock<Slots>; Outcome::ALL.len()]>>,
}

/// The index of cells that no thread has written yet. No shard has that many places.
const UNUSED: u32 = u32::MAX;

/// The cells that one thread writes for one site.
#[repr(align(64))]
pub(crate) struct Block {
    started: Tally,
    bounds_ns: &'static [u64],
    /// By outcome. Most functions only ever succeed, so the rarer outcomes take memory when they first occur.
    ended: [OnceLock<Row>; Outcome::ALL.len()],
    errors: Chain<(ErrorName, Tally)>,
}

/// Durations of one outcome, summed over threads, under the bounds of the site.
pub(crate) struct Durations {
    bounds_ns: &'static [u64],
    buckets: Vec<u64>,
    sum_ns: u64,
    /// Empty, unless they were read.
    exemplars: Vec<Option<Exemplar>>,
}

impl Cells {
    pub(crate) const fn new() -> Cells {
        Cells {
            index: AtomicU32::new(UNUSED),
            blocks: Chain::new(),
            error_names: Chain::new(),
            exemplars: OnceLock::new(),
        }
    }

    /// The number of these cells in the process, from 0. Their first use takes the next free one.
    #[cold]
    fn take_index(&self) -> usize {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        match self.index.load(Ordering::Relaxed) {
            UNUSED => {}
            taken => return taken as usize,
        }
        let fresh = NEXT.fetch_add(1, Ordering::Relaxed);
        // A racing thread may have been first; then its number stands and ours stays unused.
        match self.index.compare_exchange(UNUSED, fresh, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => fresh as usize,
            Err(taken) => taken as usize,
        }
    }

    /// How often each error occurred. A name may come more than once.
    pub(crate) fn errors(&self) -> impl Iterator<Item = (ErrorName, u64)> {
        self.blocks.iter().flat_map(|block| block.errors.iter()).map(|(name, count)| (*name, count.read()))
    }

    /// The calls that are running, over all threads.
    ///
    /// Ends are read before starts: a call that ends in between shows as running, and the number is never negative.
    pub(crate) fn in_flight(&self) -> u64 {
        let ended: u64 = self.blocks.iter().map(Block::ended).sum();
        let started: u64 = self.blocks.iter().map(|block| block.started.read()).sum();
        started.saturating_sub(ended)
    }

    /// Whether calls have ended so, or may.
    pub(crate) fn expects(&self, outcome: Outcome) -> bool {
        self.blocks.iter().any(|block| block.row(outcome).is_some())
    }

    /// Adds the durations of the calls with this outcome, over all threads.
    pub(crate) fn add_durations(&self, outcome: Outcome, total: &mut Durations) {
        for block in self.blocks.iter() {
            if let Some(row) = block.row(outcome) {
                total.add(row, block.bounds_ns);
            }
        }
    }

    /// Keeps the trace of a call that has ended so.
    pub(crate) fn keep_exemplar(&self, bounds_ns: &'static [u64], outcome: Outcome, exemplar: Exemplar) {
        let slots = self.exemplars.get_or_init(Box::default).get(outcome as usize);
        if let Some(slots) = slots {
            let slots = slots.get_or_init(|| Slots::new(bounds_ns.len() + 1));
            slots.keep(bucket(bounds_ns, exemplar.value), exemplar);
        }
    }

    /// Adds the traces of calls with this outcome.
    pub(crate) fn add_exemplars(&self, outcome: Outcome, total: &mut Durations) {
        total.exemplars.resize(total.buckets.len(), None);
        let slots = self.exemplars.get().and_then(|by_outcome| by_outcome.get(outcome as usize)?.get());
        for exemplar in slots.into_iter().flat_map(Slots::read) {
            exemplar::place(&mut total.exemplars, total.bounds_ns, exemplar);
        }
    }
}

impl Durations {
    pub(crate) fn new(bounds_ns: &'static [u64]) -> Durations {
        Durations { bounds_ns, buckets: vec![0; bounds_ns.len() + 1], sum_ns: 0, exemplars: Vec::new() }
    }

    /// Begins anew, in the same memory.
    pub(crate) fn clear(&mut self, bounds_ns: &'static [u64]) {
        self.bounds_ns = bounds_ns;
        self.buckets.clear();
        self.buckets.resize(bounds_ns.len() + 1, 0);
        self.sum_ns = 0;
        self.exemplars.clear();
    }

    pub(crate) fn number(&self) -> Number<'_> {
        Number::Histogram {
            unit: Unit::Nanosecond,
            bounds: self.bounds_ns,
            buckets: &self.buckets,
            sum: self.sum_ns,
            exemplars: &self.exemplars,
        }
    }

    fn add(&mut self, row: &Row, bounds_ns: &[u64]) {
        let sum_ns = match self.bounds_ns == bounds_ns {
            true => row.add_to(&mut self.buckets),
            false => self.add_other(row, bounds_ns),
        };
        self.sum_ns = self.sum_ns.saturating_add(sum_ns);
    }

    /// Adds durations that were counted under other bounds; each bucket goes where its upper bound belongs.
    fn add_other(&mut self, row: &Row, bounds_ns: &[u64]) -> u64 {
        let mut counts = vec![0; bounds_ns.len() + 1];
        let sum_ns = row.add_to(&mut counts);
        for (position, count) in counts.iter().enumerate() {
            let bound = bounds_ns.get(position).copied().unwrap_or(u64::MAX);
            let position = self.bounds_ns.partition_point(|own| *own < bound);
            if let Some(total) = self.buckets.get_mut(position) {
                *total += count;
            }
        }
        sum_ns
    }
}

impl Block {
    fn new(bounds_ns: &'static [u64]) -> Block {
        Block {
            started: Tally::default(),
            bounds_ns,
            ended: [const { OnceLock::new() }; Outcome::ALL.len()],
            errors: Chain::new(),
        }
    }

    #[inline]
    fn end(&self, outcome: Outcome, ns: u64) {
        if let Some(row) = self.ended.get(outcome as usize) {
            let row = row.get().unwrap_or_else(|| self.first_row(row));
            row.record(bucket(self.bounds_ns, ns), ns);
        }
    }

    #[cold]
    fn first_row<'a>(&self, row: &'a OnceLock<Row>) -> &'a Row {
        row.get_or_init(|| Row::new(self.bounds_ns.len()))
    }

    fn expect(&self, outcome: Outcome) {
        if let Some(row) = self.ended.get(outcome as usize)
            && row.get().is_none()
        {
            self.first_row(row);
        }
    }

    fn row(&self, outcome: Outcome) -> Option<&Row> {
        self.ended.get(outcome as usize)?.get()
    }

    fn ended(&self) -> u64 {
        self.ended.iter().filter_map(OnceLock::get).map(Row::count).sum()
    }

    fn count_error(&self, cells: &Cells, name: ErrorName) {
        match self.errors.iter().find(|(known, _)| known.is(&name)) {
            Some((_, count)) => count.increase(),
            None => self.count_first_error(cells, name),
        }
    }

    /// A program has few types of errors, but their kinds are the user's to name.
    #[cold]
    fn count_first_error(&self, cells: &Cells, name: ErrorName) {
        let named = cells.error_names.find_or_push_within(ERRORS_LIMIT, |known| *known == name, || name);
        let name = named.copied().unwrap_or(ErrorName::Kind(OTHER));
        let (_, count) = self.errors.find_or_push(|(known, _)| *known == name, || (name, Tally::default()));
        count.increase();
    }
}

/// The place of the first bound that is not less. Most calls are shorter than the first.
#[inline]
fn bucket(bounds_ns: &[u64], ns: u64) -> usize {
    match bounds_ns.first() {
        Some(first) if ns <= *first => 0,
        _ => bounds_ns.partition_point(|bound| *bound < ns),
    }
}

/// Upper bounds of the buckets of a block, in nanoseconds. Asked for when the block is made.
type Bounds = &'static [u64];

/// Counts the start of a call.
#[inline]
pub(crate) fn start(cells: &'static Cells, bounds_ns: impl FnOnce() -> Bounds) {
    with_block(cells, bounds_ns, |block| block.started.increase());
}

/// Counts the end of a call, maybe on another thread than its start.
#[inline]
pub(crate) fn end(cells: &'static Cells, bounds_ns: impl FnOnce() -> Bounds, outcome: Outcome, ns: u64) {
    with_block(cells, bounds_ns, |block| block.end(outcome, ns));
}

/// Makes an outcome one that calls can have, so that the first one is seen as an increase.
pub(crate) fn expect(cells: &'static Cells, bounds_ns: impl FnOnce() -> Bounds, outcome: Outcome) {
    with_block(cells, bounds_ns, |block| block.expect(outcome));
}

/// Counts an error.
pub(crate) fn count_error(cells: &'static Cells, bounds_ns: impl FnOnce() -> Bounds, name: ErrorName) {
    with_block(cells, bounds_ns, |block| block.count_error(cells, name));
}

/// The blocks of one thread, by number of the cells.
struct Shard {
    place: Place,
    /// Only the thread that has the place writes it. A table that became too small is left behind: all of them together
    /// are smaller than the last.
    table: Mutex<Table>,
}

type Table = &'static [OnceLock<&'static Block>];

/// The fewest places of a table.
const FIRST_TABLE: usize = 32;

static SHARDS: Chain<Shard> = Chain::new();

thread_local! {
    /// The table of this thread's shard; empty before the first call, and when the thread ends. It has no destructor, so it
    /// costs one instruction to reach and can be read to the very end.
    static TABLE: Cell<Table> = const { Cell::new(&[]) };
    static HELD: Held = Held(Shard::take());
}

/// The shard of a thread, for as long as the thread lives.
struct Held(&'static Shard);

impl Drop for Held {
    fn drop(&mut self) {
        TABLE.set(&[]);
        self.0.place.release();
    }
}

#[inline]
fn with_block(cells: &'static Cells, bounds_ns: impl FnOnce() -> Bounds, write: impl FnOnce(&Block)) {
    match known_block(cells) {
        Some(block) => write(block),
        None => with_first_block(cells, bounds_ns(), write),
    }
}

#[inline]
fn known_block(cells: &'static Cells) -> Option<&'static Block> {
    let index = cells.index.load(Ordering::Relaxed) as usize;
    TABLE.get().get(index)?.get().copied()
}

#[cold]
#[inline(never)]
fn with_first_block(cells: &'static Cells, bounds_ns: &'static [u64], write: impl FnOnce(&Block)) {
    let block = HELD.try_with(|held| {
        let (block, table) = held.0.block(cells, bounds_ns);
        TABLE.set(table);
        block
    });
    match block {
        Ok(block) => write(block),
        // The thread is ending and has given its shard back. It borrows one for this write.
        Err(_) => {
            let shard = Shard::take();
            write(shard.block(cells, bounds_ns).0);
            shard.place.release();
        }
    }
}

impl Shard {
    fn take() -> &'static Shard {
        let fresh = || {
            let shard = Shard { place: Place::default(), table: Mutex::new(&[]) };
            shard.place.try_take();
            shard
        };
        SHARDS.find_or_push(|shard| shard.place.try_take(), fresh)
    }

    /// The block of these cells, made when there is none, and the table that it is in.
    fn block(&self, cells: &'static Cells, bounds_ns: &'static [u64]) -> (&'static Block, Table) {
        let index = cells.take_index();
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if table.len() <= index {
            *table = grown(*table, index);
        }
        let fresh = || cells.blocks.find_or_push(|_| false, || Block::new(bounds_ns));
        let block = table.get(index).map(|slot| *slot.get_or_init(fresh));
        // There is a slot: the table was made for it.
        (block.unwrap_or_else(fresh), *table)
    }
}

fn grown(table: Table, index: usize) -> Table {
    let mut larger = table.to_vec();
    larger.resize((index + 1).next_power_of_two().max(FIRST_TABLE), OnceLock::new());
    Vec::leak(larger)
}

#[cfg(test)]
mod tests {
    use super::*;

    static BOUNDS: [u64; 2] = [1_000, 2_000];

    fn durations(cells: &Cells) -> Durations {
        let mut total = Durations::new(&BOUNDS);
        cells.add_durations(Outcome::Success, &mut total);
        total
    }

    #[test]
    fn more_types_of_errors_than_the_limit_are_other_and_the_sum_is_exact() {
        const EACH: u32 = if cfg!(miri) { 150 } else { 1_000 };
        static CELLS: Cells = Cells::new();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                scope.spawn(move || {
                    for number in 0..EACH {
                        let kind = ErrorName::Kind(String::leak(format!("kind {}", number + thread)));
                        count_error(&CELLS, || &BOUNDS, kind);
                    }
                });
            }
        });
        let mut counts = std::collections::HashMap::<_, u64>::new();
        CELLS.errors().for_each(|(name, count)| *counts.entry(name.label()).or_default() += count);
        assert_eq!(counts.len(), ERRORS_LIMIT + 1);
        assert_eq!(counts.values().sum::<u64>(), 8 * u64::from(EACH));
        assert!(counts.contains_key(OTHER));
    }

    #[test]
    fn threads_that_come_and_go_leave_their_counts_and_give_back_their_blocks() {
        // Miri takes its time.
        const THREADS: u64 = if cfg!(miri) { 10 } else { 1_000 };
        static CELLS: Cells = Cells::new();
        for _ in 0..THREADS {
            let call = || {
                start(&CELLS, || &BOUNDS);
                end(&CELLS, || &BOUNDS, Outcome::Success, 1_500);
            };
            std::thread::spawn(call).join().expect("it only counts");
        }
        let total = durations(&CELLS);
        assert_eq!((total.buckets.as_slice(), total.sum_ns), (&[0, THREADS, 0][..], THREADS * 1_500));
        // Tests beside this one may hold a shard for a moment.
        assert!(CELLS.blocks.iter().count() < 100, "{}", CELLS.blocks.iter().count());
    }

    #[test]
    fn cells_without_number_fit_no_table_and_more_cells_than_places_grow_it() {
        let all: Vec<&'static Cells> = (0..200).map(|_| &*Box::leak(Box::new(Cells::new()))).collect();
        for cells in &all {
            assert!(known_block(cells).is_none());
            end(cells, || &BOUNDS, Outcome::Success, u64::MAX);
        }
        for cells in &all {
            assert!(known_block(cells).is_some());
            end(cells, || &BOUNDS, Outcome::Success, 5);
            let total = durations(cells);
            assert_eq!((total.buckets.as_slice(), total.sum_ns), (&[1, 0, 1][..], u64::MAX));
        }
    }

    #[test]
    fn a_bound_belongs_to_its_bucket() {
        let places = [0, 1_000, 1_001, 2_000, 2_001, u64::MAX].map(|ns| bucket(&BOUNDS, ns));
        assert_eq!(places, [0, 0, 1, 1, 2, 2]);
        assert_eq!(bucket(&[], 7), 0);
    }

    #[test]
    fn a_histogram_series_holds_less_than_500_bytes() {
        let row = (1 + BOUNDS_NS.len() + 1).div_ceil(8) * 64;
        assert!(size_of::<Block>() + row <= 500, "{} and {row}", size_of::<Block>());
    }
}
