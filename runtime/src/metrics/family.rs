//! Families whose label values are known only at run time: models, features, reasons.
//!
//! They are counted once for each request to a language model or each fault, so a shared cell behind a lock that
//! readers share is quick enough. Their number of series is bounded.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use crate::llm::money::Usd;
use crate::metrics::histogram::Bounds;
use crate::metrics::names::Metric;
use crate::metrics::page::{Number, Page, Unit, push_label};
use crate::{redact, warning};

/// The most series of one family. What comes after falls into series whose free labels are [`OTHER`].
pub(crate) const SERIES_LIMIT: usize = 2_000;
/// The value of a free label beyond the limit.
pub(crate) const OTHER: &str = "other";
/// The most bytes of a label value.
const LABEL_CAP: usize = 256;

/// The label values of one series, in the order of the metric's labels.
type Labels = Arc<[Box<str>]>;

/// A family of series that share a name.
pub(crate) struct Family<C> {
    pub(crate) metric: &'static Metric,
    series: RwLock<BTreeMap<Labels, Series<C>>>,
    /// The same series by a hash of their labels, so that one that is known is found without an allocation.
    known: RwLock<BTreeMap<u64, Known<C>>>,
    has_warned: AtomicBool,
}

struct Series<C> {
    /// The labels as they stand on the page, made for the first page: a call does not wait for it.
    text: OnceLock<Box<str>>,
    cell: Arc<C>,
}

impl<C> Series<C> {
    fn cell(&self) -> Arc<C> {
        Arc::clone(&self.cell)
    }
}

/// A series, and the labels that prove that the hash meant it.
struct Known<C> {
    labels: Labels,
    cell: Arc<C>,
}

/// A number that a series holds.
pub(crate) trait Cell: Default {
    /// Shows the number as the sample with these labels.
    fn show(&self, labels: &str, page: &mut dyn Page);
}

/// So many series are read before a writer who waits with a new one has his turn: less than a microsecond of work.
const BATCH: usize = 16;

impl<C: Default> Family<C> {
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
        let own = self.own(&labels);
        let cell = own.unwrap_or_else(|| self.insert(Arc::clone(&labels)));
        self.remember(hash, labels);
        cell
    }

    /// Whether a call with these label values was seen before.
    pub(crate) fn knows(&self, labels: &[&str]) -> bool {
        self.known(hash(labels), labels).is_some()
    }

    fn own(&self, labels: &Labels) -> Option<Arc<C>> {
        self.series.read().unwrap_or_else(PoisonError::into_inner).get(labels).map(Series::cell)
    }

    /// Beyond the limit there is no series of these labels, and nothing to remember.
    fn remember(&self, hash: u64, labels: Labels) {
        if let Some(cell) = self.own(&labels) {
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
            return self.cell_of(&mut series, self.without_free_values(&labels));
        }
        self.cell_of(&mut series, labels)
    }

    fn cell_of(&self, series: &mut BTreeMap<Labels, Series<C>>, labels: Labels) -> Arc<C> {
        series.entry(labels).or_insert_with(|| Series { text: OnceLock::new(), cell: Arc::default() }).cell()
    }

    fn text_of(&self, labels: &Labels) -> Box<str> {
        let mut text = String::new();
        self.metric
            .labels
            .iter()
            .zip(labels.iter())
            .for_each(|(label, value)| push_label(&mut text, label.name, value));
        text.into()
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

    /// Calls `visit` with the label values and the cell of each series.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(&[Box<str>], &C)) {
        for (labels, series) in self.series.read().unwrap_or_else(PoisonError::into_inner).iter() {
            visit(labels, &series.cell);
        }
    }
}

impl<C: Cell> Family<C> {
    /// Shows all series, in the order of their labels.
    pub(crate) fn show(&self, page: &mut dyn Page) -> ControlFlow<()> {
        page.begin(self.metric);
        let mut last = None;
        loop {
            last = self.show_batch(last, page);
            page.rest()?;
            if last.is_none() {
                return ControlFlow::Continue(());
            }
        }
    }

    /// Shows some series behind the last one, and says which is the last one now if there are more.
    fn show_batch(&self, last: Option<Labels>, page: &mut dyn Page) -> Option<Labels> {
        let series = self.series.read().unwrap_or_else(PoisonError::into_inner);
        let behind = last.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut all = series.range::<Labels, _>((behind, Bound::Unbounded));
        let mut shown = None;
        for (labels, series) in all.by_ref().take(BATCH) {
            series.cell.show(series.text.get_or_init(|| self.text_of(labels)), page);
            shown = Some(labels);
        }
        all.next().and(shown).cloned()
    }
}

/// Two sets of labels that share a hash are told apart by the labels; the second is then found the long way. So nothing
/// is gained by who finds such a pair, and a hash that takes a few nanoseconds is good enough: it is asked for some ten
/// times for each request.
fn hash(labels: &[&str]) -> u64 {
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    labels.iter().fold(0, |hash, label| {
        let (words, rest) = label.as_bytes().as_chunks::<8>();
        let hash = words.iter().fold(hash, |hash, word| mix(hash, u64::from_le_bytes(*word)));
        let rest = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        mix(mix(hash, rest), label.len() as u64)
    })
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
    fn show(&self, labels: &str, page: &mut dyn Page) {
        page.sample(labels, Number::Whole(self.get()));
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
    fn show(&self, labels: &str, page: &mut dyn Page) {
        let total = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        page.sample(labels, Number::Real(total.to_f64()));
    }
}

/// Durations of requests to language models.
pub(crate) struct LlmDurations;

impl Bounds for LlmDurations {
    /// GenAI conventions, `gen_ai.client.operation.duration`.
    const BOUNDS: [u64; 14] = [
        10_000_000,
        20_000_000,
        40_000_000,
        80_000_000,
        160_000_000,
        320_000_000,
        640_000_000,
        1_280_000_000,
        2_560_000_000,
        5_120_000_000,
        10_240_000_000,
        20_480_000_000,
        40_960_000_000,
        81_920_000_000,
    ];
    const UNIT: Unit = Unit::Nanosecond;
}

/// Tokens of requests to language models.
pub(crate) struct TokenCounts;

impl Bounds for TokenCounts {
    /// GenAI conventions, `gen_ai.client.token.usage`: the powers of four.
    const BOUNDS: [u64; 14] =
        [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];
    const UNIT: Unit = Unit::One;
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

    #[test]
    fn ten_million_costs_sum_to_the_pico_dollar() {
        const THREADS: u128 = 8;
        const EACH: u128 = 1_250_000;
        let family: Family<Money> = Family::new(&names::LLM_COST);
        let labels = ["openai", "gpt-4o-mini", "none", "none", "success"];
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                let cell = family.with(&labels);
                scope.spawn(move || (1..=EACH).for_each(|cost| cell.add(Usd::from_pico_dollars(cost))));
            }
        });
        let total = *family.with(&labels).0.lock().unwrap();
        assert_eq!(total, Usd::from_pico_dollars(THREADS * EACH * (EACH + 1) / 2));
    }
}
