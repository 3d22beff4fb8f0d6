//! An open request to a language model, as the code inside of it sees it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
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

/// One call of an `#[llm_cost]` function. It travels in the context, so that [`report`](super::report) finds it.
#[derive(Clone)]
pub(crate) struct LlmScope(Arc<Inner>);

struct Inner {
    provider: String,
    model: String,
    feature: Option<&'static str>,
    workflow: Option<Workflow>,
    outer: Option<LlmScope>,
    reports: Mutex<Vec<Reading>>,
    /// A call nested in this one has counted a request; to count this one too would count it twice.
    is_covered: AtomicBool,
}

impl LlmScope {
    pub(crate) fn open(spec: LlmSpec, model: Option<&str>) -> LlmScope {
        let model = model.filter(|model| !model.is_empty()).unwrap_or(UNKNOWN);
        LlmScope(Arc::new(Inner {
            provider: price::provider(spec.provider, model),
            model: model.to_owned(),
            feature: spec.feature,
            workflow: Workflow::current(),
            outer: LlmScope::current(),
            reports: Mutex::new(Vec::new()),
            is_covered: AtomicBool::new(false),
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
        self.0.feature
    }

    pub(crate) fn workflow(&self) -> Option<&Workflow> {
        self.0.workflow.as_ref()
    }

    /// Notes the usage of one answer. Returns whether it was kept.
    pub(crate) fn report(&self, reading: Reading) -> bool {
        let mut reports = self.0.reports.lock().unwrap_or_else(PoisonError::into_inner);
        let has_room = reports.len() < REPORTS_CAP;
        if has_room {
            reports.push(reading);
        }
        has_room
    }

    /// Counts the request, or the requests when several were reported, now that the call has ended.
    ///
    /// What was reported from inside goes before what the returned value says: both tell of the same answers.
    pub(crate) fn settle(&self, outcome: Outcome, elapsed: Duration, returned: Option<Reading>) -> Receipt {
        if self.0.is_covered.load(Ordering::Acquire) {
            return Receipt::default();
        }
        if let Some(outer) = &self.0.outer {
            outer.cover();
        }
        let reports = std::mem::take(&mut *self.0.reports.lock().unwrap_or_else(PoisonError::into_inner));
        let readings = if reports.is_empty() { returned.into_iter().collect() } else { reports };
        record::requests(self, outcome, elapsed, readings)
    }

    fn cover(&self) {
        for scope in std::iter::successors(Some(self), |scope| scope.0.outer.as_ref()) {
            scope.0.is_covered.store(true, Ordering::Release);
        }
    }
}
