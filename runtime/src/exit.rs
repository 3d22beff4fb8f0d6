//! What a `?` does, for bodies that stay where they are.
//!
//! The value that leaves a function by `?` has to be looked at like any other. So the attribute writes out what the
//! operator does, with the traits below in the place of `Try` and `FromResidual`, which no other crate may name. They are
//! implemented for the same types.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::task::Poll;

/// A value that `?` goes on with or leaves the function with.
#[diagnostic::on_unimplemented(
    message = "the `?` operator can only be applied to values that implement `Try`",
    label = "the `?` operator cannot be applied to type `{Self}`"
)]
pub trait Branch {
    /// What the expression goes on with.
    type Output;
    /// What the function is left with.
    type Rest;

    /// Which of the two it is.
    fn branch(self) -> ControlFlow<Self::Rest, Self::Output>;
}

/// A value that a function can return when a `?` leaves it.
#[diagnostic::on_unimplemented(
    message = "the `?` operator cannot leave a function that returns `{Self}` with `{R}`",
    label = "this function cannot be left so"
)]
pub trait FromRest<R> {
    /// The value that is returned.
    #[track_caller]
    fn from_rest(rest: R) -> Self;
}

impl<T> Branch for Option<T> {
    type Output = T;
    type Rest = Option<Infallible>;

    fn branch(self) -> ControlFlow<Option<Infallible>, T> {
        self.map_or(ControlFlow::Break(None), ControlFlow::Continue)
    }
}

impl<T, E> Branch for Result<T, E> {
    type Output = T;
    type Rest = Result<Infallible, E>;

    fn branch(self) -> ControlFlow<Result<Infallible, E>, T> {
        match self {
            Ok(value) => ControlFlow::Continue(value),
            Err(error) => ControlFlow::Break(Err(error)),
        }
    }
}

impl<B, C> Branch for ControlFlow<B, C> {
    type Output = C;
    type Rest = ControlFlow<B, Infallible>;

    fn branch(self) -> ControlFlow<ControlFlow<B, Infallible>, C> {
        match self {
            ControlFlow::Continue(value) => ControlFlow::Continue(value),
            ControlFlow::Break(value) => ControlFlow::Break(ControlFlow::Break(value)),
        }
    }
}

impl<T, E> Branch for Poll<Result<T, E>> {
    type Output = Poll<T>;
    type Rest = Result<Infallible, E>;

    fn branch(self) -> ControlFlow<Result<Infallible, E>, Poll<T>> {
        match self {
            Poll::Pending => ControlFlow::Continue(Poll::Pending),
            Poll::Ready(Ok(value)) => ControlFlow::Continue(Poll::Ready(value)),
            Poll::Ready(Err(error)) => ControlFlow::Break(Err(error)),
        }
    }
}

impl<T, E> Branch for Poll<Option<Result<T, E>>> {
    type Output = Poll<Option<T>>;
    type Rest = Result<Infallible, E>;

    fn branch(self) -> ControlFlow<Result<Infallible, E>, Poll<Option<T>>> {
        match self {
            Poll::Pending => ControlFlow::Continue(Poll::Pending),
            Poll::Ready(None) => ControlFlow::Continue(Poll::Ready(None)),
            Poll::Ready(Some(Ok(value))) => ControlFlow::Continue(Poll::Ready(Some(value))),
            Poll::Ready(Some(Err(error))) => ControlFlow::Break(Err(error)),
        }
    }
}

impl<T> FromRest<Option<Infallible>> for Option<T> {
    fn from_rest(_: Option<Infallible>) -> Option<T> {
        None
    }
}

impl<T, E, F: From<E>> FromRest<Result<Infallible, E>> for Result<T, F> {
    #[track_caller]
    fn from_rest(rest: Result<Infallible, E>) -> Result<T, F> {
        let Err(error) = rest;
        Err(F::from(error))
    }
}

impl<B, C> FromRest<ControlFlow<B, Infallible>> for ControlFlow<B, C> {
    fn from_rest(rest: ControlFlow<B, Infallible>) -> ControlFlow<B, C> {
        let ControlFlow::Break(value) = rest;
        ControlFlow::Break(value)
    }
}

impl<T, E, F: From<E>> FromRest<Result<Infallible, E>> for Poll<Result<T, F>> {
    #[track_caller]
    fn from_rest(rest: Result<Infallible, E>) -> Poll<Result<T, F>> {
        Poll::Ready(Result::from_rest(rest))
    }
}

impl<T, E, F: From<E>> FromRest<Result<Infallible, E>> for Poll<Option<Result<T, F>>> {
    #[track_caller]
    fn from_rest(rest: Result<Infallible, E>) -> Poll<Option<Result<T, F>>> {
        Poll::Ready(Some(Result::from_rest(rest)))
    }
}

/// Which way a `?` goes.
pub fn branch<V: Branch>(value: V) -> ControlFlow<V::Rest, V::Output> {
    value.branch()
}

/// What the function returns when a `?` leaves it.
#[track_caller]
pub fn from_rest<T: FromRest<R>, R>(rest: R) -> T {
    T::from_rest(rest)
}
