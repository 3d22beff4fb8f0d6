//! Functions that return their work instead of doing it: a future, or a stream.
//!
//! The call lasts until the work is over. The function's own code runs first, inside of the call, and is not changed;
//! what it returns is wrapped.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::call::{Call, Closing};
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

/// The stream that a function returned, as the work of its call. `verdict` tells of each item whether it is a failure.
pub fn stream_of<S, V>(call: Call, stream: S, verdict: V) -> ReturnedStream<S, V>
where
    S: Stream,
    V: FnMut(&S::Item) -> Verdict<'_>,
{
    ReturnedStream { work: Some(stream), call: Some(call), verdict }
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
    pub struct ReturnedStream<S, V> {
        #[pin]
        work: Option<S>,
        call: Option<Call>,
        verdict: V,
    }

    impl<S, V> PinnedDrop for ReturnedStream<S, V> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _running = this.call.as_ref().map(Call::enter);
            this.work.set(None);
        }
    }
}

impl<S, V> Stream for ReturnedStream<S, V>
where
    S: Stream,
    V: FnMut(&S::Item) -> Verdict<'_>,
{
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
            Poll::Ready(Some(item)) => {
                if let verdict @ Verdict::Failure(_) = (this.verdict)(item)
                    && let Some(call) = this.call.take()
                {
                    call.close(verdict);
                }
            }
        }
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.work.as_ref().map_or((0, Some(0)), S::size_hint)
    }
}
