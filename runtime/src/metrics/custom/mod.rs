//! Metrics of the program's own, on the same page.
//!
//! Names, units and labels are checked when a metric is registered, once, at the start of the program. Asking for the same
//! metric again gives the same one.

pub(super) mod ask;
mod cells;
mod name;
mod observable;
mod sample;

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use prometheus::core::{Collector, Desc};
use prometheus::proto::{self, MetricFamily};

use super::family::Family;
use super::names::{Kind, Label, Metric};
use super::{fault, gather, internal_error};

pub use ask::{Busy, ask, deadline as ask_until};
use cells::{Distribution, Number};
use observable::Observed;

/// The most metrics of one program.
const METRICS_LIMIT: usize = 1_000;

/// Upper bounds of a histogram that says nothing else: what suits durations in seconds.
const DEFAULT_BOUNDS: [f64; 15] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// A count that only grows.
///
/// ```
/// use taximeter_runtime::metrics;
///
/// let orders = metrics::counter("shop_orders", "Orders that were placed.").labels(["tier"]).register()?;
/// orders.with(["gold"]).inc();
/// orders.with(["gold"]).add(2.0);
///
/// let page = prometheus::TextEncoder::new().encode_to_string(&metrics::registry().gather()).unwrap();
/// assert!(page.contains("shop_orders_total{tier=\"gold\"} 3"));
/// # Ok::<(), metrics::MetricError>(())
/// ```
pub fn counter(name: &str, help: &str) -> Builder<Counter> {
    Builder::new(name, help)
}

/// A number that is set: a temperature, the length of a queue.
///
/// ```
/// use taximeter_runtime::metrics;
///
/// let size = metrics::gauge("shop_cache_size", "What the cache holds.").unit("bytes").register()?;
/// size.set(4096.0); // shop_cache_size_bytes 4096
/// # Ok::<(), metrics::MetricError>(())
/// ```
pub fn gauge(name: &str, help: &str) -> Builder<Gauge> {
    Builder::new(name, help)
}

/// A number that goes up and down by what is added: the open carts.
///
/// ```
/// use taximeter_runtime::metrics;
///
/// let carts = metrics::up_down("shop_open_carts", "Carts that are not paid yet.").register()?;
/// carts.add(1.0);
/// carts.add(-1.0);
/// # Ok::<(), metrics::MetricError>(())
/// ```
pub fn up_down(name: &str, help: &str) -> Builder<UpDown> {
    Builder::new(name, help)
}

/// How values are spread over buckets.
///
/// ```
/// use taximeter_runtime::metrics;
///
/// let values = metrics::histogram("shop_order_value", "What an order is worth.")
///     .unit("euros")
///     .buckets([10.0, 100.0, 1000.0])
///     .register()?;
/// values.record(42.0);
/// # Ok::<(), metrics::MetricError>(())
/// ```
pub fn histogram(name: &str, help: &str) -> Builder<Histogram> {
    Builder::new(name, help)
}

/// A number that is asked for whenever the page is.
///
/// The callback runs on a thread of its own. One that panics, or does not return within 250 ms, costs its own sample and
/// nothing else; one that is still at it is not asked again meanwhile.
///
/// ```
/// use taximeter_runtime::metrics;
///
/// metrics::observable_gauge("shop_queue_length", "Orders that wait.").observe(|| 3.0)?;
/// metrics::observable_gauge("shop_stock", "What is in stock.")
///     .labels(["warehouse"])
///     .observe_each(|| vec![(["north".to_owned()], 7.0), (["south".to_owned()], 0.0)])?;
/// # Ok::<(), metrics::MetricError>(())
/// ```
pub fn observable_gauge(name: &str, help: &str) -> Builder<ObservableGauge> {
    Builder::new(name, help)
}

/// Why a metric cannot be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricError(String);

impl fmt::Display for MetricError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for MetricError {}

/// What a metric shall be, before it is registered.
#[derive(Debug)]
#[must_use = "nothing is counted before `register`"]
pub struct Builder<M, const L: usize = 0> {
    name: String,
    help: String,
    unit: Option<String>,
    labels: [String; L],
    bounds: Vec<f64>,
    metric: PhantomData<M>,
}

impl<M> Builder<M> {
    fn new(name: &str, help: &str) -> Builder<M> {
        let bounds = DEFAULT_BOUNDS.to_vec();
        Builder { name: name.to_owned(), help: help.to_owned(), unit: None, labels: [], bounds, metric: PhantomData }
    }

    /// The names of its labels. Their values must be few: beyond 2,000 series new ones become `other`.
    pub fn labels<const L: usize>(self, names: [&str; L]) -> Builder<M, L> {
        let Builder { name, help, unit, bounds, metric, .. } = self;
        Builder { name, help, unit, labels: names.map(str::to_owned), bounds, metric }
    }
}

impl<M, const L: usize> Builder<M, L> {
    /// The unit, a base unit in the plural: `seconds`, `bytes`, `ratio`, or what you count in. It becomes the end of the
    /// name, unless the name has it already.
    pub fn unit(mut self, unit: &str) -> Self {
        self.unit = Some(unit.to_owned());
        self
    }

    /// The family of this metric, which is made when it is new.
    fn family(&self, kind: Kind, make: fn(&'static Metric, &'static [f64]) -> Made) -> Result<Made, MetricError> {
        let name = name::full(&self.name, self.unit.as_deref(), kind)?;
        name::check_labels(&self.labels)?;
        let help = name::help(&self.help)?;
        let mut metrics = lock();
        if let Some(known) = metrics.get(name.as_str()) {
            let is_same = known.metric.kind == kind
                && known.metric.labels.iter().map(|label| label.name).eq(self.labels.iter().map(String::as_str))
                && known.bounds.is_none_or(|bounds| bounds == self.bounds);
            let message = || MetricError(format!("`{name}` is registered already, as something else"));
            return if is_same { Ok(known.clone()) } else { Err(message()) };
        }
        if metrics.len() >= METRICS_LIMIT {
            return Err(MetricError(format!("a program has {METRICS_LIMIT} metrics of its own at most")));
        }
        let labels =
            self.labels.iter().map(|label| Label { name: String::leak(label.clone()), is_free: true, values: &[] });
        // Leaked: a metric lives as long as the process, and there are at most as many as the limit says.
        let labels = Vec::leak(labels.collect());
        let name: &'static str = String::leak(name);
        let metric = Box::leak(Box::new(Metric { name, kind, help: String::leak(help), labels }));
        let made = make(metric, Vec::leak(self.bounds.clone()));
        metrics.insert(name, made.clone());
        drop(metrics);
        super::registry();
        Ok(made)
    }
}

/// A metric that was registered.
#[derive(Clone)]
struct Made {
    metric: &'static Metric,
    /// Of a histogram.
    bounds: Option<&'static [f64]>,
    values: Values,
}

#[derive(Clone, Copy)]
enum Values {
    Numbers(&'static Family<Number>),
    Distributions(&'static Family<Distribution>),
    Observed(&'static Observed),
}

fn numbers(metric: &'static Metric, _: &'static [f64]) -> Made {
    let family = Box::leak(Box::new(Family::new(metric)));
    if metric.labels.is_empty() {
        // A zero, not a hole.
        family.with(&[]);
    }
    Made { metric, bounds: None, values: Values::Numbers(family) }
}

fn distributions(metric: &'static Metric, bounds: &'static [f64]) -> Made {
    let family: &'static Family<Distribution> = Box::leak(Box::new(Family::new(metric)));
    if metric.labels.is_empty() {
        family.with(&[]).set_bounds(bounds);
    }
    Made { metric, bounds: Some(bounds), values: Values::Distributions(family) }
}

fn observed(metric: &'static Metric, _: &'static [f64]) -> Made {
    let observed = Box::leak(Box::default());
    Made { metric, bounds: None, values: Values::Observed(observed) }
}

fn lock() -> MutexGuard<'static, BTreeMap<&'static str, Made>> {
    static METRICS: Mutex<BTreeMap<&'static str, Made>> = Mutex::new(BTreeMap::new());
    METRICS.lock().unwrap_or_else(PoisonError::into_inner)
}

macro_rules! handles {
    ($($(#[$doc:meta])* $handle:ident = $kind:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $handle<const L: usize = 0>(&'static Family<Number>);

        impl<const L: usize> Builder<$handle, L> {
            /// Registers the metric.
            ///
            /// # Errors
            ///
            /// When a name, a unit or a label breaks a rule of Prometheus, is taken, or the name is registered as
            /// something else.
            pub fn register(self) -> Result<$handle<L>, MetricError> {
                match self.family(Kind::$kind, numbers)?.values {
                    Values::Numbers(family) => Ok($handle(family)),
                    _ => Err(MetricError(format!("`{}` is registered already, as something else", self.name))),
                }
            }
        }

        impl<const L: usize> fmt::Debug for $handle<L> {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.debug_tuple(stringify!($handle)).field(&self.0.metric.name).finish()
            }
        }
    )+};
}

handles! {
    /// See [`counter`].
    Counter = Counter;
    /// See [`gauge`].
    Gauge = Gauge;
    /// See [`up_down`].
    UpDown = Gauge;
}

/// See [`histogram`].
#[derive(Clone, Copy)]
pub struct Histogram<const L: usize = 0> {
    family: &'static Family<Distribution>,
    bounds: &'static [f64],
}

impl<const L: usize> Builder<Histogram, L> {
    /// The upper bounds of the buckets, finite and rising, 40 at most. Without them those of durations in seconds.
    pub fn buckets(mut self, bounds: impl IntoIterator<Item = f64>) -> Self {
        self.bounds = bounds.into_iter().collect();
        self
    }

    /// Registers the metric.
    ///
    /// # Errors
    ///
    /// As for a counter, and when the buckets are none.
    pub fn register(self) -> Result<Histogram<L>, MetricError> {
        name::check_bounds(&self.bounds)?;
        match self.family(Kind::Histogram, distributions)? {
            Made { values: Values::Distributions(family), bounds: Some(bounds), .. } => {
                Ok(Histogram { family, bounds })
            }
            _ => Err(MetricError(format!("`{}` is registered already, as something else", self.name))),
        }
    }
}

/// See [`observable_gauge`].
#[derive(Debug)]
pub struct ObservableGauge(());

impl Builder<ObservableGauge> {
    /// Registers the metric and the callback that gives its value. A second callback takes the place of the first.
    ///
    /// # Errors
    ///
    /// As for a counter.
    pub fn observe(self, value: impl Fn() -> f64 + Send + Sync + 'static) -> Result<(), MetricError> {
        self.observe_as(move || vec![(Vec::new(), value())])
    }
}

impl<const L: usize> Builder<ObservableGauge, L> {
    /// The same for a metric with labels: the callback gives the values of the labels with each number.
    ///
    /// # Errors
    ///
    /// As for a counter.
    pub fn observe_each(
        self,
        values: impl Fn() -> Vec<([String; L], f64)> + Send + Sync + 'static,
    ) -> Result<(), MetricError> {
        self.observe_as(move || values().into_iter().map(|(labels, value)| (labels.to_vec(), value)).collect())
    }

    fn observe_as(self, read: impl Fn() -> observable::Samples + Send + Sync + 'static) -> Result<(), MetricError> {
        match self.family(Kind::Gauge, observed)?.values {
            Values::Observed(observed) => observed.set(read),
            _ => return Err(MetricError(format!("`{}` is registered already, as something else", self.name))),
        }
        Ok(())
    }
}

macro_rules! series {
    ($($handle:ident => $series:ident { $($(#[$doc:meta])* $name:ident($($value:ident)?) = $do:expr;)+ })+) => {$(
        impl<const L: usize> $handle<L> {
            /// The series with these values of the labels.
            pub fn with(&self, labels: [&str; L]) -> $series {
                $series(self.0.with(&labels))
            }
        }

        /// One series of the metric.
        #[derive(Clone, Debug)]
        pub struct $series(std::sync::Arc<Number>);

        impl $series {
            $($(#[$doc])* pub fn $name(&self $(, $value: f64)?) {
                let apply: fn(&Number $(, series!(@f64 $value))?) = $do;
                apply(&self.0 $(, $value)?);
            })+
        }

        impl $handle {
            $($(#[$doc])* pub fn $name(&self $(, $value: f64)?) {
                self.with([]).$name($($value)?);
            })+
        }
    )+};
    (@f64 $value:ident) => { f64 };
}

series! {
    Counter => CounterSeries {
        /// Adds one.
        inc() = |number| number.count(1.0);
        /// Adds so many. What is negative or no finite number is not counted, but in `taximeter_internal_errors_total`.
        add(more) = |number, more| number.count(more);
    }
    Gauge => GaugeSeries {
        /// Sets the value. What is no finite number changes nothing.
        set(value) = |number, value| number.set(value);
    }
    UpDown => UpDownSeries {
        /// Adds so many, also less than nothing. What is no finite number changes nothing.
        add(more) = |number, more| number.add(more);
    }
}

impl<const L: usize> Histogram<L> {
    /// The series with these values of the labels.
    pub fn with(&self, labels: [&str; L]) -> HistogramSeries {
        HistogramSeries { cell: self.family.with(&labels), bounds: self.bounds }
    }
}

impl Histogram {
    /// Counts a value. What is no finite number is not counted.
    pub fn record(&self, value: f64) {
        self.with([]).record(value);
    }
}

impl<const L: usize> fmt::Debug for Histogram<L> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Histogram").field(&self.family.metric.name).finish()
    }
}

/// One series of a histogram.
#[derive(Clone, Debug)]
pub struct HistogramSeries {
    cell: std::sync::Arc<Distribution>,
    bounds: &'static [f64],
}

impl HistogramSeries {
    /// Counts a value. What is no finite number is not counted.
    pub fn record(&self, value: f64) {
        self.cell.record(self.bounds, value);
    }
}

/// A value that cannot be counted.
#[cold]
fn refuse_value() {
    internal_error(fault::BAD_VALUE);
}

/// Shows every metric of the program's own.
pub(super) struct Own(());

impl Own {
    pub(super) fn new() -> Own {
        Own(())
    }

    pub(super) fn families(&self) -> Vec<MetricFamily> {
        // Callbacks may register metrics: the lock is not held while they run.
        let metrics: Vec<Made> = lock().values().cloned().collect();
        let deadline = ask::deadline();
        metrics.iter().map(|made| sample::family(made.metric, made.samples(deadline))).collect()
    }
}

impl Collector for Own {
    fn desc(&self) -> Vec<&Desc> {
        // The registry tells collectors apart by this; the families are not known yet.
        static DESC: OnceLock<Option<Desc>> = OnceLock::new();
        let make = || Desc::new("taximeter_own".to_owned(), "Own.".to_owned(), Vec::new(), Default::default()).ok();
        DESC.get_or_init(make).iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        if gather::is_page() { Vec::new() } else { self.families() }
    }
}

impl Made {
    fn samples(&self, deadline: std::time::Instant) -> Vec<proto::Metric> {
        let mut samples = Vec::new();
        match self.values {
            Values::Numbers(family) => {
                family.for_each(|labels, number| samples.push(sample::number(self.metric, labels, number.get())));
            }
            Values::Distributions(family) => {
                family.for_each(|labels, spread| samples.push(spread.sample(self.metric, labels)));
            }
            Values::Observed(observed) => samples = observed.samples(self.metric, deadline),
        }
        samples
    }
}
