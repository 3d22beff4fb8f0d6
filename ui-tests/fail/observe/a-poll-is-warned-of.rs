#![deny(warnings)]

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use taximeter::observe;

struct Ready;

impl Future for Ready {
    type Output = ();

    #[observe]
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

fn main() {}
