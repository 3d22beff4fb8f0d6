//! What becomes of the value that the code of a call came back with.
//!
//! Of most values it is read how the call ended. A boxed future or stream is the call's work, whatever its type is called:
//! it goes into another box of the same type, and the call lasts until the work is over.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;

use futures_core::Stream;

use crate::call::{Call, Closing};
use crate::outcome::Verdict;
use crate::returned::{future_of, work_of_stream};

/// Takes over the value of a call, and gives it to the caller.
pub trait Ending<R> {
    /// Ends the call with its value, or hands the call over to the work that the value is.
    fn end(&mut self, call: Closing<'_>, value: R) -> R;
}

impl<R, C: FnMut(Closing<'_>, &R)> Ending<R> for C {
    #[inline]
    fn end(&mut self, call: Closing<'_>, value: R) -> R {
        self(call, &value);
        value
    }
}

/// A type whose values are work, and around which more can be put without another type: a box of a future or a stream.
///
/// There is nothing that could be put around a type with a name of its own, so such a value is no work.
pub trait Work {
    /// What the outcome is read from: what the future is ready with, or an item of the stream.
    type Value;
}

/// Work that is ready once.
pub trait FutureWork: Work {}

/// Work that goes on giving.
pub trait StreamWork: Work {}

/// Work that can be closed by `C`, which goes into the box.
pub trait Wrap<C>: Work {
    /// The same work, as that of a call.
    fn wrap(self, call: Call, close: C) -> Self;
}

/// The work of a call, in a value that is the work itself, or is a `Result` of it.
///
/// `N` says how an error is read that comes instead of the work.
pub struct WorkEnding<N, C> {
    error: N,
    /// Is there until there is a value.
    close: Option<C>,
}

/// There can be no error.
#[derive(Clone, Copy)]
pub struct Surely;

/// How an error is read that comes instead of the work.
pub(crate) type ReadError<E> = for<'a> fn(&'a Result<Infallible, E>) -> Verdict<'a>;

impl<N, C> WorkEnding<N, C> {
    pub(crate) fn new(error: N, close: C) -> WorkEnding<N, C> {
        WorkEnding { error, close: Some(close) }
    }

    fn wrap<W: Wrap<C>>(&mut self, call: Closing<'_>, work: W) -> W {
        match self.close.take() {
            Some(close) => work.wrap(call.go_on(), close),
            None => work,
        }
    }
}

impl<W: Wrap<C>, C> Ending<W> for WorkEnding<Surely, C> {
    fn end(&mut self, call: Closing<'_>, work: W) -> W {
        self.wrap(call, work)
    }
}

impl<W: Wrap<C>, E, C> Ending<Result<W, E>> for WorkEnding<ReadError<E>, C> {
    fn end(&mut self, call: Closing<'_>, value: Result<W, E>) -> Result<W, E> {
        match value {
            Ok(work) => Ok(self.wrap(call, work)),
            Err(error) => {
                let value = Err(error);
                call.close((self.error)(&value));
                let Err(error) = value;
                Err(error)
            }
        }
    }
}

/// Boxes of trait objects, each with its auto traits: the type says them, so what goes into the box must have them.
macro_rules! boxes {
    ($([$($auto:ident)*])+) => {$(
        boxes!(@of Future, Output, FutureWork, future_of, [$($auto)*]);
        boxes!(@of Stream, Item, StreamWork, work_of_stream, [$($auto)*]);
    )+};
    (@of $made:ident, $value:ident, $kind:ident, $wrapped:ident, [$($auto:ident)*]) => {
        impl<'a, T> Work for Pin<Box<dyn $made<$value = T> $(+ $auto)* + 'a>> {
            type Value = T;
        }

        impl<'a, T> $kind for Pin<Box<dyn $made<$value = T> $(+ $auto)* + 'a>> {}

        impl<'a, T, C> Wrap<C> for Pin<Box<dyn $made<$value = T> $(+ $auto)* + 'a>>
        where
            T: 'a,
            C: FnMut(Closing<'_>, &T) $(+ $auto)* + 'a,
        {
            fn wrap(self, call: Call, close: C) -> Self {
                Box::pin($wrapped(call, self, close))
            }
        }

        impl<'a, T> Work for Box<dyn $made<$value = T> $(+ $auto)* + 'a> {
            type Value = T;
        }

        impl<'a, T> $kind for Box<dyn $made<$value = T> $(+ $auto)* + 'a> {}

        impl<'a, T, C> Wrap<C> for Box<dyn $made<$value = T> $(+ $auto)* + 'a>
        where
            T: 'a,
            C: FnMut(Closing<'_>, &T) $(+ $auto)* + 'a,
        {
            fn wrap(self, call: Call, close: C) -> Self {
                Box::new($wrapped(call, Box::into_pin(self), close))
            }
        }
    };
}

boxes! {
    []
    [Send]
    [Sync]
    [Send Sync]
    [Unpin]
    [Unpin Send]
    [Unpin Sync]
    [Unpin Send Sync]
}
