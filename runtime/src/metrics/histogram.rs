//! A histogram that many threads share, for what happens too rarely to need a cell of each thread.

use std::marker::PhantomData;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

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
    bounds: PhantomData<fn() -> B>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    buckets: [u64; COUNT + 1],
    sum: u64,
}

impl<B> Default for Spread<B> {
    fn default() -> Self {
        Spread { counts: Mutex::default(), bounds: PhantomData }
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
}

impl<B: Bounds> Cell for Spread<B> {
    fn show(&self, labels: &str, page: &mut dyn Page) {
        let Counts { buckets, sum } = *self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        page.sample(labels, Number::Histogram { unit: B::UNIT, bounds: &B::BOUNDS, buckets: &buckets, sum });
    }
}
