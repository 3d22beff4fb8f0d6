//! Functions that return their work instead of doing it: a future, or a stream.
//!
//! The call lasts until the work is over. The function's own code runs first, inside of the call, and is not changed;
//! what it returns is wrapped.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::stream::FusedStream;
use pin_project_lite::pin_project;

use crate::call::{Call, Closing};
use crate::ending::Ending;
use crate::observed::Observed;
use crate::outcome::Verdict;

/// Runs the function's own code inside of its call, which goes on.
pub fn begin<T>(mut call: Call, body: impl FnOnce() -> T) -> (T, Call) {
    let stretch = call.stretch();
    let value = body();
    stretch.done();
    (value, call)
}

/// The same of an `async fn`.
pub fn begin_later<F: Future>(call: Call, body: F) -> Beginning<F> {
    Beginning { body: Some(body), call: Some(call) }
}

/// The future that a function returned, as the work of its call. `close` ends the call with the future's value.
pub fn future_of<F, C>(call: Call, future: F, close: C) -> Observed<F, C>
where
    F: Future,
    C: FnMut(Closing<'_>, &F::Output),
{
    Observed::going_on(call, future, close)
}

/// The same where the future may be ready with its work.
pub fn future_of_to<F, E>(call: Call, future: F, ending: E) -> Observed<F, E>
where
    F: Future,
    E: Ending<F::Output>,
{
    Observed::going_on(call, future, ending)
}

/// The stream that a function returned, as the work of its call. `verdict` tells of each item whether it is a failure.
pub fn stream_of<S, V>(call: Call, stream: S, verdict: V) -> ReturnedStream<S, ByVerdict<V>>
where
    S: Stream,
    V: FnMut(&S::Item) -> Verdict<'_>,
{
    ReturnedStream { work: Some(stream), call: Some(call), look: ByVerdict(verdict) }
}

/// The same, where each item is looked at as the value of a call is. Only an error among them ends it.
pub(crate) fn work_of_stream<S, C>(call: Call, stream: S, close: C) -> ReturnedStream<S, ByClose<C>>
where
    S: Stream,
    C: FnMut(Closing<'_>, &S::Item),
{
    ReturnedStream { work: Some(stream), call: Some(call), look: ByClose(close) }
}

/// A box, where the signature promises one.
pub fn boxed<T>(work: T) -> Pin<Box<T>> {
    Box::pin(work)
}

pin_project! {
    /// The code of an `async fn` that is ready with its work. It gives the call back, which goes on.
    pub struct Beginning<F> {
        #[pin]
        body: Option<F>,
        call: Option<Call>,
    }

    impl<F> PinnedDrop for Beginning<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _running = this.call.as_ref().map(Call::enter);
            this.body.set(None);
        }
    }
}

impl<F: Future> Future for Beginning<F> {
    type Output = (F::Output, Call);

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let (Some(call), Some(body)) = (this.call.as_mut(), this.body.as_mut().as_pin_mut()) else {
            // Polled after it was ready, which no `await` does. There is nothing to wait for.
            return Poll::Pending;
        };
        let stretch = call.stretch();
        let polled = body.poll(context);
        stretch.done();
        let Poll::Ready(value) = polled else { return Poll::Pending };
        match this.call.take() {
            Some(call) => Poll::Ready((value, call)),
            None => Poll::Pending,
        }
    }
}

pin_project! {
    /// A returned stream. Its call ends as a success when the stream ends, as an error with the first item that is one,
    /// as a panic when a poll unwinds, and as cancelled when the stream is dropped before.
    pub struct ReturnedStream<S, L> {
        #[pin]
        work: Option<S>,
        call: Option<Call>,
        look: L,
    }

    impl<S, L> PinnedDrop for ReturnedStream<S, L> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _running = this.call.as_ref().map(Call::enter);
            this.work.set(None);
        }
    }
}

/// How the items of a stream are looked at.
pub trait Look<I> {
    /// Ends the call when the item is an error.
    fn look(&mut self, call: &mut Option<Call>, item: &I);
}

/// Tells of each item whether it is a failure.
pub struct ByVerdict<V>(V);

/// Looks at an item as at the value of a call.
pub(crate) struct ByClose<C>(C);

impl<I, V: FnMut(&I) -> Verdict<'_>> Look<I> for ByVerdict<V> {
    fn look(&mut self, call: &mut Option<Call>, item: &I) {
        if let verdict @ Verdict::Failure(_) = (self.0)(item)
            && let Some(call) = call.take()
        {
            call.close(verdict);
        }
    }
}

impl<I, C: FnMut(Closing<'_>, &I)> Look<I> for ByClose<C> {
    fn look(&mut self, call: &mut Option<Call>, item: &I) {
        let Some(open) = call else { return };
        open.look_at_item(|closing| (self.0)(closing, item));
        if open.is_over() {
            *call = None;
        }
    }
}

impl<S: Stream, L: Look<S::Item>> Stream for ReturnedStream<S, L> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        let Some(work) = this.work.as_pin_mut() else { return Poll::Ready(None) };
        let polled = match this.call {
            Some(call) => {
                let stretch = call.stretch();
                let polled = work.poll_next(context);
                stretch.done();
                polled
            }
            // The call has ended with a failing item; what comes after is nobody's.
            None => work.poll_next(context),
        };
        match &polled {
            Poll::Pending => {}
            Poll::Ready(None) => {
                if let Some(call) = this.call.take() {
                    call.close(Verdict::Success);
                }
            }
            Poll::Ready(Some(item)) => this.look.look(this.call, item),
        }
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.work.as_ref().map_or((0, Some(0)), S::size_hint)
    }
}

impl<S: FusedStream, L: Look<S::Item>> FusedStream for ReturnedStream<S, L> {
    fn is_terminated(&self) -> bool {
        self.work.as_ref().is_none_or(S::is_terminated)
    }
}
