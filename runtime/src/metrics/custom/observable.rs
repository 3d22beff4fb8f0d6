//! A gauge whose values are asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use prometheus::proto;

use super::ask::{Busy, ask};
use super::{refuse_value, sample};
use crate::metrics::family::{SERIES_LIMIT, clean};
use crate::metrics::names::Metric;

/// The values of the labels with each number.
pub(super) type Samples = Vec<(Vec<String>, f64)>;

type Read = dyn Fn() -> Samples + Send + Sync;

/// The callback of a gauge.
#[derive(Default)]
pub(super) struct Observed {
    read: Mutex<Option<Arc<Read>>>,
    busy: Busy,
}

impl Observed {
    pub(super) fn set(&self, read: impl Fn() -> Samples + Send + Sync + 'static) {
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(read));
    }

    /// One sample for each set of label values; of two, the last one.
    pub(super) fn samples(&self, metric: &Metric, deadline: Instant) -> Vec<proto::Metric> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(read) = read else { return Vec::new() };
        let values = ask(&self.busy, deadline, move || read()).unwrap_or_default();
        let mut series = BTreeMap::new();
        for (labels, value) in values.into_iter().take(SERIES_LIMIT) {
            if value.is_finite() {
                series.insert(labels.iter().map(|label| clean(label)).collect::<Vec<_>>(), value);
            } else {
                refuse_value();
            }
        }
        series.into_iter().map(|(labels, value)| sample::number(metric, &labels, value)).collect()
    }
}
