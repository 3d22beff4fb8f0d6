//! One call of an annotated function, from its opening to its outcome.

use std::fmt::Debug;
use std::panic::{RefUnwindSafe, UnwindSafe};

use opentelemetry::{Context, ContextGuard};
use tracing::Span;
use tracing::span::EnteredSpan;

use crate::account::{Account, Trip};
use crate::clock::Moment;
use crate::context::{self, Frame, Running};
use crate::ending::Ending;
use crate::llm::scope::LlmScope;
use crate::llm::{BudgetExceeded, Reading};
use crate::metrics::cell::Cells;
use crate::opening::Opening;
use crate::outcome::{Outcome, Verdict};
use crate::site::{Role, Site};
use crate::workflow::Workflow;
use crate::{panics, span};

/// Opens a call. It runs from now on, and counts as in flight.
pub fn open(site: &'static Site) -> Call {
    match Account::plain(site) {
        Some(account) => Call { account, frame: Frame::NONE },
        None => open_wide(site, None),
    }
}

/// Opens a call with what its attribute asks for.
///
/// Generic code is a thin shell: what `ask` does is the user's, the rest is compiled once.
pub fn open_with(site: &'static Site, ask: impl FnOnce(&mut Opening)) -> Call {
    if site.is_off() {
        return Call { account: Account::closed(site), frame: Frame::NONE };
    }
    let mut opening = Opening::new(site);
    ask(&mut opening);
    open_wide(site, Some(&mut opening))
}

fn open_wide(site: &'static Site, mut opening: Option<&mut Opening>) -> Call {
    let cells = site.cells(opening.as_deref().map_or(&[], |opening| &opening.labels));
    let (frame, trip) = match site.said.role {
        Role::Observe => (Frame { span: span::open_plain(site, opening.as_deref()), context: None }, None),
        Role::Workflow => {
            let asked = opening.as_deref_mut().map(|opening| &mut opening.workflow);
            let workflow = Workflow::open(site.operation(), asked);
            (workflow_frame(site, &workflow, opening.as_deref()), Some(Trip::Run(workflow.open_run())))
        }
        Role::Llm(spec) => {
            let llm = LlmScope::open(spec, opening.as_deref());
            (llm_frame(site, &llm, opening.as_deref()), Some(Trip::Llm(llm)))
        }
    };
    Call::start(site, cells, frame, trip)
}

/// Opens the call of a run that no attribute opens.
pub(crate) fn open_workflow(site: &'static Site, mut opening: Opening) -> (Call, Workflow) {
    let workflow = Workflow::open(site.operation(), Some(&mut opening.workflow));
    let frame = workflow_frame(site, &workflow, Some(&opening));
    let trip = Some(Trip::Run(workflow.open_run()));
    (Call::start(site, site.cells(&opening.labels), frame, trip), workflow)
}

fn workflow_frame(site: &'static Site, workflow: &Workflow, opening: Option<&Opening>) -> Frame {
    let context = workflow.opening_context();
    let span = within(&context, || span::open(site, Some(workflow), None, opening));
    workflow.set_span(&span, context.as_ref());
    Frame { span, context }
}

fn llm_frame(site: &'static Site, llm: &LlmScope, opening: Option<&Opening>) -> Frame {
    let context = context::current_with(llm.clone());
    let span = within(&context, || span::open(site, llm.workflow(), Some(llm.requested_model()), opening));
    Frame { span, context }
}

/// Opens a span while a context is current: the span carries that context to wherever it is entered.
fn within(context: &Option<Context>, open: impl FnOnce() -> Span) -> Span {
    let _current = context.clone().and_then(context::attach);
    open()
}

/// The refusal of a call whose budget is used up. Such a call asks no model: it is counted as one that failed, and not as
/// a request.
pub fn refusal(call: &Call) -> Option<BudgetExceeded> {
    call.llm()?.refuse()
}

/// A call that is going on. When it is dropped without having been closed, it was cancelled.
pub struct Call {
    account: Account,
    frame: Frame,
}

// What it holds is counted in atomics and told to subscribers; a panic in between leaves nothing half-done that anybody
// could see. So the future of an annotated function can be caught as the bare one can.
impl UnwindSafe for Call {}
impl RefUnwindSafe for Call {}

impl Call {
    fn start(site: &'static Site, cells: &'static Cells, frame: Frame, trip: Option<Trip>) -> Call {
        Call { account: Account::start(site, cells).with(trip), frame }
    }

    /// Makes this call the current one of this thread for a stretch of its code.
    pub fn stretch(&mut self) -> Stretch<'_> {
        let running = self.frame.enter();
        Stretch {
            account: &mut self.account,
            span: &self.frame.span,
            has_context: self.frame.context.is_some(),
            panics: panics::count(),
            is_done: false,
            _running: running,
        }
    }

    /// The request to a language model that it is.
    pub(crate) fn llm(&self) -> Option<&LlmScope> {
        self.account.llm()
    }

    /// When it began.
    pub(crate) fn started(&self) -> Moment {
        self.account.started
    }

    pub(crate) fn enter(&self) -> Running<'_> {
        self.frame.enter()
    }

    /// Looks at one of many values; an error among them ends the call.
    pub(crate) fn look_at_item(&mut self, look: impl FnOnce(Closing<'_>)) {
        let has_context = self.frame.context.is_some();
        look(Closing { account: &mut self.account, span: &self.frame.span, has_context, is_item: true });
    }

    /// Whether it was closed.
    pub(crate) fn is_over(&self) -> bool {
        !self.account.is_open
    }

    /// Ends the call with what its value says.
    pub fn close(mut self, verdict: Verdict<'_>) {
        self.account.close(&self.frame.span, &verdict);
    }
}

impl Drop for Call {
    #[inline]
    fn drop(&mut self) {
        if self.account.is_open || !self.frame.span.is_disabled() {
            self.end();
        }
    }
}

impl Call {
    fn end(&mut self) {
        if self.account.is_open {
            // Nobody polls it any more; its trace is current once again, so that what is written down finds it.
            let _running = self.frame.enter();
            self.account.settle(&self.frame.span, Outcome::Cancelled);
        }
        if !self.frame.span.is_disabled() && !context::is_usable() {
            // Closing a span takes what this thread no longer has.
            std::mem::forget(std::mem::replace(&mut self.frame.span, Span::none()));
        }
    }
}

/// A stretch of a call's code on this thread: one poll, or the making of a future. The call ends as panicked when the code
/// does not come back.
///
/// Not generic, and a guard instead of a closure: every annotated `async fn` has a copy of the code around it.
pub struct Stretch<'a> {
    account: &'a mut Account,
    span: &'a Span,
    has_context: bool,
    /// The panics of this thread before it.
    panics: u64,
    is_done: bool,
    _running: Running<'a>,
}

impl Stretch<'_> {
    /// The code has come back.
    pub fn done(mut self) {
        self.is_done = true;
    }

    /// The code has come back with a value.
    pub(crate) fn closing(&mut self) -> Closing<'_> {
        Closing { account: self.account, span: self.span, has_context: self.has_context, is_item: false }
    }
}

impl Drop for Stretch<'_> {
    fn drop(&mut self) {
        if !self.is_done {
            self.account.end_panicked(self.span, self.panics);
        }
    }
}

/// A call whose body has come back with a value, which is looked at before it is given to the caller.
pub struct Closing<'a> {
    account: &'a mut Account,
    span: &'a Span,
    /// Whether the call has a context of its own, which is current now.
    has_context: bool,
    /// Whether the value is one of many, of which only an error ends the call.
    is_item: bool,
}

/// Ends a call with what its value says.
pub type Close<R> = fn(Closing<'_>, &R);

impl Closing<'_> {
    /// Records the value that the call returns as the site's field at this position.
    pub fn capture_ret(&self, position: usize, value: &dyn Debug) {
        if self.is_item {
            return;
        }
        self.account.capture_ret(self.span, position, value);
    }

    /// Records how many rows came back as the site's field at this position.
    pub fn count_rows(&self, position: usize, rows: Option<u64>) {
        if self.is_item {
            return;
        }
        self.account.count_rows(self.span, position, rows);
    }

    /// Ends the call with what its value says.
    pub fn close(self, verdict: Verdict<'_>) {
        if self.is_item && matches!(verdict, Verdict::Success) {
            return;
        }
        self.account.close(self.span, &verdict);
    }

    /// The call, which goes on after its function's own code. What stays behind is closed.
    pub(crate) fn go_on(self) -> Call {
        let context = self.has_context.then(|| context::read_current(Context::clone)).flatten();
        Call { account: self.account.take_for_work(), frame: Frame { span: self.span.clone(), context } }
    }

    /// Ends the call of a language model with what its value says.
    pub fn close_llm(self, verdict: Verdict<'_>, reading: Option<Reading>) {
        self.account.close_llm(self.span, &verdict, reading);
    }
}

/// A call whose code runs on this thread until it is closed or dropped, as the code of a plain function does.
pub struct Entered {
    account: Account,
    was_unwinding: bool,
    /// The panics of this thread before the call.
    panics: u64,
    // Dropped in this order: what was entered last is left first.
    span: EnteredSpan,
    context: Option<ContextGuard>,
}

/// Makes a call the current one of this thread.
pub fn enter(mut call: Call) -> Entered {
    let context = call.frame.context.take().and_then(context::attach);
    let span = std::mem::replace(&mut call.frame.span, Span::none()).entered();
    let (was_unwinding, panics) = (std::thread::panicking(), panics::count());
    Entered { account: call.account.take(), was_unwinding, panics, span, context }
}

/// The call of a plain function without a value.
pub fn guard(site: &'static Site) -> Entered {
    let (was_unwinding, panics) = (std::thread::panicking(), panics::count());
    match Account::plain(site) {
        Some(account) => Entered { account, was_unwinding, panics, span: Span::none().entered(), context: None },
        None => enter(open_wide(site, None)),
    }
}

/// Calls a plain function: runs its body, and looks at what it returns.
///
/// `close` comes first: its type says what the body returns, so `return`, `?` and coercions behave as under the signature.
/// The bound of `body` makes reborrows behave so.
pub fn call<R>(site: &'static Site, close: Close<R>, body: impl FnOnce() -> R) -> R {
    let mut entered = (!site.is_off()).then(|| guard(site));
    let value = body();
    if let Some(entered) = &mut entered {
        close(entered.closing(), &value);
    }
    value
}

/// The same of a function that may return its work.
pub fn call_to<R>(site: &'static Site, ending: impl Ending<R>, body: impl FnOnce() -> R) -> R {
    if site.is_off() {
        return body();
    }
    let entered = guard(site);
    let value = body();
    entered.end_with(value, ending)
}

/// The same for a call that is open, with a `close` that is told what the body returns.
pub fn run<R>(call: Call, body: impl FnOnce() -> R, close: impl FnOnce(Closing<'_>, &R)) -> R {
    let mut entered = enter(call);
    let value = body();
    close(entered.closing(), &value);
    value
}

/// The same of a function that may return its work.
pub fn run_to<R>(call: Call, ending: impl Ending<R>, body: impl FnOnce() -> R) -> R {
    let entered = enter(call);
    let value = body();
    entered.end_with(value, ending)
}

impl Entered {
    /// The body has come back with a value.
    fn closing(&mut self) -> Closing<'_> {
        let has_context = self.context.is_some();
        Closing { account: &mut self.account, span: &self.span, has_context, is_item: false }
    }

    /// Looks at the value of a body that stays where it is.
    pub fn look<R>(&mut self, value: &R, close: impl FnOnce(Closing<'_>, &R)) {
        close(self.closing(), value);
    }

    /// Takes the value of a body that stays where it is, which may be work.
    pub fn end_with<R>(mut self, value: R, mut ending: impl Ending<R>) -> R {
        ending.end(self.closing(), value)
    }

    /// Ends the call because its future is dropped half-way.
    pub(crate) fn cancel(mut self) {
        self.account.settle(&self.span, Outcome::Cancelled);
    }
}

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        if self.account.is_open {
            self.end();
        }
    }
}

impl Entered {
    /// A function that ends without having closed its call unwinds, or has no value that could be an error.
    fn end(&mut self) {
        if std::thread::panicking() && !self.was_unwinding {
            self.account.end_panicked(&self.span, self.panics);
        } else {
            self.account.settle(&self.span, Outcome::Success);
        }
    }
}

/// Never runs. Returned from a branch that is not taken, it says what an `async` block returns: unlike a closure, such a
/// block takes no type from where it stands.
pub fn typed<T>() -> T {
    loop {
        std::hint::spin_loop();
    }
}
