//! Decides by type what a returned value says, whatever its type is called.
//!
//! The wish: `verdict(&value)` that is an error exactly when the value is a `Result::Err`, with the error's own words
//! when its type has any. Rust has no specialisation, so a trait cannot say that. But method lookup can: it tries the
//! inherent methods of a type, and when their bounds do not hold it follows `Deref` and tries again. So each wish is a
//! struct with an inherent `verdict`, and each derefs to the next, weaker wish. The attribute writes
//! `result_of(&value).verdict()` where the type is known, and the compiler picks the strongest that holds. No trait has
//! to be in scope, an alias of `Result` counts, and a user's own enum called `Result` does not.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::ops::Deref;
use std::sync::Once;

use futures_core::Stream;

use crate::error_kind::ErrorKind;
use crate::guard::user_code;
use crate::llm::notes::Notes;
use crate::llm::{LlmChunk, LlmResponse, Reading, usage};
use crate::outcome::{ErrorName, Failure, FailureText, Verdict};
use crate::{render, warning};

/// A chain of wishes over a returned value, strongest first.
macro_rules! wishes {
    ($($name:ident -> $next:ident),+ $(,)?) => {$(
        pub struct $name<'a, R>($next<'a, R>);

        impl<'a, R> Deref for $name<'a, R> {
            type Target = $next<'a, R>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
    )+};
}

wishes! {
    KindWish -> ErrorWish,
    ErrorWish -> DerefWish,
    DerefWish -> DisplayWish,
    DisplayWish -> DebugWish,
    DebugWish -> ResultWish,
    ResultWish -> Value,
    OkAnswerWish -> AnswerWish,
    AnswerWish -> OkStreamWish,
    OkStreamWish -> StreamWish,
    StreamWish -> Value,
    OkChunkWish -> ChunkWish,
    ChunkWish -> ItemWish,
    ItemWish -> Value,
}

/// The end of every chain: any value at all.
pub struct Value<'a, R>(&'a R);

/// Asks a returned value whether it is an error.
pub fn result_of<R>(value: &R) -> KindWish<'_, R> {
    KindWish(ErrorWish(DerefWish(DisplayWish(DebugWish(ResultWish(Value(value)))))))
}

/// Asks a returned value for the usage of a language model.
pub fn answer_of<R>(value: &R) -> OkAnswerWish<'_, R> {
    OkAnswerWish(AnswerWish(OkStreamWish(StreamWish(Value(value)))))
}

/// Asks an item of a stream for the usage of a language model.
pub fn chunk_of<R>(item: &R) -> OkChunkWish<'_, R> {
    OkChunkWish(ChunkWish(ItemWish(Value(item))))
}

fn verdict<'a, T, E>(value: &'a Result<T, E>, text: impl FnOnce(&'a E) -> FailureText<'a>) -> Verdict<'a> {
    match value {
        Ok(_) => Verdict::Success,
        Err(error) => {
            Verdict::Failure(Failure { name: ErrorName::Type(std::any::type_name::<E>()), text: text(error) })
        }
    }
}

impl<'a, T, E: ErrorKind> KindWish<'a, Result<T, E>> {
    /// The error has a word for what it is.
    pub fn verdict(&self) -> Verdict<'a> {
        match self.0.0.0.0.0.0.0 {
            Ok(_) => Verdict::Success,
            Err(error) => {
                let kind = user_code(|| error.kind()).unwrap_or(render::PANICKED);
                Verdict::Failure(Failure { name: ErrorName::Kind(kind), text: FailureText::Error(error) })
            }
        }
    }
}

impl<'a, T, E: Error> ErrorWish<'a, Result<T, E>> {
    /// The error has a message and a chain of sources.
    pub fn verdict(&self) -> Verdict<'a> {
        verdict(self.0.0.0.0.0.0, |error| FailureText::Error(error))
    }
}

impl<'a, T, E> DerefWish<'a, Result<T, E>>
where
    E: Display + Deref,
    E::Target: Error,
{
    /// The error is a box around one: `Box<dyn Error>`, `anyhow::Error`.
    pub fn verdict(&self) -> Verdict<'a> {
        verdict(self.0.0.0.0.0, |error| FailureText::Boxed(error, user_code(|| error.source()).flatten()))
    }
}

impl<'a, T, E: Display> DisplayWish<'a, Result<T, E>> {
    /// The error has a message.
    pub fn verdict(&self) -> Verdict<'a> {
        verdict(self.0.0.0.0, |error| FailureText::Display(error))
    }
}

impl<'a, T, E: Debug> DebugWish<'a, Result<T, E>> {
    /// The error can be printed for a programmer.
    pub fn verdict(&self) -> Verdict<'a> {
        verdict(self.0.0.0, |error| FailureText::Debug(error))
    }
}

impl<'a, T, E> ResultWish<'a, Result<T, E>> {
    /// The error has no words.
    pub fn verdict(&self) -> Verdict<'a> {
        verdict(self.0.0, |_| FailureText::Opaque)
    }
}

impl<'a, T: LlmResponse, E> OkAnswerWish<'a, Result<T, E>> {
    /// The answer is in the `Ok`; an `Err` carries none.
    pub fn reading(&self) -> Option<Reading> {
        self.0.0.0.0.0.as_ref().ok().map(usage::read)
    }
}

impl<R: LlmResponse> AnswerWish<'_, R> {
    /// The value is the answer.
    pub fn reading(&self) -> Option<Reading> {
        Some(usage::read(self.0.0.0.0))
    }
}

impl<S: Stream, E> OkStreamWish<'_, Result<S, E>> {
    /// The answer is still to come, and nobody waits for it.
    pub fn reading(&self) -> Option<Reading> {
        unseen_stream::<S>();
        None
    }
}

impl<S: Stream> StreamWish<'_, S> {
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

impl<T: LlmChunk, E> OkChunkWish<'_, Result<T, E>> {
    /// An `Ok` says what it knows; an `Err` is no item.
    pub fn note(&self, notes: &Notes) {
        if let Ok(chunk) = self.0.0.0.0 {
            notes.chunk(chunk);
        }
    }
}

impl<R: LlmChunk> ChunkWish<'_, R> {
    /// The item says what it knows.
    pub fn note(&self, notes: &Notes) {
        notes.chunk(self.0.0.0);
    }
}

impl<T, E> ItemWish<'_, Result<T, E>> {
    /// An `Ok` is an item, which says nothing of usage.
    pub fn note(&self, notes: &Notes) {
        if !self.is_error() {
            notes.item();
        }
    }

    /// Whether it is no item.
    pub fn is_error(&self) -> bool {
        self.0.0.is_err()
    }
}

impl<'a, R> Value<'a, R> {
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
