//! The numbers: counted always, read by whoever asks.
//!
//! [`registry`] exists from the first instruction of the program. There is no recorder to install, so a call made
//! before `init` counts, and metrics of your own in the same registry appear on the same page:
//!
//! ```
//! use taximeter_runtime::metrics;
//!
//! let orders = prometheus::IntCounter::new("orders_total", "Orders that were placed.")?;
//! metrics::registry().register(Box::new(orders.clone()))?;
//! orders.inc();
//!
//! let page = prometheus::TextEncoder::new().encode_to_string(&metrics::registry().gather())?;
//! assert!(page.contains("orders_total 1"));
//! # Ok::<(), prometheus::Error>(())
//! ```
//!
//! Or, with names, units and labels checked: [`counter`], [`gauge`], [`up_down`], [`histogram`], [`observable_gauge`].

mod block;
pub(crate) mod cell;
pub(crate) mod chain;
mod collector;
mod custom;
pub(crate) mod exemplar;
pub(crate) mod family;
mod gather;
pub(crate) mod histogram;
#[doc(hidden)]
pub mod http;
mod index;
pub mod names;
mod page;
mod registry;

/// The atomics of [`block`], which a model exchanges for its own.
mod sync {
    pub(super) use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
}

use std::sync::OnceLock;

use crate::llm::gen_ai::GenAiFamilies;
use crate::{redact, warning};
#[doc(hidden)]
pub use collector::show;
#[doc(hidden)]
pub use exemplar::{Candidate, Exemplar, exemplars_of};
#[doc(hidden)]
pub use gather::{gather_others, with_ours};
#[doc(hidden)]
pub use page::{Number, Page, Unit};

use collector::Families;
pub use custom::{
    Builder, Counter, CounterSeries, Gauge, GaugeSeries, Histogram, HistogramSeries, MetricError, ObservableGauge,
    UpDown, UpDownSeries, counter, gauge, histogram, observable_gauge, up_down,
};
#[doc(hidden)]
pub use custom::{Busy, ask, ask_until};
use family::{Count, Family, LlmDurations, Money};
use histogram::Spread;
pub use registry::Registry;

/// What requests to language models are counted in.
pub(crate) static LLM: LlmFamilies = LlmFamilies::new();
static DROPPED: Family<Count> = Family::new(&names::DROPPED);
static REDACTIONS: Family<Count> = Family::new(&names::REDACTIONS);
static INTERNAL_ERRORS: Family<Count> = Family::new(&names::INTERNAL_ERRORS);
static BUILD: OnceLock<Build> = OnceLock::new();

/// The families of requests to language models.
pub(crate) struct LlmFamilies {
    pub(crate) requests: Family<Count>,
    pub(crate) durations: Family<Spread<LlmDurations>>,
    pub(crate) times_to_first_token: Family<Spread<LlmDurations>>,
    pub(crate) tokens: Family<Count>,
    pub(crate) token_details: Family<Count>,
    pub(crate) cost: Family<Money>,
    pub(crate) unpriced: Family<Count>,
    /// By the names of the conventions.
    pub(crate) gen_ai: GenAiFamilies,
}

impl LlmFamilies {
    pub(crate) const fn new() -> LlmFamilies {
        LlmFamilies {
            requests: Family::new(&names::LLM_REQUESTS),
            durations: Family::new(&names::LLM_REQUEST_DURATION),
            times_to_first_token: Family::new(&names::LLM_TIME_TO_FIRST_TOKEN),
            tokens: Family::new(&names::LLM_TOKENS),
            token_details: Family::new(&names::LLM_TOKEN_DETAILS),
            cost: Family::new(&names::LLM_COST),
            unpriced: Family::new(&names::LLM_UNPRICED),
            gen_ai: GenAiFamilies::new(),
        }
    }
}

/// The service that this process runs.
struct Build {
    service_name: String,
    version: String,
}

/// The registry that holds every metric of taximeter, and those of yours that you register with it.
pub fn registry() -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(|| {
        let registry = Registry::new();
        // Not as collectors of the program: the page shows them itself.
        let all = registry.clone();
        let ours = Families::new().and_then(|families| all.register(Box::new(families)));
        if let Err(error) = ours.and_then(|()| all.register(Box::new(custom::Own::new()))) {
            warning::warn(format!("the metrics of taximeter could not be registered: {error}"));
        }
        registry
    })
}

/// Counts telemetry that was lost: `count` items of `signal` ("traces", "logs", ...) because of `reason`.
///
/// A count of zero shows the series, so that the first loss is seen as an increase.
#[doc(hidden)]
pub fn dropped(signal: &'static str, reason: &'static str, count: u64) {
    DROPPED.with(&[signal, reason]).add(count);
}

/// Counts a fault that taximeter met and survived.
#[doc(hidden)]
#[cold]
pub fn internal_error(kind: &'static str) {
    INTERNAL_ERRORS.with(&[kind]).add(1);
}

/// Counts secrets that were masked.
pub(crate) fn redacted(rule: &'static str, secrets: u64) {
    REDACTIONS.with(&[rule]).add(secrets);
}

/// The faults of this crate, as values of the label `kind`.
pub(crate) mod fault {
    /// A `Display`, `Debug` or `source` of the user's panicked while an error was put into words.
    pub(crate) const USER_CODE_PANICKED: &str = "user_code_panicked";
    /// An answer's usage makes no sense.
    pub(crate) const UNREADABLE_USAGE: &str = "unreadable_usage";
    /// `llm::report` was called where no request is open.
    pub(crate) const REPORT_OUTSIDE: &str = "report_outside_llm_cost";
    /// `llm::report` was called in one request more often than it keeps.
    pub(crate) const TOO_MANY_REPORTS: &str = "too_many_reports";

    /// A budget has no amount of dollars, an unknown time zone, or the name of another one.
    pub(crate) const BAD_BUDGET: &str = "bad_budget";
    /// A key of workflow data or baggage that can be none, or one too many.
    pub(crate) const BAD_CONTEXT_KEY: &str = "bad_context_key";

    /// A value that no metric can hold: not finite, or less than nothing for a counter.
    pub(crate) const BAD_VALUE: &str = "bad_value";
    /// A callback of an observable metric that has not returned in its time.
    pub(crate) const CALLBACK_BLOCKED: &str = "callback_blocked";

    /// A collector of the program that has not returned in its time.
    pub(crate) const COLLECTOR_BLOCKED: &str = "collector_blocked";
    /// A collector of the program that panicked.
    pub(crate) const COLLECTOR_PANIC: &str = "collector_panic";
    /// A family of the program that no page can show.
    pub(crate) const ENCODE: &str = "encode";

    pub(super) const ALL: [&str; 11] = [
        USER_CODE_PANICKED,
        UNREADABLE_USAGE,
        REPORT_OUTSIDE,
        TOO_MANY_REPORTS,
        BAD_BUDGET,
        BAD_CONTEXT_KEY,
        BAD_VALUE,
        CALLBACK_BLOCKED,
        COLLECTOR_BLOCKED,
        COLLECTOR_PANIC,
        ENCODE,
    ];
}

/// Shows the faults that did not happen yet as zeros, so that the first one is seen as an increase.
fn show_zero_faults() {
    for kind in fault::ALL {
        INTERNAL_ERRORS.with(&[kind]);
    }
    for rule in redact::RULES {
        REDACTIONS.with(&[rule]);
    }
}

/// Telemetry that was lost so far.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// What was lost: "traces", "logs", ...
    pub signal: String,
    /// Why it was lost.
    pub reason: String,
    /// How many items.
    pub count: u64,
}

/// Everything in `taximeter_dropped_total` that is not zero.
#[doc(hidden)]
pub fn losses() -> Vec<Loss> {
    let mut losses = Vec::new();
    DROPPED.for_each(|labels, count| {
        if let ([signal, reason], count @ 1..) = (labels, count.get()) {
            losses.push(Loss { signal: signal.to_string(), reason: reason.to_string(), count });
        }
    });
    losses
}

/// Sets the labels of `build_info`. The first call counts; later ones change nothing.
#[doc(hidden)]
pub fn set_build_info(service_name: &str, version: &str) {
    let _ = BUILD.set(Build { service_name: service_name.to_owned(), version: version.to_owned() });
}

/// The warnings that came up since the last call, oldest first, for the log.
#[doc(hidden)]
pub fn take_warnings() -> Vec<String> {
    warning::take()
}
