//! The future of an annotated `async fn`.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::call::Call;

pin_project! {
    /// Runs a future as the body of a call, and gives the call back with the value.
    ///
    /// The call's span and context are current during each poll, and while the body is dropped. When this future is
    /// dropped before it is ready, the call was cancelled; when a poll unwinds, it panicked, whoever catches that.
    pub struct Observed<F> {
        #[pin]
        body: Option<F>,
        call: Option<Call>,
    }

    impl<F> PinnedDrop for Observed<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if let Some(call) = this.call.as_ref() {
                let _running = call.enter();
                this.body.set(None);
            }
        }
    }
}

/// Runs `body` as the body of `call`.
pub fn observed<F: Future>(call: Call, body: F) -> Observed<F> {
    Observed { body: Some(body), call: Some(call) }
}

impl<F: Future> Future for Observed<F> {
    type Output = (F::Output, Call);

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let (Some(call), Some(body)) = (this.call.as_mut(), this.body.as_mut().as_pin_mut()) else {
            // Polled after it was ready, which no `await` does. There is nothing to wait for.
            return Poll::Pending;
        };
        let stretch = call.stretch();
        let polled = body.poll(context);
        if polled.is_ready() {
            this.body.set(None);
        }
        stretch.done();
        let Poll::Ready(value) = polled else { return Poll::Pending };
        match this.call.take() {
            Some(call) => Poll::Ready((value, call)),
            None => Poll::Pending,
        }
    }
}
