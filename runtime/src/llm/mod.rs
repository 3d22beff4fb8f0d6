//! Requests to language models: their usage, and what they cost.
//!
//! `#[llm_cost]` reads the usage from what the function returns, see [`LlmResponse`]. A function that returns only text
//! reports it from inside:
//!
//! ```
//! use taximeter_runtime as taximeter;
//! use taximeter::llm::{self, Usage};
//! use taximeter::llm_cost;
//!
//! #[llm_cost(model = "gpt-4o-mini", provider = "openai", crate = ::taximeter_runtime)]
//! fn summarise(text: &str) -> String {
//!     let (summary, prompt, completion) = (text.to_uppercase(), 12, 8); // from the provider's answer
//!     llm::report(&Usage::new(prompt, completion));
//!     summary
//! }
//!
//! summarise("short");
//! ```

pub(crate) mod budget;
mod clients;
pub(crate) mod convention;
pub(crate) mod gen_ai;
pub(crate) mod money;
pub(crate) mod notes;
mod price;
mod query;
pub(crate) mod record;
mod repeats;
mod reported;
pub(crate) mod scope;
mod shapes;
pub(crate) mod spec;
mod stream;
pub(crate) mod usage;
mod warm;

pub use budget::{Budget, BudgetExceeded};
pub use money::ParseUsdError;
pub use price::{PricesError, load_prices, prices_date, reset_prices, set_prices, undo_prices};
pub use query::{CostSource, PriceQuery, Priced, Unpriced};
pub use stream::{LlmChunk, StreamUsage};
pub use usage::{LlmResponse, NoUsage, Part, Reading, Usage};

use crate::metrics::{self, fault};
use crate::warning;
use scope::LlmScope;

/// Tells the `#[llm_cost]` function that is running what an answer took.
///
/// Each answer that a provider bills is reported once; a function that asks several times reports several times.
/// Returns whether a running `#[llm_cost]` function took note. Outside of one nothing is counted but
/// `taximeter_internal_errors_total{kind="report_outside_llm_cost"}`, and the first time there is a warning.
pub fn report(answer: &(impl LlmResponse + ?Sized)) -> bool {
    let Some(scope) = LlmScope::current() else {
        report_outside();
        return false;
    };
    let is_kept = scope.report(usage::read(answer));
    if !is_kept {
        metrics::internal_error(fault::TOO_MANY_REPORTS);
    }
    is_kept
}

/// Tells the `#[llm_cost]` function that is running that its answer comes from a cache of the program's own.
///
/// No provider was asked, so the call is no request and costs nothing, whatever usage the answer carries from the time when
/// it was made. What was [reported](report) still counts. Returns whether a running `#[llm_cost]` function took note.
///
/// ```
/// use taximeter_runtime as taximeter;
/// use taximeter::llm::{self, Usage};
/// use taximeter::llm_cost;
///
/// #[llm_cost(model = "gpt-4o-mini", provider = "openai", crate = ::taximeter_runtime)]
/// fn ask(question: &str, known: Option<&(String, Usage)>) -> (String, Usage) {
///     if let Some(answer) = known {
///         llm::from_cache();
///         return answer.clone();
///     }
///     (question.to_uppercase(), Usage::new(12, 8)) // from the provider
/// }
///
/// let answer = ask("what?", None); // a request
/// ask("what?", Some(&answer)); // none
/// ```
pub fn from_cache() -> bool {
    let scope = LlmScope::current();
    if let Some(scope) = &scope {
        scope.take_from_cache();
    }
    scope.is_some()
}

#[cold]
fn report_outside() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    metrics::internal_error(fault::REPORT_OUTSIDE);
    ONCE.call_once(|| {
        warning::warn("`llm::report` was called outside of an `#[llm_cost]` function; nothing is recorded".to_owned());
    });
}

/// Gives a feature a budget, as `Config::budget` does. Returns whether the budget can be kept; when not, there is a warning.
///
/// What `#[llm_cost(feature = "answers")]` functions cost is then spent of it, beside the budget that their attribute names.
pub fn set_feature_budget(feature: &str, budget: &Budget) -> bool {
    budget::give_feature(feature, budget)
}

/// Takes the names of the newest GenAI conventions, as `OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental` asks, or
/// those of v1.41 again.
#[doc(hidden)]
pub fn take_latest_conventions(latest: bool) {
    convention::take_latest(latest);
}

/// Makes a program ready for its first request, which then finds what it would have to make. It still takes longer than
/// later ones.
///
/// The price table is read once, the series of the functions whose attributes name a model are made, and a request is
/// rehearsed, which nobody counts. `init` does it; a program without `init` may.
pub fn warm_prices() {
    warm::run(false);
}

/// The same, and the subscriber sees the spans of the rehearsal: for who has set one that keeps quiet about them.
#[doc(hidden)]
pub fn rehearse() {
    warm::run(true);
}
