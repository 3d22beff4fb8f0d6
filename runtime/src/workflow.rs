//! The run of a `#[workflow]` function, and what travels with it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use uuid::{Builder, Uuid};

use crate::context;
use crate::guard::user_code;
use crate::llm::money::Usd;

/// How many workflows a workflow may be nested in and still add its cost to them. One that starts itself anew inside of
/// itself would keep all its ancestors.
const NESTING_CAP: usize = 64;

/// The workflow that the current code runs in.
///
/// `#[workflow]` opens one for each call of its function. It travels in the OpenTelemetry context: to everything that
/// the function calls or awaits, and with every `tracing` span. A handle is cheap to clone and may be sent anywhere.
///
/// ```
/// use taximeter_runtime as taximeter;
/// use taximeter::{Workflow, workflow};
///
/// #[workflow(name = "support.answer", crate = ::taximeter_runtime)]
/// fn answer() -> String {
///     let run = Workflow::current().expect("inside of a workflow");
///     assert_eq!(run.name(), "support.answer");
///     run.correlation_id().to_owned()
/// }
///
/// assert_eq!(answer().len(), 36);
/// assert!(Workflow::current().is_none());
/// ```
#[derive(Clone, Debug)]
pub struct Workflow(Arc<Run>);

#[derive(Debug)]
struct Run {
    name: &'static str,
    id: String,
    correlation_id: String,
    parent: Option<Workflow>,
    depth: usize,
    cost: Mutex<Usd>,
    /// What was spent of budgets per run, by their names.
    purses: Mutex<BTreeMap<&'static str, Usd>>,
}

impl Workflow {
    /// The innermost workflow that is open here, or `None` outside of every workflow.
    pub fn current() -> Option<Workflow> {
        context::current()
    }

    /// The name that the attribute says, or the function's.
    pub fn name(&self) -> &'static str {
        self.0.name
    }

    /// The id of this run: a time-ordered UUID (version 7, RFC 9562), new for each run.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The id that this run shares with every workflow nested in it, and with the one that it is nested in.
    pub fn correlation_id(&self) -> &str {
        &self.0.correlation_id
    }

    /// What the language models that were called in this run have cost so far, nested workflows included.
    ///
    /// A call whose price is not known adds nothing here; it is counted in `llm_unpriced_requests_total`.
    pub fn cost(&self) -> Usd {
        *self.0.cost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a run called `name`, nested in the current one if there is one.
    pub(crate) fn open(name: &'static str) -> Workflow {
        let parent = Workflow::current();
        let id = fresh_id();
        let correlation_id = match &parent {
            Some(parent) => parent.correlation_id().to_owned(),
            None => fresh_id(),
        };
        let parent = parent.filter(|parent| parent.0.depth < NESTING_CAP);
        let depth = parent.as_ref().map_or(0, |parent| parent.0.depth + 1);
        Workflow(Arc::new(Run {
            name,
            id,
            correlation_id,
            parent,
            depth,
            cost: Mutex::new(Usd::ZERO),
            purses: Mutex::default(),
        }))
    }

    /// Adds the cost of one call to this run and to all that it is nested in.
    pub(crate) fn add_cost(&self, cost: Usd) {
        for run in std::iter::successors(Some(self), |run| run.0.parent.as_ref()) {
            let mut total = run.0.cost.lock().unwrap_or_else(PoisonError::into_inner);
            *total = total.saturating_add(cost);
        }
    }

    /// Notes what a call has spent of a budget per run, here and in all that this run is nested in. Returns the most that
    /// one of them has spent now.
    pub(crate) fn spend(&self, budget: &'static str, cost: Usd) -> Usd {
        let spend = |run: &Workflow| {
            let mut purses = run.0.purses.lock().unwrap_or_else(PoisonError::into_inner);
            let spent = purses.entry(budget).or_default();
            *spent += cost;
            *spent
        };
        std::iter::successors(Some(self), |run| run.0.parent.as_ref()).map(spend).max().unwrap_or_default()
    }

    /// What was spent of a budget per run: the most of this run and of all that it is nested in.
    pub(crate) fn spent(&self, budget: &'static str) -> Usd {
        let spent = |run: &Workflow| {
            run.0.purses.lock().unwrap_or_else(PoisonError::into_inner).get(budget).copied().unwrap_or_default()
        };
        std::iter::successors(Some(self), |run| run.0.parent.as_ref()).map(spent).max().unwrap_or_default()
    }
}

/// A new time-ordered UUID.
///
/// A system that has no random numbers to give makes the library panic. Then the process numbers its runs.
fn fresh_id() -> String {
    let id = user_code(Uuid::now_v7).unwrap_or_else(|| {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = u128::from(std::process::id()) << 64 | u128::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let mut random = [0; 10];
        random.copy_from_slice(number.to_be_bytes().last_chunk::<10>().unwrap_or(&[0; 10]));
        Builder::from_unix_timestamp_millis(u64::try_from(now.as_millis()).unwrap_or(u64::MAX), &random).into_uuid()
    });
    id.to_string()
}
