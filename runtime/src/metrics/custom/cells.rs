//! The numbers that a series holds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use prometheus::proto;

use super::{refuse_value, sample};
use crate::metrics::names::Metric;

/// A number with a fraction, kept as its bits.
#[derive(Debug, Default)]
pub(crate) struct Number(AtomicU64);

impl Number {
    pub(crate) fn set(&self, value: f64) {
        if value.is_finite() {
            self.0.store(value.to_bits(), Ordering::Relaxed);
        } else {
            refuse_value();
        }
    }

    pub(crate) fn add(&self, more: f64) {
        if !more.is_finite() {
            return refuse_value();
        }
        let add = |bits| Some((f64::from_bits(bits) + more).clamp(f64::MIN, f64::MAX).to_bits());
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Adds to what only grows.
    pub(crate) fn count(&self, more: f64) {
        if more >= 0.0 { self.add(more) } else { refuse_value() }
    }

    pub(super) fn get(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }
}

/// Values in buckets. The bounds are those of its metric, and come with the first value.
#[derive(Debug, Default)]
pub(crate) struct Distribution {
    bounds: OnceLock<&'static [f64]>,
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    buckets: Vec<u64>,
    sum: f64,
}

impl Distribution {
    pub(crate) fn set_bounds(&self, bounds: &'static [f64]) {
        let _ = self.bounds.set(bounds);
    }

    pub(crate) fn record(&self, bounds: &'static [f64], value: f64) {
        if !value.is_finite() {
            return refuse_value();
        }
        self.set_bounds(bounds);
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.buckets.resize(bounds.len() + 1, 0);
        let bucket = bounds.partition_point(|bound| *bound < value);
        if let Some(count) = counted.buckets.get_mut(bucket) {
            *count += 1;
        }
        counted.sum = (counted.sum + value).clamp(f64::MIN, f64::MAX);
    }

    /// The sample of these labels.
    pub(super) fn sample(&self, metric: &Metric, labels: &[Box<str>]) -> proto::Metric {
        let bounds = self.bounds.get().copied().unwrap_or_default();
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.buckets.resize(bounds.len() + 1, 0);
        sample::histogram(metric, labels, bounds, &counted.buckets, counted.sum)
    }
}
