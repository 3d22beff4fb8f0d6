//! Writes a request to a language model into the metrics.

use crate::metrics::names::{TOKEN_DETAILS, TOKEN_TYPES};
use std::sync::Once;
use std::time::Duration;

use super::convention;
use super::gen_ai::{self, Told};
use super::money::Usd;
use super::price;
use super::query::{CostSource, Priced};
use super::scope::LlmScope;
use super::usage::{NoUsage, Reading, Usage};
use crate::linked;
use crate::metrics::exemplar::Exemplar;
use crate::metrics::{self, LLM, LlmFamilies, fault};
use crate::outcome::{ErrorName, Outcome};
use crate::site::Role;
use crate::workflow::Workflow;

/// The value of the labels `workflow` and `feature` of a request that belongs to none.
const NONE: &str = "none";

/// The reason of a request whose answer says nothing of tokens.
const NO_USAGE: &str = "no_usage";

/// The ends of calls that cost something as a rule. That of a panic is too rare for a zero of its own.
const SPENDING: [Outcome; 3] = [Outcome::Success, Outcome::Error, Outcome::Cancelled];

/// How a call of a language model ended.
#[derive(Clone, Copy)]
pub(super) struct Ending {
    pub(super) outcome: Outcome,
    /// What the error is called, if there was one.
    pub(super) error: Option<ErrorName>,
    pub(super) elapsed: Duration,
    /// From the call to the first item of its stream.
    pub(super) first: Option<Duration>,
    /// The trace that shows it.
    pub(super) exemplar: Option<Exemplar>,
}

/// What the answers to a call said, and what they cost, for the call's span.
#[derive(Debug, Default)]
pub(crate) struct Receipt {
    pub(crate) response_model: Option<String>,
    pub(crate) response_id: Option<String>,
    pub(crate) finish_reasons: Vec<String>,
    /// The tier that OpenAI served. The conventions have no name for the tiers of others.
    pub(crate) openai_tier: Option<String>,
    pub(crate) usage: Option<Usage>,
    pub(crate) cost: Option<Usd>,
    pub(crate) source: Option<CostSource>,
    /// The answer broke off: it took this or more.
    pub(crate) is_lower_bound: bool,
    /// The answer was counted before.
    pub(crate) is_repeated: bool,
    pub(crate) time_to_first: Option<Duration>,
    pub(crate) output_tokens_per_second: Option<f64>,
}

/// The labels that a request and its cost share.
struct Attribution<'a> {
    families: &'static LlmFamilies,
    provider: &'a str,
    model: &'a str,
    workflow: &'a str,
    feature: &'a str,
    status: &'static str,
}

/// Counts the requests of one call: one for each reading, or one without usage when there is none.
pub(super) fn requests(scope: &LlmScope, ending: Ending, readings: Vec<Reading>) -> Receipt {
    let mut receipt = Receipt { time_to_first: ending.first, ..Receipt::default() };
    let error_type = gen_ai::error_type(ending);
    duration(scope, ending, readings.last());
    Told::new(scope, readings.last(), &error_type).duration(ending);
    for reading in &readings {
        let by = attribution(scope, model_label(scope, reading), ending.outcome);
        request(&by);
        match &reading.usage {
            Ok(usage) => {
                Told::new(scope, Some(reading), &error_type).tokens(usage);
                answered(scope, &by, reading, usage, &mut receipt);
            }
            Err(reason) => unread(&by, *reason),
        }
    }
    if readings.is_empty() {
        let by = attribution(scope, scope.requested_model(), ending.outcome);
        request(&by);
        unanswered(&by, ending.outcome);
        if ending.outcome == Outcome::Error {
            Told::new(scope, None, &error_type).failed();
        }
    }
    receipt.output_tokens_per_second = rate(&receipt, ending);
    if let Some(last) = readings.into_iter().last() {
        receipt.response_model = last.model;
        receipt.response_id = last.response_id;
        receipt.finish_reasons = last.finish_reasons;
        let is_openai = matches!(convention::provider(scope.provider()), "openai" | "azure.ai.openai");
        receipt.openai_tier = last.service_tier.filter(|_| is_openai);
    }
    receipt
}

fn duration(scope: &LlmScope, ending: Ending, answer: Option<&Reading>) {
    let Ending { outcome, elapsed, first, exemplar, .. } = ending;
    let model = answer.map_or(scope.requested_model(), |answer| model_label(scope, answer));
    let durations = scope.families().durations.with(&[scope.provider(), model, outcome.label()]);
    durations.record_duration(elapsed);
    exemplar.into_iter().for_each(|exemplar| durations.keep(exemplar));
    if let Some(first) = first {
        scope.families().times_to_first_token.with(&[scope.provider(), model]).record_duration(first);
    }
}

/// Output tokens a second, from the first item of a stream to its end.
fn rate(receipt: &Receipt, ending: Ending) -> Option<f64> {
    let seconds = ending.elapsed.saturating_sub(ending.first?).as_secs_f64();
    let tokens = receipt.usage.as_ref()?.output_tokens;
    (seconds > 0.0).then_some(tokens as f64 / seconds)
}

fn attribution<'a>(scope: &'a LlmScope, model: &'a str, outcome: Outcome) -> Attribution<'a> {
    Attribution {
        families: scope.families(),
        provider: scope.provider(),
        model,
        workflow: scope.workflow().map_or(NONE, Workflow::name),
        feature: scope.feature().unwrap_or(NONE),
        status: outcome.label(),
    }
}

/// The model of the label: the one that answered, spelled as it was asked for when the answer only adds a date.
fn model_label<'a>(scope: &'a LlmScope, reading: &'a Reading) -> &'a str {
    let (asked, answered) = (scope.requested_model(), answered_model(scope, reading));
    let is_date = |tail: &str| tail.len() >= 5 && tail.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let added = answered.strip_prefix(asked).and_then(|tail| tail.strip_prefix(['-', '@']));
    if added.is_some_and(is_date) { asked } else { answered }
}

/// The model that answered, as the answer spells it, or the one that was asked when the answer does not say.
fn answered_model<'a>(scope: &'a LlmScope, reading: &'a Reading) -> &'a str {
    reading.model.as_deref().filter(|model| !model.is_empty()).unwrap_or(scope.requested_model())
}

fn request(by: &Attribution<'_>) {
    by.families.requests.with(&[by.provider, by.model, by.status, by.workflow, by.feature]).add(1);
}

fn answered(scope: &LlmScope, by: &Attribution<'_>, reading: &Reading, usage: &Usage, receipt: &mut Receipt) {
    tokens(by, usage);
    receipt.is_lower_bound |= reading.lower_bound;
    let total = receipt.usage.get_or_insert_default();
    total.add(usage);
    match scope.query().price_reading(reading) {
        Ok(Priced { cost, source, .. }) => {
            by.families.cost.with(&[by.provider, by.model, by.workflow, by.feature, by.status]).add(cost);
            scope.spend(cost);
            *receipt.cost.get_or_insert_default() += cost;
            receipt.source = Some(source);
        }
        Err(reason) => unpriced(by, reason.label()),
    }
}

fn tokens(by: &Attribution<'_>, usage: &Usage) {
    for (kind, count) in TOKEN_TYPES.into_iter().zip([usage.input_tokens, usage.output_tokens]) {
        by.families.tokens.with(&[by.provider, by.model, kind, by.workflow, by.feature]).add(count);
    }
    let details = [
        usage.cache_read_tokens,
        usage.cache_write_tokens,
        usage.reasoning_tokens,
        usage.input_audio_tokens.saturating_add(usage.output_audio_tokens),
        usage.input_image_tokens.saturating_add(usage.output_image_tokens),
    ];
    for (kind, count) in TOKEN_DETAILS.into_iter().zip(details) {
        if count > 0 {
            by.families.token_details.with(&[by.provider, by.model, kind]).add(count);
        }
    }
}

/// An answer whose usage is absent or makes no sense: its cost is not known, which is not zero.
fn unread(by: &Attribution<'_>, reason: NoUsage) {
    match reason {
        NoUsage::Missing => unpriced(by, NO_USAGE),
        NoUsage::Unreadable => {
            metrics::internal_error(fault::UNREADABLE_USAGE);
            unpriced(by, "bad_usage");
        }
    }
}

/// A call without any answer. A provider does not bill an error; of a dropped or unwound call nobody knows.
fn unanswered(by: &Attribution<'_>, outcome: Outcome) {
    match outcome {
        Outcome::Success => unpriced(by, NO_USAGE),
        Outcome::Error => {}
        Outcome::Panic | Outcome::Cancelled => unpriced(by, by.status),
    }
}

fn unpriced(by: &Attribution<'_>, reason: &'static str) {
    by.families.unpriced.with(&[by.provider, by.model, reason]).add(1);
}

/// Shows the series of functions that were not called yet as zeros, where the attribute names the model.
///
/// Done once, before the first page or when the program starts its telemetry. A call inside of a workflow has series of its
/// own, which begin when it does: see [`begun`].
pub(crate) fn show_zeros() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for site in linked::sites() {
            let Role::Llm(spec) = site.said.role else { continue };
            let Some(model) = spec.model else { continue };
            let provider = price::provider(spec.provider, model);
            zeros(&LLM, &provider, model, NONE, spec.feature.unwrap_or(NONE));
        }
    });
}

/// Shows the series of a request as zeros before it is answered, so that whoever looks meanwhile sees its cost as an
/// increase.
///
/// A model that somebody computes has them only when it has a price: a name that comes from outside may be invented, and
/// would have series beside the one that counts it.
pub(super) fn begun(scope: &LlmScope, is_literal: bool) {
    let (provider, model) = (scope.provider(), scope.requested_model());
    let by = attribution(scope, model, Outcome::Success);
    let is_shown = by.families.requests.knows(&[provider, model, by.status, by.workflow, by.feature]);
    if !is_shown && (is_literal || price::has_price(provider, model)) {
        zeros(by.families, provider, model, by.workflow, by.feature);
    }
}

fn zeros(families: &LlmFamilies, provider: &str, model: &str, workflow: &str, feature: &str) {
    families.unpriced.with(&[provider, model, NO_USAGE]);
    for status in [Outcome::Success, Outcome::Error] {
        families.requests.with(&[provider, model, status.label(), workflow, feature]);
        families.durations.with(&[provider, model, status.label()]);
    }
    for kind in ["prompt", "completion"] {
        families.tokens.with(&[provider, model, kind, workflow, feature]);
    }
    // A zero says that nothing was spent. Of a model without a price nobody can say that.
    if price::has_price(provider, model) {
        for status in SPENDING {
            families.cost.with(&[provider, model, workflow, feature, status.label()]);
        }
    }
}
