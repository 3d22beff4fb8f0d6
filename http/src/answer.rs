//! The answer to a request, on either side, for as long as it is awaited.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;
use pin_project_lite::pin_project;

use crate::exchange::Exchange;

/// What a side knows of its request, and does when there is an answer.
pub(crate) trait Side {
    fn exchange(&self) -> &Exchange;

    fn exchange_mut(&mut self) -> &mut Exchange;

    fn answered<B>(&mut self, response: &mut Response<B>);

    /// There is no answer but an error of this type.
    fn failed(&mut self, error_type: &str);
}

pin_project! {
    /// A future of an answer. The request's span and context are current while it is awaited, and while it is dropped.
    #[derive(Debug)]
    pub(crate) struct Answer<F, S: Side> {
        #[pin]
        response: Option<F>,
        side: S,
    }

    impl<F, S: Side> PinnedDrop for Answer<F, S> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _running = this.side.exchange().enter();
            this.response.set(None);
        }
    }
}

impl<F, S: Side> Answer<F, S> {
    /// Makes the future by `call`, which runs in the exchange already.
    pub(crate) fn to(mut side: S, call: impl FnOnce() -> F) -> Answer<F, S> {
        side.exchange_mut().is_inside = true;
        let running = side.exchange().enter();
        let response = Some(call());
        drop(running);
        side.exchange_mut().is_inside = false;
        Answer { response, side }
    }
}

impl<F, S, B, E> Future for Answer<F, S>
where
    F: Future<Output = Result<Response<B>, E>>,
    S: Side,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        this.side.exchange_mut().is_inside = true;
        let polled = {
            let _running = this.side.exchange().enter();
            // It is there until it is ready.
            let polled = this.response.as_mut().as_pin_mut().map_or(Poll::Pending, |response| response.poll(task));
            if polled.is_ready() {
                this.response.set(None);
            }
            polled
        };
        this.side.exchange_mut().is_inside = false;
        let mut polled = ready!(polled);
        match &mut polled {
            Ok(response) => this.side.answered(response),
            Err(_) => this.side.failed(std::any::type_name::<E>()),
        }
        Poll::Ready(polled)
    }
}
