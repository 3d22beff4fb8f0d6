//! An open request to a language model, as the code inside of it sees it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::price;
use super::record::{self, Receipt};
use super::usage::Reading;
use crate::context;
use crate::outcome::Outcome;
use crate::site::LlmSpec;
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
    provider: String,
    model: String,
    feature: Option<&'static str>,
    workflow: Option<Workflow>,
    outer: Option<LlmScope>,
    depth: usize,
    reports: Mutex<Vec<Reading>>,
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
    pub(crate) fn open(spec: LlmSpec, model: Option<&str>) -> LlmScope {
        let model = model.filter(|model| !model.is_empty()).unwrap_or(UNKNOWN);
        // A task that starts the next one inside of itself would keep all its ancestors.
        let outer = LlmScope::current().filter(|outer| outer.0.depth < NESTING_CAP);
        LlmScope(Arc::new(Inner {
            provider: price::provider(spec.provider, model),
            model: model.to_owned(),
            feature: spec.feature,
            workflow: Workflow::innermost(),
            depth: outer.as_ref().map_or(0, |outer| outer.0.depth + 1),
            outer,
            reports: Mutex::new(Vec::new()),
            nested: Mutex::default(),
        }))
    }

    /// The innermost request that is open here.
    pub(crate) fn current() -> Option<LlmScope> {
        context::current()
    }

    pub(crate) fn provider(&self) -> &str {
        &self.0.provider
    }

    pub(crate) fn requested_model(&self) -> &str {
        &self.0.model
    }

    pub(crate) fn feature(&self) -> Option<&'static str> {
        self.0.feature.or_else(|| self.workflow().and_then(Workflow::feature))
    }

    pub(crate) fn workflow(&self) -> Option<&Workflow> {
        self.0.workflow.as_ref()
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
    /// What was reported from inside always counts, and goes before what the returned value says: both tell of the same
    /// answers. The returned value is left out when a request inside of this one has counted it.
    pub(crate) fn settle(&self, outcome: Outcome, elapsed: Duration, returned: Option<Reading>) -> Receipt {
        let reports = std::mem::take(&mut *lock(&self.0.reports));
        let readings = match reports.is_empty() {
            true => returned.into_iter().filter(|reading| !self.has_counted(reading)).collect(),
            false => reports,
        };
        if readings.is_empty() && lock(&self.0.nested).has_requests {
            return Receipt::default();
        }
        self.tell_outer(&readings);
        record::requests(self, outcome, elapsed, readings)
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
