//! The future of an annotated `async fn`.
//!
//! Every annotated `async fn` has a copy of the generic code here, so there is as little of it as can be.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::call::{Call, Closing, Entered, Stretch, enter, open};
use crate::context;
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

impl<F, C> Observed<F, C> {
    /// Runs `body` as the rest of a call that is open.
    pub(crate) fn going_on(call: Call, body: F, close: C) -> Observed<F, C> {
        Observed { call: Pending(State::Open(call)), body, close, end: End { is_needed: true } }
    }
}

impl<F, C> Future for Observed<F, C>
where
    F: Future,
    C: FnMut(Closing<'_>, &F::Output),
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Some(mut stretch) = this.call.stretch(this.end) else {
            // It was ready before. What happens now is between the body and who polls it again.
            return this.body.poll(waker);
        };
        let polled = this.body.poll(waker);
        if let Poll::Ready(value) = &polled {
            (this.close)(stretch.closing(), value);
            stretch.done();
            this.call.end(this.end);
        } else {
            stretch.done();
        }
        polled
    }
}

/// The call of a future. When the future is dropped, its call goes first, and stays current until its [`End`] goes.
struct Pending(State);

enum State {
    /// It was not polled yet.
    Fresh(&'static Site),
    /// It was not ready yet.
    Open(Call),
    Over,
}

/// Ends a call after its body was dropped half-way.
struct End {
    /// Whether the call is open.
    is_needed: bool,
}

impl Pending {
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
            State::Fresh(_) | State::Over => None,
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
