//! What one thread writes and any other may read: the atomics of a block, and the order in which they are touched.
//!
//! The file names its atomics by way of `super::sync`, so that a model (`tests/tests/cells.rs`) can run this very code in
//! every order that threads may take.

use super::sync::{AtomicBool, AtomicU64, Ordering};

/// Numbers that only one thread at a time adds to, with room for eight in a cache line that no other thread writes.
#[repr(align(64))]
struct Line([AtomicU64; 8]);

/// Durations of one outcome: their sum, a bucket for each bound, and a bucket for what is above the last.
pub(crate) struct Row {
    /// The sum is the first number, the buckets follow.
    lines: Box<[Line]>,
    buckets: usize,
}

impl Row {
    /// An empty row for this many bounds.
    pub(crate) fn new(bounds: usize) -> Row {
        let line = |_| Line(std::array::from_fn(|_| AtomicU64::new(0)));
        let buckets = bounds + 1;
        Row { lines: (0..(1 + buckets).div_ceil(8)).map(line).collect(), buckets }
    }

    fn number(&self, position: usize) -> Option<&AtomicU64> {
        self.lines.get(position / 8)?.0.get(position % 8)
    }

    /// Counts a duration in its bucket. The bucket comes before the sum.
    #[inline]
    pub(crate) fn record(&self, bucket: usize, ns: u64) {
        if let (Some(count), Some(sum)) = (self.number(1 + bucket), self.number(0)) {
            add(count, 1);
            add(sum, ns);
        }
    }

    /// Adds this row to a total over rows, and gives its sum.
    ///
    /// The sum is read before the buckets: the buckets hold every duration that is in it, and maybe some that ended just
    /// now. A mean is never too large. The count is the sum of the buckets, so these two always agree. What the sum
    /// acquires is seen in the buckets, so these need no order of their own.
    pub(crate) fn add_to(&self, total: &mut [u64]) -> u64 {
        let sum = self.number(0).map_or(0, |sum| sum.load(Ordering::Acquire));
        for (total, bucket) in total.iter_mut().zip(0..self.buckets) {
            *total += self.number(1 + bucket).map_or(0, |count| count.load(Ordering::Relaxed));
        }
        sum
    }

    /// How many durations were counted. Who reads the starts afterwards sees at least as many.
    pub(crate) fn count(&self) -> u64 {
        (0..self.buckets).filter_map(|bucket| self.number(1 + bucket)).map(|count| count.load(Ordering::Acquire)).sum()
    }
}

/// A count that only one thread at a time adds to.
#[derive(Default)]
pub(crate) struct Tally(AtomicU64);

impl Tally {
    #[inline]
    pub(crate) fn increase(&self) {
        add(&self.0, 1);
    }

    pub(crate) fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Adds to a number that only this thread writes: no locked instruction. Released, so that who sees an end also sees its
/// start.
#[inline]
fn add(number: &AtomicU64, more: u64) {
    number.store(number.load(Ordering::Relaxed).saturating_add(more), Ordering::Release);
}

/// Who may write: one thread at a time.
#[derive(Default)]
pub(crate) struct Place {
    is_taken: AtomicBool,
}

impl Place {
    /// Makes the calling thread the only writer, unless there is one. It sees all that the last one wrote.
    pub(crate) fn try_take(&self) -> bool {
        self.is_taken.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Lets another thread become the writer.
    pub(crate) fn release(&self) {
        self.is_taken.store(false, Ordering::Release);
    }
}
