//! The future of an annotated `async fn`.
//!
//! Every annotated `async fn` has a copy of the generic code here, so there is as little of it as can be.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::future::FusedFuture;
use pin_project_lite::pin_project;

use crate::call::{Call, Closing, Entered, Stretch, enter, open};
use crate::context;
use crate::ending::Ending;
use crate::site::Site;

pin_project! {
    /// Runs a future as the body of a call.
    ///
    /// As with a bare `async fn`, nothing happens before the first poll: the call is opened by it. The call's span and
    /// context are current during each poll, and while the body is dropped. When this future is dropped before it is
    /// ready, the call was cancelled; when a poll unwinds, it panicked, whoever catches that.
    pub struct Observed<F, C> {
        // Dropped in this order: the call is made current, then the body goes, then the call is left and ends.
        call: Pending,
        #[pin]
        body: F,
        close: C,
        end: End,
    }
}

/// Runs `body` as the body of a call of `site`.
pub fn observed<F, C>(site: &'static Site, body: F, close: C) -> Observed<F, C>
where
    F: Future,
    C: FnMut(Closing<'_>, &F::Output),
{
    Observed { call: Pending(State::Fresh(site)), body, close, end: End { is_needed: false } }
}

/// The same where the body may be ready with its work.
pub fn observed_to<F, E>(site: &'static Site, body: F, ending: E) -> Observed<F, E>
where
    F: Future,
    E: Ending<F::Output>,
{
    Observed { call: Pending(State::Fresh(site)), body, close: ending, end: End { is_needed: false } }
}

/// The same where the attribute asks for something before the call is opened: the body does that, and opens the call
/// itself, by [`give`].
pub fn asking<F, C>(body: F, close: C) -> Observed<F, C>
where
    F: Future,
    C: FnMut(Closing<'_>, &F::Output),
{
    asking_to(body, close)
}

/// The same where the body may be ready with its work.
pub fn asking_to<F, E>(body: F, ending: E) -> Observed<F, E>
where
    F: Future,
    E: Ending<F::Output>,
{
    Observed { call: Pending(State::Asking), body, close: ending, end: End { is_needed: false } }
}

impl<F, C> Observed<F, C> {
    /// Runs `body` as the rest of a call that is open.
    pub(crate) fn going_on(call: Call, body: F, close: C) -> Observed<F, C> {
        Observed { call: Pending(State::Open(call)), body, close, end: End { is_needed: true } }
    }
}

impl<F, C> Future for Observed<F, C>
where
    F: Future,
    C: Ending<F::Output>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        if this.call.is_asking() {
            let polled = this.body.as_mut().poll(waker);
            if !this.call.take_given(this.end) {
                return polled;
            }
        }
        let Some(mut stretch) = this.call.stretch(this.end) else {
            // It was ready before. What happens now is between the body and who polls it again.
            return this.body.poll(waker);
        };
        let Poll::Ready(value) = this.body.poll(waker) else {
            stretch.done();
            return Poll::Pending;
        };
        let value = this.close.end(stretch.closing(), value);
        stretch.done();
        this.call.end(this.end);
        Poll::Ready(value)
    }
}

impl<F, C> FusedFuture for Observed<F, C>
where
    F: FusedFuture,
    C: Ending<F::Output>,
{
    fn is_terminated(&self) -> bool {
        self.body.is_terminated()
    }
}

/// The call of a future. When the future is dropped, its call goes first, and stays current until its [`End`] goes.
struct Pending(State);

enum State {
    /// It was not polled yet.
    Fresh(&'static Site),
    /// It was not polled yet, and its body opens the call.
    Asking,
    /// It was not ready yet.
    Open(Call),
    Over,
}

thread_local! {
    /// A call on its way from the body that has opened it to the future around it.
    static GIVEN: Cell<Option<Call>> = const { Cell::new(None) };
}

/// Gives the call that a body has opened to the future around the body, which polls it again at once.
///
/// So the arguments, which are looked at before the call is opened, are kept in the body alone.
pub fn give(call: Call) -> Given {
    // On a thread that is ending there is no way, and the call ends here.
    let is_on_its_way = GIVEN.try_with(|given| given.set(Some(call))).is_ok();
    Given { is_on_its_way }
}

/// Ready when the call is where it belongs.
pub struct Given {
    is_on_its_way: bool,
}

impl Future for Given {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::take(&mut self.is_on_its_way) { Poll::Pending } else { Poll::Ready(()) }
    }
}

/// Ends a call after its body was dropped half-way.
struct End {
    /// Whether the call is open.
    is_needed: bool,
}

impl Pending {
    fn is_asking(&self) -> bool {
        matches!(self.0, State::Asking)
    }

    /// Takes the call that the body has opened, if it has.
    fn take_given(&mut self, end: &mut End) -> bool {
        let Some(call) = GIVEN.try_with(Cell::take).ok().flatten() else { return false };
        self.0 = State::Open(call);
        end.is_needed = true;
        true
    }

    /// Makes the call the current one for one poll, if it is not over.
    fn stretch(&mut self, end: &mut End) -> Option<Stretch<'_>> {
        if let State::Fresh(site) = self.0 {
            if site.is_off() {
                self.0 = State::Over;
                return None;
            }
            self.0 = State::Open(open(site));
            end.is_needed = true;
        }
        match &mut self.0 {
            State::Open(call) => Some(call.stretch()),
            State::Fresh(_) | State::Asking | State::Over => None,
        }
    }

    fn end(&mut self, end: &mut End) {
        self.0 = State::Over;
        end.is_needed = false;
    }
}

thread_local! {
    /// The calls whose bodies are being dropped on this thread, one inside of the other.
    static CURRENT: RefCell<Vec<Entered>> = const { RefCell::new(Vec::new()) };
}

impl Drop for Pending {
    fn drop(&mut self) {
        let State::Open(call) = std::mem::replace(&mut self.0, State::Over) else { return };
        // On a thread that is ending nothing can be current any more, and the call ends here.
        if context::is_usable() {
            let mut entered = Some(enter(call));
            with_current(|current| current.extend(entered.take()));
            if let Some(entered) = entered {
                entered.cancel();
            }
        }
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if !self.is_needed {
            return;
        }
        if let Some(Some(entered)) = with_current(Vec::pop) {
            entered.cancel();
        }
    }
}

/// None where the list is gone, on a thread that is ending.
fn with_current<T>(change: impl FnOnce(&mut Vec<Entered>) -> T) -> Option<T> {
    CURRENT.try_with(|current| current.try_borrow_mut().ok().map(|mut current| change(&mut current))).ok().flatten()
}
