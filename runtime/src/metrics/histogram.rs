//! A histogram that many threads share, for what happens too rarely to need a cell of each thread.

use std::marker::PhantomData;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::exemplar::{Exemplar, Slots, place};
use super::family::Cell;
use super::page::{Number, Page, Unit};

/// The number of bounds that the conventions give each of their histograms.
const COUNT: usize = 14;

/// What a histogram counts.
pub(crate) trait Bounds: 'static {
    /// Upper bounds of its buckets, rising.
    const BOUNDS: [u64; COUNT];
    /// What the bounds are in.
    const UNIT: Unit;
}

/// How values are spread over the buckets of a histogram, and their sum.
pub(crate) struct Spread<B> {
    counts: Mutex<Counts>,
    /// In a box: most series never have one.
    exemplars: OnceLock<Box<Slots>>,
    bounds: PhantomData<fn() -> B>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    buckets: [u64; COUNT + 1],
    sum: u64,
}

impl<B> Default for Spread<B> {
    fn default() -> Self {
        Spread { counts: Mutex::default(), exemplars: OnceLock::new(), bounds: PhantomData }
    }
}

impl<B: Bounds> Spread<B> {
    pub(crate) fn record(&self, value: u64) {
        let bucket = B::BOUNDS.partition_point(|bound| *bound < value);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.buckets.get_mut(bucket) {
            *count += 1;
        }
        counts.sum = counts.sum.saturating_add(value);
    }

    /// Records a duration, of a histogram in nanoseconds.
    pub(crate) fn record_duration(&self, elapsed: Duration) {
        self.record(u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Keeps the trace of a value that was recorded.
    pub(crate) fn keep(&self, exemplar: Exemplar) {
        let bucket = B::BOUNDS.partition_point(|bound| *bound < exemplar.value);
        self.exemplars.get_or_init(|| Box::new(Slots::new(COUNT + 1))).keep(bucket, exemplar);
    }

    fn exemplars(&self) -> [Option<Exemplar>; COUNT + 1] {
        let mut exemplars = [None; COUNT + 1];
        for exemplar in self.exemplars.get().into_iter().flat_map(|slots| slots.read()) {
            place(&mut exemplars, &B::BOUNDS, exemplar);
        }
        exemplars
    }
}

impl<B: Bounds> Cell for Spread<B> {
    fn show(&self, labels: &str, page: &mut dyn Page) {
        let Counts { buckets, sum } = *self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let exemplars = page.wants_exemplars().then(|| self.exemplars());
        let exemplars = exemplars.as_ref().map_or(&[][..], |exemplars| exemplars);
        page.sample(labels, Number::Histogram { unit: B::UNIT, bounds: &B::BOUNDS, buckets: &buckets, sum, exemplars });
    }
}
