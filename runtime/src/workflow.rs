//! The run of a `#[workflow]` function, and what travels with it.

pub(crate) mod asked;
pub(crate) mod attributes;
pub(crate) mod builder;
pub(crate) mod closing;
pub(crate) mod data;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::baggage::{BaggageExt, KeyValueMetadata};
use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry::{Context, KeyValue};
use tracing::Span;

use crate::context::{self, Attached, Scope};
use crate::field::{Field, FieldValue};
use crate::guard::user_code;
use crate::llm::money::Usd;
use crate::metrics::{self, fault};
use crate::propagation::{self, Correlation, Headers};
use crate::{ids, redact};
use asked::Asked;
pub use builder::{Builder, Run};
use data::Data;

/// How many workflows a workflow may be nested in and still add its cost to them. One that starts itself anew inside of
/// itself would keep all its ancestors.
const NESTING_CAP: usize = 64;

/// The most checkpoints that a run keeps.
const CHECKPOINTS_CAP: usize = 1_000;

/// The workflow that the current code runs in.
///
/// `#[workflow]` opens one for each call of its function, [`Workflow::builder`] one without the attribute. It travels in
/// the OpenTelemetry context: to everything that the function calls or awaits, and with every `tracing` span. A handle is
/// cheap to clone and may be sent anywhere.
///
/// ```
/// use taximeter_runtime as taximeter;
/// use taximeter::{Workflow, workflow};
///
/// #[workflow(name = "support.answer", data(user_tier = tier), crate = ::taximeter_runtime)]
/// fn answer(tier: &str) -> String {
///     let run = Workflow::current().expect("inside of a workflow");
///     assert_eq!(run.name(), "support.answer");
///     assert_eq!(run.data("user_tier").unwrap().to_string(), "gold");
///     run.correlation_id().to_owned()
/// }
///
/// assert_eq!(answer("gold").len(), 36);
/// assert!(Workflow::current().is_none());
/// ```
#[derive(Clone, Debug)]
pub struct Workflow {
    state: Arc<State>,
    /// The span in which the handle was taken: what is started with the handle elsewhere becomes its child.
    place: Option<Arc<SpanContext>>,
}

/// A run that its call will end. As small as it can be: every future of an annotated function has room for it.
pub(crate) struct OpenRun(Arc<State>);

#[derive(Debug)]
struct State {
    name: &'static str,
    step: Option<Box<str>>,
    id: Arc<str>,
    correlation_id: Arc<str>,
    causation_id: Option<Arc<str>>,
    feature: Option<&'static str>,
    parent: Option<Workflow>,
    depth: usize,
    started: Instant,
    steps: AtomicU64,
    cost: Mutex<Usd>,
    /// What was spent of budgets per run, by their names.
    purses: Mutex<BTreeMap<&'static str, Usd>>,
    data: Mutex<Data>,
    checkpoints: Mutex<Vec<Checkpoint>>,
    /// The run's own span, once it is open.
    span: OnceLock<SpanContext>,
    /// What it sends along: its own pairs, and those that were current when it was opened.
    baggage: Vec<KeyValueMetadata>,
}

/// A moment of a run that its code has named.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checkpoint {
    /// What the code calls it.
    pub name: String,
    /// The time since the run began, by a clock that never goes back.
    pub at: Duration,
}

impl Workflow {
    /// The innermost workflow that is open here, or `None` outside of every workflow.
    pub fn current() -> Option<Workflow> {
        let with_place = |context: &Context| {
            let mut workflow = context.get::<Workflow>()?.clone();
            let span = context.span();
            let span = Some(span.span_context()).filter(|span| span.is_valid());
            workflow.place = span.map(|span| Arc::new(span.clone()));
            Some(workflow)
        };
        context::read_current(with_place).flatten()
    }

    /// The same for those who need no place.
    pub(crate) fn innermost() -> Option<Workflow> {
        context::current()
    }

    /// Opens a run without the attribute: for code that takes messages out of a queue, or whose name is decided later.
    ///
    /// ```
    /// # use taximeter_runtime as taximeter;
    /// use taximeter::Workflow;
    ///
    /// let run = Workflow::builder("import.nightly").data("source", "s3").start();
    /// let imported: Result<u32, std::num::ParseIntError> = run.in_scope(|| "12".parse());
    /// assert_eq!(run.id().len(), 36);
    /// run.end_with(&imported); // `Ok` is a success, `Err` an error
    /// ```
    pub fn builder(name: &'static str) -> Builder {
        Builder::new(name)
    }

    /// The name that the attribute says, or the function's.
    pub fn name(&self) -> &'static str {
        self.state.name
    }

    /// The step that [`Workflow::child`] made this handle for.
    pub fn step(&self) -> Option<&str> {
        self.state.step.as_deref()
    }

    /// The id of this run: what the attribute says with `id = ..`, or a time-ordered UUID (version 7, RFC 9562).
    pub fn id(&self) -> &str {
        &self.state.id
    }

    /// The id that this run shares with every workflow nested in it, with the one that it is nested in, and with those of
    /// the services that called it or that it calls.
    pub fn correlation_id(&self) -> &str {
        &self.state.correlation_id
    }

    pub(crate) fn shared_correlation_id(&self) -> &Arc<str> {
        &self.state.correlation_id
    }

    /// The id of the run that this one is nested in; `None` for the outermost one.
    pub fn causation_id(&self) -> Option<&str> {
        self.state.causation_id.as_deref()
    }

    /// The feature that requests to language models belong to when they name none.
    pub(crate) fn feature(&self) -> Option<&'static str> {
        self.state.feature
    }

    /// What the language models that were called in this run have cost so far, nested workflows included.
    ///
    /// A call whose price is not known adds nothing here; it is counted in `llm_unpriced_requests_total`.
    pub fn cost(&self) -> Usd {
        *lock(&self.state.cost)
    }

    /// The time since the run began, by a clock that never goes back.
    pub fn elapsed(&self) -> Duration {
        self.state.started.elapsed()
    }

    /// A value that this run, or one that it is nested in, has noted under this key.
    pub fn data(&self, key: &str) -> Option<FieldValue> {
        lock(&self.state.data).get(key).cloned()
    }

    /// Notes a value for the rest of this run and for the runs that are nested in it from now on.
    ///
    /// It is on the log lines from now on, on the current span, on those that are opened later and, when the run ends, on
    /// that of the run; never on a metric. What
    /// looks like a secret, by name or by form, is masked. A run keeps 64 values; more, and a key that is empty, has white
    /// space or more than 64 bytes, are left out and counted in `taximeter_internal_errors_total`.
    pub fn set_data(&self, key: impl Into<Cow<'static, str>>, value: impl Field) {
        let key = key.into();
        let Some(value) = user_code(|| value.field()).flatten() else { return };
        let attribute = {
            let mut data = lock(&self.state.data);
            let is_kept = data.set(key.clone(), value);
            data.get(&key).filter(|_| is_kept).map(|value| data::attribute(&key, value))
        };
        match attribute {
            Some(attribute) => self.tell_span(attribute),
            None => metrics::internal_error(fault::BAD_CONTEXT_KEY),
        }
    }

    /// Writes an attribute into the current span, when it is one of this run.
    fn tell_span(&self, attribute: KeyValue) {
        context::read_current(|context| {
            let is_ours = context.get::<Workflow>().is_some_and(|current| current.is(self));
            if is_ours {
                context.span().set_attribute(attribute);
            }
        });
    }

    /// Calls `visit` with everything that this run has noted.
    #[doc(hidden)]
    pub fn each_data(&self, mut visit: impl FnMut(&str, &FieldValue)) {
        lock(&self.state.data).iter().for_each(|(key, value)| visit(key, value));
    }

    /// Names this moment of the run. It is an event of the current span and a log line, and [`Workflow::checkpoints`]
    /// lists it; a run keeps 1,000.
    pub fn checkpoint(&self, name: impl Into<String>) {
        let name = redact::text(&name.into()).into_owned();
        if context::is_usable() {
            tracing::info!(target: closing::TARGET, checkpoint = name.as_str(), "workflow_checkpoint");
        }
        let mut checkpoints = lock(&self.state.checkpoints);
        if checkpoints.len() < CHECKPOINTS_CAP {
            checkpoints.push(Checkpoint { name, at: self.elapsed() });
        }
    }

    /// The moments that the run's code has named, oldest first.
    pub fn checkpoints(&self) -> Vec<Checkpoint> {
        lock(&self.state.checkpoints).clone()
    }

    /// A handle for one step of this run: its own id with this run's as its cause, and a copy of its data, so that what
    /// one step notes is not seen by the others. Its cost is part of this run's.
    ///
    /// ```
    /// # use taximeter_runtime as taximeter;
    /// use taximeter::Workflow;
    ///
    /// let run = Workflow::builder("support.answer").data("tier", "gold").start();
    /// let (search, draft) = (run.child("search"), run.child("draft"));
    /// search.set_data("hits", 3);
    /// assert_eq!(draft.data("hits"), None);
    /// assert_eq!(draft.data("tier").unwrap().to_string(), "gold");
    /// assert_eq!(draft.causation_id(), Some(run.id()));
    /// run.end();
    /// ```
    pub fn child(&self, step: impl Into<String>) -> Workflow {
        let step = redact::text(&step.into()).into_owned();
        let child = Workflow::nested(self.name(), Some(step.into()), Asked::default(), Some(self), None);
        if let Some(span) = self.state.span.get() {
            let _ = child.state.span.set(span.clone());
        }
        Workflow { place: self.place.clone(), ..child }
    }

    /// Makes this run current wherever the future is polled: `tokio::spawn(run.attach(step()))`.
    ///
    /// Called inside of this run, the future belongs to the current span; called elsewhere, to the span in which the
    /// handle was taken.
    pub fn attach<F: Future>(&self, future: F) -> Attached<F> {
        context::attached(self.context(), future)
    }

    /// Makes this run current on this thread until the returned guard is dropped; for threads, and for the closures of
    /// rayon. Do not hold it across an `.await`: there [`Workflow::attach`] is right.
    ///
    /// ```
    /// # use taximeter_runtime as taximeter;
    /// # use taximeter::Workflow;
    /// let run = Workflow::builder("import").start();
    /// let handle = run.handle();
    /// let name = std::thread::spawn(move || {
    ///     let _scope = handle.enter();
    ///     Workflow::current().map(|run| run.name())
    /// });
    /// assert_eq!(name.join().unwrap(), Some("import"));
    /// run.end();
    /// ```
    pub fn enter(&self) -> Scope {
        Scope::of(self.context())
    }

    /// The headers that hand this run over to another service, or to whoever takes a message out of a queue and goes on
    /// with [`Builder::headers`] or [`Caller`](crate::Caller).
    pub fn headers(&self) -> Headers {
        let mut headers = Headers::default();
        propagation::inject(&self.context(), |name, value| headers.0.push((name, value)));
        headers
    }

    /// The context that makes this run current. The current one where it is of the same trip; then it only gets this
    /// handle.
    pub(crate) fn context(&self) -> Context {
        let here = context::read_current(|context| {
            let is_same = context.get::<Workflow>().is_some_and(|current| current.outermost() == self.outermost());
            is_same.then(|| context.with_value(self.clone()))
        });
        here.flatten().unwrap_or_else(|| self.context_elsewhere())
    }

    fn context_elsewhere(&self) -> Context {
        let context = Context::new().with_value(self.clone());
        let context = match self.place.as_deref().or_else(|| self.state.span.get()) {
            Some(span) => context.with_remote_span_context(span.clone()),
            None => context,
        };
        self.with_baggage(context)
    }

    fn with_baggage(&self, context: Context) -> Context {
        if self.state.baggage.is_empty() { context } else { context.with_baggage(self.state.baggage.iter().cloned()) }
    }

    fn is(&self, other: &Workflow) -> bool {
        Arc::ptr_eq(&self.state, &other.state)
    }

    /// The address of the outermost run of this trip.
    fn outermost(&self) -> *const State {
        let chain = std::iter::successors(Some(self), |workflow| workflow.state.parent.as_ref());
        chain.last().map_or(std::ptr::null(), |last| Arc::as_ptr(&last.state))
    }

    pub(crate) fn open_run(&self) -> OpenRun {
        OpenRun(Arc::clone(&self.state))
    }

    /// Opens a run, nested in the current one if there is one.
    pub(crate) fn open(name: &'static str, asked: Option<&mut Asked>) -> Workflow {
        let asked = asked.map(std::mem::take).unwrap_or_default();
        let parent = Workflow::innermost();
        if let Some(parent) = &parent {
            parent.count_step();
        }
        let correlation = context::current::<Correlation>();
        Workflow::nested(asked.name.unwrap_or(name), None, asked, parent.as_ref(), correlation)
    }

    fn nested(
        name: &'static str,
        step: Option<Box<str>>,
        asked: Asked,
        parent: Option<&Workflow>,
        correlation: Option<Correlation>,
    ) -> Workflow {
        let inherited = parent.map(|parent| Arc::clone(&parent.state.correlation_id));
        let correlation_id =
            asked.correlation_id.clone().or(inherited).or_else(|| correlation.map(|correlation| correlation.0));
        let data = parent.map_or_else(Data::default, |parent| lock(&parent.state.data).clone());
        let causation_id = parent.map(|parent| Arc::clone(&parent.state.id));
        let feature = asked.feature.or_else(|| parent.and_then(Workflow::feature));
        let data = asked.data_over(data);
        let own = asked.baggage.into_iter().map(|(key, value)| KeyValueMetadata::new(key, value, ""));
        let baggage = current_baggage().into_iter().chain(own).collect();
        let parent = parent.filter(|parent| parent.state.depth < NESTING_CAP).cloned();
        let state = State {
            name,
            step,
            id: asked.id.unwrap_or_else(ids::fresh),
            correlation_id: correlation_id.unwrap_or_else(ids::fresh),
            causation_id,
            feature,
            depth: parent.as_ref().map_or(0, |parent| parent.state.depth + 1),
            parent,
            started: Instant::now(),
            steps: AtomicU64::new(0),
            cost: Mutex::new(Usd::ZERO),
            purses: Mutex::default(),
            data: Mutex::new(data.told()),
            checkpoints: Mutex::default(),
            span: OnceLock::new(),
            baggage,
        };
        Workflow { state: Arc::new(state), place: None }
    }

    /// The context in which the run's span is opened: the current one, with the run and its baggage.
    pub(crate) fn opening_context(&self) -> Option<Context> {
        context::read_current(|context| self.with_baggage(context.with_value(self.clone())))
    }

    /// Notes which span is the run's.
    pub(crate) fn set_span(&self, span: &Span, context: Option<&Context>) {
        let _current = context.cloned().and_then(context::attach);
        let read = || context::read_current(|context| context.span().span_context().clone());
        let own = if span.is_disabled() { read() } else { span.in_scope(read) };
        if let Some(own) = own.filter(SpanContext::is_valid) {
            let _ = self.state.span.set(own);
        }
    }

    /// Writes into the run's own span what was noted since it was opened.
    fn write_new_data_to(&self, span: &Span) {
        if lock(&self.state.data).is_new {
            self.write_data_to(span);
        }
    }

    /// Writes what the run has noted into a span that was opened in it.
    pub(crate) fn write_data_to(&self, span: &Span) {
        let data = lock(&self.state.data).clone();
        if span.is_disabled() || (data.is_empty() && self.step().is_none()) {
            return;
        }
        span.in_scope(|| {
            context::read_current(|context| {
                let span = context.span();
                span.set_attributes(data.iter().map(|(key, value)| data::attribute(key, value)));
                if let Some(step) = self.step() {
                    span.set_attribute(KeyValue::new(attributes::STEP, step.to_owned()));
                }
            })
        });
    }

    /// Counts a call of an annotated function in this run, and in the one that this is a step of.
    pub(crate) fn count_step(&self) {
        let mut run = Some(self);
        while let Some(counted) = run {
            counted.state.steps.fetch_add(1, Ordering::Relaxed);
            run = counted.state.parent.as_ref().filter(|_| counted.step().is_some());
        }
    }

    pub(crate) fn steps(&self) -> u64 {
        self.state.steps.load(Ordering::Relaxed)
    }

    /// Adds the cost of one call to this run and to all that it is nested in.
    pub(crate) fn add_cost(&self, cost: Usd) {
        for run in std::iter::successors(Some(self), |run| run.state.parent.as_ref()) {
            let mut total = lock(&run.state.cost);
            *total = total.saturating_add(cost);
        }
    }

    /// Notes what a call has spent of a budget per run, here and in all that this run is nested in. Returns the most that
    /// one of them has spent now, and whether this call made one of them reach the limit.
    pub(crate) fn spend(&self, budget: &'static str, cost: Usd, limit: Usd) -> (Usd, bool) {
        let spend = |run: &Workflow| {
            let mut purses = lock(&run.state.purses);
            let before = purses.get(budget).copied();
            let spent = before.unwrap_or_default().saturating_add(cost);
            purses.insert(budget, spent);
            (spent, spent >= limit && before.is_none_or(|before| before < limit))
        };
        let runs = std::iter::successors(Some(self), |run| run.state.parent.as_ref()).map(spend);
        runs.fold((Usd::ZERO, false), |(most, any), (spent, is_news)| (most.max(spent), any | is_news))
    }

    /// What was spent of a budget per run: the most of this run and of all that it is nested in.
    pub(crate) fn spent(&self, budget: &'static str) -> Usd {
        let spent = |run: &Workflow| lock(&run.state.purses).get(budget).copied().unwrap_or_default();
        std::iter::successors(Some(self), |run| run.state.parent.as_ref()).map(spent).max().unwrap_or_default()
    }
}

fn current_baggage() -> Vec<KeyValueMetadata> {
    context::read_current(|context| propagation::baggage::pairs(context.baggage()).collect()).unwrap_or_default()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
