//! Decides by type what a returned value says, whatever its type is called.
//!
//! The wish: `verdict(&value)` that is an error exactly when the value is a `Result::Err`, with the error's own words
//! when its type has any. Rust has no specialisation, so a trait cannot say that. But method lookup can: it tries the
//! inherent methods of a type, and when their bounds do not hold it follows `Deref` and tries again. So each wish is a
//! struct with an inherent `verdict`, and each derefs to the next, weaker wish. The attribute writes
//! `result_of(&value).verdict()` where the type is known, and the compiler picks the strongest that holds. No trait has
//! to be in scope, an alias of `Result` counts, and a user's own enum called `Result` does not.
//!
//! Where the type can be written, `returns::<R>().close()` picks in the same way before there is a value: it gives a
//! function that is compiled once for each type, and not for each annotated function.

use std::convert::Infallible;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Once;

use futures_core::Stream;

use crate::call::{Close, Closing};
use crate::ending::{FutureWork, ReadError, StreamWork, Surely, Work, WorkEnding};
use crate::error_kind::ErrorKind;
use crate::guard::user_code;
use crate::llm::notes::Notes;
use crate::llm::{LlmChunk, LlmResponse, Reading, usage};
use crate::outcome::{self, ErrorName, Failure, FailureText, Verdict};
use crate::{render, warning};

/// A chain of wishes, strongest first, over a value (`&R`) or over its type alone (`Of<R>`).
macro_rules! wishes {
    ($($name:ident -> $next:ident),+ $(,)?) => {$(
        pub struct $name<S>($next<S>);

        impl<S> Deref for $name<S> {
            type Target = $next<S>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
    )+};
}

wishes! {
    TriedWish -> WorkWish,
    WorkWish -> Any,
    KindWish -> ErrorWish,
    ErrorWish -> DerefWish,
    DerefWish -> DisplayWish,
    DisplayWish -> DebugWish,
    DebugWish -> ResultWish,
    ResultWish -> Any,
    OkAnswerWish -> AnswerWish,
    AnswerWish -> OkStreamWish,
    OkStreamWish -> StreamWish,
    StreamWish -> Any,
    OkChunkWish -> ChunkWish,
    ChunkWish -> ItemWish,
    ItemWish -> Any,
}

/// The end of every chain: any value at all.
pub struct Any<S>(S);

/// The type of a value that is not there yet.
pub struct Of<R>(PhantomData<fn() -> R>);

/// Asks a returned value whether it is an error.
pub const fn result_of<R>(value: &R) -> KindWish<&R> {
    ask(value)
}

/// Asks a type how a call that returns it is closed.
pub const fn returns<R>() -> KindWish<Of<R>> {
    ask(Of(PhantomData))
}

/// Asks a type whether its values are work, which goes on after the function has returned.
///
/// Three steps, each a choice of its own: `kind`, or one of its narrower kin, says whether it is work; `error` how an error
/// is read that may come instead; `close` or `by` what is read of the value.
pub const fn work_of<R>() -> TriedWish<Of<R>> {
    TriedWish(WorkWish(Any(Of(PhantomData))))
}

/// The type of work. `N` says how an error is read that comes instead of it.
pub struct Later<W, N> {
    error: N,
    work: PhantomData<fn() -> W>,
}

/// The type of an error that may come instead of work.
pub struct Instead<W, E>(PhantomData<fn() -> (W, E)>);

/// A type whose errors need no choice.
pub struct Plain<S>(S);

/// How a type is asked for work: the method, and the work that it knows.
macro_rules! kinds {
    ($($method:ident: $bound:ident),+ $(,)?) => {$(
        impl<W: $bound, E> TriedWish<Of<Result<W, E>>> {
            /// An `Ok` is work.
            pub fn $method(&self) -> KindWish<Instead<W, E>> {
                ask(Instead(PhantomData))
            }
        }

        impl<W: $bound> WorkWish<Of<W>> {
            /// The value is work.
            pub fn $method(&self) -> Plain<Later<W, Surely>> {
                Plain(Later { error: Surely, work: PhantomData })
            }
        }

        impl<R> Any<Of<R>> {
            /// The value is a value.
            pub fn $method(&self) -> Plain<Of<R>> {
                Plain(Of(PhantomData))
            }
        }
    )+};
}

kinds! {
    kind: Work,
    future: FutureWork,
    stream: StreamWork,
}

impl<S> Plain<S> {
    /// There is no choice.
    pub fn error(self) -> KindWish<S> {
        ask(self.0)
    }
}

const fn ask<S>(subject: S) -> KindWish<S> {
    KindWish(ErrorWish(DerefWish(DisplayWish(DebugWish(ResultWish(Any(subject)))))))
}

/// Asks a returned value for the usage of a language model.
pub const fn answer_of<R>(value: &R) -> OkAnswerWish<&R> {
    OkAnswerWish(AnswerWish(OkStreamWish(StreamWish(Any(value)))))
}

/// Asks an item of a stream for the usage of a language model.
pub const fn chunk_of<R>(item: &R) -> OkChunkWish<&R> {
    OkChunkWish(ChunkWish(ItemWish(Any(item))))
}

impl<'a, R> Any<&'a R> {
    fn value(&self) -> &'a R {
        self.0
    }
}

/// What a wish says when its bounds hold: of a value its verdict, of a type how its values are read.
macro_rules! grant {
    ($wish:ident, $read:ident, $($bounds:tt)*) => {
        impl<'a, T, E> $wish<&'a Result<T, E>> where $($bounds)* {
            /// What the value says of its call.
            pub fn verdict(&self) -> Verdict<'a> {
                $read(self.value())
            }
        }

        impl<T, E> $wish<Of<Result<T, E>>> where $($bounds)* {
            /// Ends a call with what its value says.
            pub fn close(&self) -> Close<Result<T, E>> {
                |call, value| call.close($read(value))
            }
        }

        impl<W, N: Copy, T, E> $wish<Later<W, N>> where W: Work<Value = Result<T, E>>, $($bounds)* {
            /// Ends a call with what its work says.
            pub fn close(&self) -> WorkEnding<N, Close<Result<T, E>>> {
                WorkEnding::new(self.note(), |call, value| call.close($read(value)))
            }
        }

        impl<W, E> $wish<Instead<W, E>> where $($bounds)* {
            /// Reads the error as its type allows.
            pub fn error(&self) -> KindWish<Later<W, ReadError<E>>> {
                ask(Later { error: $read::<Infallible, E>, work: PhantomData })
            }
        }
    };
}

grant!(KindWish, read_kind, E: ErrorKind);
grant!(ErrorWish, read_error, E: Error);
grant!(DerefWish, read_boxed, E: Display + Deref, E::Target: Error);
grant!(DisplayWish, read_display, E: Display);
grant!(DebugWish, read_debug, E: Debug);
grant!(ResultWish, read_opaque,);

/// The error has a word for what it is.
fn read_kind<T, E: ErrorKind>(value: &Result<T, E>) -> Verdict<'_> {
    let verdict = read(value, |error| FailureText::Error(error));
    outcome::with_error_type(verdict, value, ErrorKind::kind)
}

/// The error has a message and a chain of sources.
fn read_error<T, E: Error>(value: &Result<T, E>) -> Verdict<'_> {
    read(value, |error| FailureText::Error(error))
}

/// The error is a box around one: `Box<dyn Error>`, `anyhow::Error`.
fn read_boxed<T, E: Display + Deref<Target: Error>>(value: &Result<T, E>) -> Verdict<'_> {
    read(value, |error| FailureText::Boxed(error, user_code(|| error.source()).flatten()))
}

/// The error has a message.
fn read_display<T, E: Display>(value: &Result<T, E>) -> Verdict<'_> {
    read(value, |error| FailureText::Display(error))
}

/// The error can be printed for a programmer.
fn read_debug<T, E: Debug>(value: &Result<T, E>) -> Verdict<'_> {
    read(value, |error| FailureText::Debug(error))
}

/// The error has no words.
fn read_opaque<T, E>(value: &Result<T, E>) -> Verdict<'_> {
    read(value, |_| FailureText::Opaque)
}

fn read<'a, T, E>(value: &'a Result<T, E>, text: impl FnOnce(&'a E) -> FailureText<'a>) -> Verdict<'a> {
    match value {
        Ok(_) => Verdict::Success,
        Err(error) => {
            Verdict::Failure(Failure { name: ErrorName::Type(std::any::type_name::<E>()), text: text(error) })
        }
    }
}

impl<T: LlmResponse, E> OkAnswerWish<&Result<T, E>> {
    /// The answer is in the `Ok`; an `Err` carries none.
    pub fn reading(&self) -> Option<Reading> {
        self.value().as_ref().ok().map(usage::read)
    }
}

impl<R: LlmResponse> AnswerWish<&R> {
    /// The value is the answer.
    pub fn reading(&self) -> Option<Reading> {
        Some(usage::read(self.value()))
    }
}

impl<S: Stream, E> OkStreamWish<&Result<S, E>> {
    /// The answer is still to come, and nobody waits for it.
    pub fn reading(&self) -> Option<Reading> {
        unseen_stream::<S>();
        None
    }
}

impl<S: Stream> StreamWish<&S> {
    /// The answer is still to come, and nobody waits for it.
    pub fn reading(&self) -> Option<Reading> {
        unseen_stream::<S>();
        None
    }
}

/// A stream that the attribute did not know as one, because its type has another name.
#[cold]
fn unseen_stream<S>() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let name = render::short_type_name(std::any::type_name::<S>());
        warning::warn(format!(
            "an `#[llm_cost]` function returns the stream `{name}` under a name that does not say so, and its usage is \
             not seen; write `stream` in its `#[llm_cost(..)]`"
        ));
    });
}

impl<T: LlmChunk, E> OkChunkWish<&Result<T, E>> {
    /// An `Ok` says what it knows; an `Err` is no item.
    pub fn note(&self, notes: &Notes) {
        if let Ok(chunk) = self.value() {
            notes.chunk(chunk);
        }
    }
}

impl<R: LlmChunk> ChunkWish<&R> {
    /// The item says what it knows.
    pub fn note(&self, notes: &Notes) {
        notes.chunk(self.value());
    }
}

impl<T, E> ItemWish<&Result<T, E>> {
    /// An `Ok` is an item, which says nothing of usage.
    pub fn note(&self, notes: &Notes) {
        if !self.is_error() {
            notes.item();
        }
    }

    /// Whether it is no item.
    pub fn is_error(&self) -> bool {
        self.value().is_err()
    }
}

impl<'a, R> Any<&'a R> {
    /// Whatever is no `Result` is a success.
    pub fn verdict(&self) -> Verdict<'a> {
        Verdict::Success
    }

    /// An item that says nothing of usage.
    pub fn note(&self, notes: &Notes) {
        notes.item();
    }

    /// Whatever is no `Result` is an item.
    pub fn is_error(&self) -> bool {
        false
    }

    /// The value says nothing of usage; `llm::report` may have.
    pub fn reading(&self) -> Option<Reading> {
        None
    }
}

impl<R> Any<Of<R>> {
    /// Whatever is no `Result` is a success.
    pub fn close(&self) -> Close<R> {
        |call, _| call.close(Verdict::Success)
    }
}

impl<R> Any<Of<R>> {
    /// Ends a call as the attribute says.
    pub fn by<C: FnMut(Closing<'_>, &R)>(&self, close: C) -> C {
        close
    }
}

impl<W: Work, N: Copy> Any<Later<W, N>> {
    fn note(&self) -> N {
        self.0.error
    }

    /// Whatever is no `Result` is a success.
    pub fn close(&self) -> WorkEnding<N, Close<W::Value>> {
        WorkEnding::new(self.note(), |call, _| call.close(Verdict::Success))
    }

    /// Ends a call as the attribute says.
    pub fn by<C: FnMut(Closing<'_>, &W::Value)>(&self, close: C) -> WorkEnding<N, C> {
        WorkEnding::new(self.note(), close)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use super::*;

    struct Wordless;

    type Alias<T> = Result<T, io::Error>;

    fn kind(verdict: Verdict<'_>) -> &'static str {
        match verdict {
            Verdict::Success => "success",
            Verdict::Failure(Failure { text, .. }) => match text {
                FailureText::Error(_) => "error",
                FailureText::Boxed(..) => "boxed",
                FailureText::Display(_) => "display",
                FailureText::Debug(_) => "debug",
                FailureText::Opaque => "opaque",
            },
        }
    }

    #[test]
    fn the_strongest_wish_that_the_type_grants_is_taken() {
        let io: Alias<u8> = Err(io::Error::other("disk"));
        assert_eq!(kind(result_of(&io).verdict()), "error");
        let boxed: Result<u8, Box<dyn Error + Send + Sync>> = Err("disk".into());
        assert_eq!(kind(result_of(&boxed).verdict()), "boxed");
        let shared: Result<u8, Arc<dyn Error>> = Err(Arc::from(Box::<dyn Error>::from("disk")));
        assert_eq!(kind(result_of(&shared).verdict()), "error");
        assert_eq!(kind(result_of(&Err::<u8, _>("disk")).verdict()), "display");
        assert_eq!(kind(result_of(&Err::<u8, _>(vec![1])).verdict()), "debug");
        assert_eq!(kind(result_of(&Err::<u8, _>(Wordless)).verdict()), "opaque");
    }

    #[test]
    fn a_value_that_is_no_result_is_a_success_whatever_it_is_called() {
        mod foreign {
            #[allow(dead_code)]
            pub(super) enum Result {
                Ok,
                Err,
            }
        }
        assert_eq!(kind(result_of(&foreign::Result::Err).verdict()), "success");
        assert_eq!(kind(result_of(&None::<u8>).verdict()), "success");
        assert_eq!(kind(result_of(&Ok::<u8, Wordless>(1)).verdict()), "success");
    }

    #[test]
    fn generic_code_gets_what_its_bounds_promise() {
        fn bound<E: Error>(error: E) -> &'static str {
            kind(result_of(&Err::<(), E>(error)).verdict())
        }
        fn unbound<E>(error: E) -> &'static str {
            kind(result_of(&Err::<(), E>(error)).verdict())
        }
        assert_eq!((bound(io::Error::other("x")), unbound(io::Error::other("x"))), ("error", "opaque"));
    }
}
