//! How a call ended.

use std::error::Error;
use std::fmt;

/// The end of a call, as it stands in the label `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Success,
    Error,
    Panic,
    Cancelled,
}

impl Outcome {
    pub(crate) const ALL: [Outcome; 4] = [Outcome::Success, Outcome::Error, Outcome::Panic, Outcome::Cancelled];

    pub(crate) const fn label(self) -> &'static str {
        match self {
            Outcome::Success => "success",
            Outcome::Error => "error",
            Outcome::Panic => "panic",
            Outcome::Cancelled => "cancelled",
        }
    }
}

/// What a returned value says about its call.
pub enum Verdict<'a> {
    /// The value is no error.
    Success,
    /// The value is the `Err` of a `Result`.
    Failure(Failure<'a>),
}

/// The error that a call returned.
pub struct Failure<'a> {
    pub(crate) type_name: &'static str,
    pub(crate) text: FailureText<'a>,
}

/// The best way that the error's type offers to put it into words.
pub(crate) enum FailureText<'a> {
    Error(&'a dyn Error),
    /// A box around an error, and the source of what is in it.
    Boxed(&'a dyn fmt::Display, Option<&'a (dyn Error + 'static)>),
    Display(&'a dyn fmt::Display),
    Debug(&'a dyn fmt::Debug),
    Opaque,
}
