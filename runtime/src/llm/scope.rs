//! An open request to a language model, as the code inside of it sees it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::budget::{self, Account, BudgetExceeded};
use super::notes::Stream;
use super::price;
use super::query::PriceQuery;
use super::record::{self, Ending, Receipt};
use super::repeats;
use super::spec::LlmSpec;
use super::usage::{NoUsage, Reading};
use crate::Usd;
use crate::context;
use crate::metrics::LlmFamilies;
use crate::metrics::exemplar::Exemplar;
use crate::opening::Opening;
use crate::outcome::{ErrorName, Outcome};
use crate::span::UNKNOWN;
use crate::workflow::Workflow;

/// The most readings that one call may report. A call that reports more reports in a loop; what is beyond is lost, and
/// counted as such.
const REPORTS_CAP: usize = 10_000;

/// How many requests around a request are told of it. Requests that nest deeper nest without end.
const NESTING_CAP: usize = 64;

/// One call of an `#[llm_cost]` function. It travels in the context, so that [`report`](super::report) finds it.
#[derive(Clone)]
pub(crate) struct LlmScope(Arc<Inner>);

struct Inner {
    /// Where it is counted.
    families: &'static LlmFamilies,
    provider: String,
    model: String,
    feature: Option<&'static str>,
    operation: &'static str,
    workflow: Option<Workflow>,
    /// What the price depends on, and the answer does not say.
    context: Vec<(&'static str, String)>,
    /// When the request was made: prices change.
    at: SystemTime,
    /// The budget of the attribute, and that of the feature.
    budgets: [Option<&'static Account>; 2],
    is_refused: AtomicBool,
    is_from_cache: AtomicBool,
    outer: Option<LlmScope>,
    depth: usize,
    reports: Mutex<Vec<Reading>>,
    stream: Stream,
    nested: Mutex<Nested>,
}

/// What the requests that were made inside of a request have counted already.
#[derive(Default)]
struct Nested {
    /// Some request was counted.
    has_requests: bool,
    /// Some request was counted with its usage.
    has_usage: bool,
    /// The ids of the answers that were counted.
    response_ids: Vec<String>,
}

impl LlmScope {
    /// The scope of a request that begins.
    pub(crate) fn open(spec: LlmSpec, opening: Option<&Opening>) -> LlmScope {
        let model = opening.and_then(|opening| opening.model.as_deref()).or(spec.model);
        let model = model.filter(|model| !model.is_empty()).unwrap_or(UNKNOWN);
        // A task that starts the next one inside of itself would keep all its ancestors.
        let outer = LlmScope::current().filter(|outer| outer.0.depth < NESTING_CAP);
        let workflow = Workflow::innermost();
        let feature = spec.feature.or_else(|| workflow.as_ref().and_then(Workflow::feature));
        let scope = LlmScope(Arc::new(Inner {
            families: spec.families(),
            provider: price::provider(spec.provider, model),
            model: model.to_owned(),
            feature,
            operation: spec.operation,
            workflow,
            context: opening.map(|opening| opening.context.clone()).unwrap_or_default(),
            at: SystemTime::now(),
            budgets: budgets(&spec, feature),
            is_refused: AtomicBool::new(false),
            is_from_cache: AtomicBool::new(false),
            depth: outer.as_ref().map_or(0, |outer| outer.0.depth + 1),
            outer,
            reports: Mutex::new(Vec::new()),
            stream: Stream::default(),
            nested: Mutex::default(),
        }));
        record::begun(&scope, spec.model.is_some());
        scope
    }

    /// The innermost request that is open here.
    pub(crate) fn current() -> Option<LlmScope> {
        context::current()
    }

    pub(super) fn families(&self) -> &'static LlmFamilies {
        self.0.families
    }

    pub(crate) fn provider(&self) -> &str {
        &self.0.provider
    }

    pub(crate) fn requested_model(&self) -> &str {
        &self.0.model
    }

    pub(crate) fn operation(&self) -> &'static str {
        self.0.operation
    }

    pub(crate) fn feature(&self) -> Option<&'static str> {
        self.0.feature
    }

    /// What is known of its stream, if it has one.
    pub(super) fn stream(&self) -> &Stream {
        &self.0.stream
    }

    pub(crate) fn workflow(&self) -> Option<&Workflow> {
        self.0.workflow.as_ref()
    }

    /// Asks what an answer of this request costs.
    pub(super) fn query(&self) -> PriceQuery {
        let query = PriceQuery::new(self.provider(), self.requested_model()).at(self.0.at);
        self.0.context.iter().fold(query, |query, (key, value)| query.context(*key, value))
    }

    /// Refuses the request if one of its budgets is used up.
    pub(crate) fn refuse(&self) -> Option<BudgetExceeded> {
        let exceeded = |account: &&Account| account.exceeded(self.workflow(), self.0.at);
        let refusal = self.0.budgets.iter().flatten().find_map(exceeded)?;
        self.0.is_refused.store(true, Ordering::Relaxed);
        Some(refusal)
    }

    /// Whether no model was asked, because a budget is used up.
    pub(crate) fn is_refused(&self) -> bool {
        self.0.is_refused.load(Ordering::Relaxed)
    }

    /// Notes that the answer comes from a cache of the program's own.
    pub(super) fn take_from_cache(&self) {
        self.0.is_from_cache.store(true, Ordering::Relaxed);
    }

    /// Books the cost of an answer on the workflow and the budgets.
    pub(super) fn spend(&self, cost: Usd) {
        if let Some(workflow) = self.workflow() {
            workflow.add_cost(cost);
        }
        let now = SystemTime::now();
        for account in self.0.budgets.iter().flatten() {
            account.spend(cost, self.workflow(), now);
        }
    }

    /// Notes the usage of one answer. Returns whether it was kept.
    pub(crate) fn report(&self, reading: Reading) -> bool {
        let mut reports = lock(&self.0.reports);
        let has_room = reports.len() < REPORTS_CAP;
        if has_room {
            reports.push(reading);
        }
        has_room
    }

    /// Counts the request, or the requests when several were reported, now that the call has ended.
    ///
    /// What was reported from inside always counts. What the returned value or the stream says counts too, unless a report
    /// or a request inside of this one told of the same answer.
    pub(crate) fn settle(
        &self,
        outcome: Outcome,
        elapsed: Duration,
        returned: Option<Reading>,
        exemplar: Option<Exemplar>,
        error: Option<ErrorName>,
    ) -> Receipt {
        if self.is_refused() {
            return Receipt::default();
        }
        let streamed = self.0.stream.finish(outcome);
        let first = streamed.as_ref().and_then(|streamed| streamed.first);
        let answer = returned.filter(|reading| says_something(reading, outcome));
        let answer = answer.or_else(|| streamed?.reading).filter(|reading| !self.has_counted(reading));
        let is_asked = !self.0.is_from_cache.load(Ordering::Relaxed);
        let mut readings = std::mem::take(&mut *lock(&self.0.reports));
        readings.extend(answer.filter(|answer| is_asked && is_another(answer, &readings)));
        if readings.is_empty() && !is_asked {
            return Receipt::default();
        }
        let is_repeated = self.forget_repeated(&mut readings);
        if is_repeated && readings.is_empty() {
            return Receipt { is_repeated, ..Receipt::default() };
        }
        if readings.is_empty() && lock(&self.0.nested).has_requests {
            return Receipt::default();
        }
        self.tell_outer(&readings);
        record::requests(self, Ending { outcome, error, elapsed, first, exemplar }, readings)
    }

    /// Leaves out the answers that were counted by an earlier call. Returns whether there were any.
    fn forget_repeated(&self, readings: &mut Vec<Reading>) -> bool {
        let before = readings.len();
        readings.retain(|reading| !repeats::is_repeated(self.provider(), self.operation(), reading));
        readings.len() < before
    }

    /// Whether a request inside of this one has counted this answer.
    fn has_counted(&self, reading: &Reading) -> bool {
        let nested = lock(&self.0.nested);
        match &reading.response_id {
            Some(id) if !nested.response_ids.is_empty() => nested.response_ids.contains(id),
            _ => nested.has_usage,
        }
    }

    /// Tells the requests around this one what it counts.
    fn tell_outer(&self, readings: &[Reading]) {
        let outer = |scope: &LlmScope| scope.0.outer.clone();
        for scope in std::iter::successors(outer(self), outer).take(NESTING_CAP) {
            let mut nested = lock(&scope.0.nested);
            nested.has_requests = true;
            nested.has_usage |= readings.iter().any(|reading| reading.usage.is_ok());
            let ids = readings.iter().filter_map(|reading| reading.response_id.clone());
            let room = REPORTS_CAP.saturating_sub(nested.response_ids.len());
            nested.response_ids.extend(ids.take(room));
        }
    }
}

/// A failed call without usage has no answer at all. Of one that succeeded it is worth saying that the usage is missing.
fn says_something(reading: &Reading, outcome: Outcome) -> bool {
    outcome == Outcome::Success || reading.usage != Err(NoUsage::Missing)
}

/// Whether an answer is surely none of those that were reported: all of them have ids, and none has its id. Whoever
/// reports without ids tells of all answers, and the returned one is among them.
fn is_another(answer: &Reading, reports: &[Reading]) -> bool {
    let is_other = |report: &Reading| report.response_id.is_some() && report.response_id != answer.response_id;
    reports.is_empty() || answer.response_id.is_some() && reports.iter().all(is_other)
}

/// The budget that the attribute names, and the one that the configuration gives to the feature, if that is another.
fn budgets(spec: &LlmSpec, feature: Option<&str>) -> [Option<&'static Account>; 2] {
    let named = spec.budget.and_then(Account::of);
    let of_feature = budget::of_feature(feature);
    [named, of_feature.filter(|account| named.is_none_or(|named| !std::ptr::eq(named, *account)))]
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
