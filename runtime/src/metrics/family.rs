//! Families whose label values are known only at run time: models, features, reasons.
//!
//! They are counted once for each request to a language model or each fault, so a shared cell behind a lock that
//! readers share is quick enough. Their number of series is bounded.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use prometheus::proto;

use crate::llm::money::Usd;
use crate::metrics::names::{Kind, Metric};
use crate::{redact, warning};

/// The most series of one family. What comes after falls into series whose free labels are [`OTHER`].
pub(crate) const SERIES_LIMIT: usize = 2_000;
/// The value of a free label beyond the limit.
pub(crate) const OTHER: &str = "other";
/// The most bytes of a label value.
const LABEL_CAP: usize = 256;

/// The label values of one series, in the order of the metric's labels.
type Labels = Box<[Box<str>]>;

/// A family of series that share a name.
pub(crate) struct Family<C> {
    pub(crate) metric: &'static Metric,
    series: RwLock<BTreeMap<Labels, Arc<C>>>,
    /// The same series by a hash of their labels, so that one that is known is found without an allocation.
    known: RwLock<BTreeMap<u64, Known<C>>>,
    has_warned: AtomicBool,
}

/// A series, and the labels that prove that the hash meant it.
struct Known<C> {
    labels: Labels,
    cell: Arc<C>,
}

/// A number that a series holds.
pub(crate) trait Cell: Default {
    /// Writes the number into a sample.
    fn write_to(&self, sample: &mut proto::Metric, kind: Kind);
}

impl<C: Cell> Family<C> {
    pub(crate) const fn new(metric: &'static Metric) -> Family<C> {
        Family {
            metric,
            series: RwLock::new(BTreeMap::new()),
            known: RwLock::new(BTreeMap::new()),
            has_warned: AtomicBool::new(false),
        }
    }

    /// The cell of the series with these label values, made when it is new.
    pub(crate) fn with(&self, labels: &[&str]) -> Arc<C> {
        let hash = hash(labels);
        self.known(hash, labels).unwrap_or_else(|| self.with_unknown(hash, labels))
    }

    fn known(&self, hash: u64, labels: &[&str]) -> Option<Arc<C>> {
        let all = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let known = all.get(&hash)?;
        known.labels.iter().map(|value| &**value).eq(labels.iter().copied()).then(|| known.cell.clone())
    }

    #[cold]
    fn with_unknown(&self, hash: u64, labels: &[&str]) -> Arc<C> {
        let labels = self.clean(labels);
        let cell = self.series.read().unwrap_or_else(PoisonError::into_inner).get(&labels).cloned();
        let cell = cell.unwrap_or_else(|| self.insert(labels.clone()));
        self.remember(hash, labels);
        cell
    }

    /// Beyond the limit there is no series of these labels, and nothing to remember.
    fn remember(&self, hash: u64, labels: Labels) {
        let own = self.series.read().unwrap_or_else(PoisonError::into_inner).get(&labels).cloned();
        if let Some(cell) = own {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            if known.len() < SERIES_LIMIT {
                known.entry(hash).or_insert(Known { labels, cell });
            }
        }
    }

    #[cold]
    fn insert(&self, labels: Labels) -> Arc<C> {
        let mut series = self.series.write().unwrap_or_else(PoisonError::into_inner);
        let is_new = !series.contains_key(&labels);
        if is_new && series.len() >= SERIES_LIMIT {
            self.warn_once();
            return series.entry(self.without_free_values(&labels)).or_default().clone();
        }
        series.entry(labels).or_default().clone()
    }

    /// Free labels take what the program gets from outside, and that may be anything.
    fn clean(&self, values: &[&str]) -> Labels {
        let is_free = self.metric.labels.iter().map(|label| label.is_free).chain(std::iter::repeat(true));
        let values = values.iter().zip(is_free);
        values.map(|(value, is_free)| if is_free { clean(&redact::text(value)) } else { clean(value) }).collect()
    }

    fn without_free_values(&self, labels: &Labels) -> Labels {
        let values = labels.iter().zip(self.metric.labels);
        values.map(|(value, label)| if label.is_free { OTHER.into() } else { value.clone() }).collect()
    }

    fn warn_once(&self) {
        if !self.has_warned.swap(true, Ordering::Relaxed) {
            let name = self.metric.name;
            warning::warn(format!("`{name}` has {SERIES_LIMIT} series; new label values are counted as `{OTHER}`"));
        }
    }

    /// The samples of all series, in the order of their labels.
    pub(crate) fn collect(&self) -> Vec<proto::Metric> {
        let series = self.series.read().unwrap_or_else(PoisonError::into_inner);
        let sample = |(labels, cell): (&Labels, &Arc<C>)| {
            let mut sample = super::sample(self.metric, labels);
            cell.write_to(&mut sample, self.metric.kind);
            sample
        };
        series.iter().map(sample).collect()
    }

    /// Calls `visit` with the label values and the cell of each series.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(&[Box<str>], &C)) {
        for (labels, cell) in self.series.read().unwrap_or_else(PoisonError::into_inner).iter() {
            visit(labels, cell);
        }
    }
}

/// Two sets of labels that share a hash are told apart by the labels; the second is then found the long way.
fn hash(labels: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    labels.hash(&mut hasher);
    hasher.finish()
}

/// A label value without control characters, not longer than the cap.
pub(crate) fn clean(value: &str) -> Box<str> {
    let end = (0..=LABEL_CAP.min(value.len())).rev().find(|&at| value.is_char_boundary(at)).unwrap_or(0);
    let value = value.get(..end).unwrap_or_default();
    match value.contains(char::is_control) {
        true => value.replace(char::is_control, " ").into(),
        false => value.into(),
    }
}

/// A count that saturates instead of wrapping.
#[derive(Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, more: u64) {
        let add = |count: u64| Some(count.saturating_add(more));
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Cell for Count {
    fn write_to(&self, sample: &mut proto::Metric, _: Kind) {
        super::write_counter(sample, self.get() as f64);
    }
}

/// An exact sum of money.
#[derive(Default)]
pub(crate) struct Money(Mutex<Usd>);

impl Money {
    pub(crate) fn add(&self, more: Usd) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += more;
    }
}

impl Cell for Money {
    fn write_to(&self, sample: &mut proto::Metric, _: Kind) {
        let total = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        super::write_counter(sample, total.to_f64());
    }
}

/// Upper bounds of the duration of LLM requests, in milliseconds (GenAI conventions, `gen_ai.client.operation.duration`).
const LLM_BOUNDS_MS: [u64; 14] = [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240, 20480, 40960, 81920];

/// Durations of requests to language models.
#[derive(Default)]
pub(crate) struct LlmDurations(Mutex<LlmHistogram>);

#[derive(Default)]
struct LlmHistogram {
    buckets: [u64; LLM_BOUNDS_MS.len() + 1],
    sum: Duration,
}

impl LlmDurations {
    pub(crate) fn record(&self, elapsed: Duration) {
        let bucket = LLM_BOUNDS_MS.partition_point(|bound| Duration::from_millis(*bound) < elapsed);
        let mut histogram = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = histogram.buckets.get_mut(bucket) {
            *count += 1;
        }
        histogram.sum = histogram.sum.saturating_add(elapsed);
    }
}

impl Cell for LlmDurations {
    fn write_to(&self, sample: &mut proto::Metric, _: Kind) {
        let histogram = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bounds = LLM_BOUNDS_MS.map(|bound| bound as f64 / 1e3);
        super::write_histogram(sample, &bounds, &histogram.buckets, histogram.sum.as_secs_f64());
    }
}

/// Upper bounds of the tokens of a request (GenAI conventions, `gen_ai.client.token.usage`): the powers of four.
const TOKEN_BOUNDS: [u64; 14] =
    [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

/// Tokens of requests to language models.
#[derive(Default)]
pub(crate) struct TokenCounts(Mutex<TokenHistogram>);

#[derive(Default)]
struct TokenHistogram {
    buckets: [u64; TOKEN_BOUNDS.len() + 1],
    sum: u64,
}

impl TokenCounts {
    pub(crate) fn record(&self, tokens: u64) {
        let bucket = TOKEN_BOUNDS.partition_point(|bound| *bound < tokens);
        let mut histogram = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = histogram.buckets.get_mut(bucket) {
            *count += 1;
        }
        histogram.sum = histogram.sum.saturating_add(tokens);
    }
}

impl Cell for TokenCounts {
    fn write_to(&self, sample: &mut proto::Metric, _: Kind) {
        let histogram = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bounds = TOKEN_BOUNDS.map(|bound| bound as f64);
        super::write_histogram(sample, &bounds, &histogram.buckets, histogram.sum as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::names;

    fn counts(family: &Family<Count>) -> Vec<(Vec<String>, u64)> {
        let mut seen = Vec::new();
        family.for_each(|labels, count| seen.push((labels.iter().map(ToString::to_string).collect(), count.get())));
        seen
    }

    #[test]
    fn beyond_the_limit_free_labels_become_other_and_the_sum_stays_exact() {
        let family: Family<Count> = Family::new(&names::LLM_UNPRICED);
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let family = &family;
                scope.spawn(move || {
                    for model in 0..1_000 {
                        family.with(&["openai", &format!("invented-{thread}-{model}"), "unknown_model"]).add(1);
                    }
                });
            }
        });
        let counts = counts(&family);
        assert_eq!(counts.len(), SERIES_LIMIT + 1);
        assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), 8_000);
        let other = ["other", "other", "unknown_model"].map(str::to_owned).to_vec();
        assert!(counts.contains(&(other, 6_000)));
    }

    #[test]
    fn label_values_are_short_and_on_one_line() {
        let family: Family<Count> = Family::new(&names::DROPPED);
        family.with(&["a\nb", &"é".repeat(200)]).add(u64::MAX);
        family.with(&["a\nb", &"é".repeat(300)]).add(1);
        assert_eq!(counts(&family), [(vec!["a b".to_owned(), "é".repeat(128)], u64::MAX)]);
    }
}
