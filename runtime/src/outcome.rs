//! How a call ended.

use std::error::Error;
use std::fmt;

use crate::guard::user_code;
use crate::render;

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

    /// The values of the label `status`.
    pub(crate) const LABELS: [&str; 4] =
        [Outcome::Success.label(), Outcome::Error.label(), Outcome::Panic.label(), Outcome::Cancelled.label()];

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
    pub(crate) name: ErrorName,
    pub(crate) text: FailureText<'a>,
}

/// What an error is called in the label `error_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorName {
    /// Its own word for what it is.
    Kind(&'static str),
    /// Its type, with all paths.
    Type(&'static str),
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

impl ErrorName {
    /// Whether it is this very name, seldom missed and quickly told: the same text at the same place.
    pub(crate) fn is(&self, other: &ErrorName) -> bool {
        match (self, other) {
            (ErrorName::Kind(one), ErrorName::Kind(other)) | (ErrorName::Type(one), ErrorName::Type(other)) => {
                std::ptr::eq::<str>(*one, *other)
            }
            _ => false,
        }
    }

    pub(crate) fn label(self) -> String {
        match self {
            ErrorName::Kind(kind) => kind.to_owned(),
            ErrorName::Type(full) => render::short_type_name(full),
        }
    }
}

/// A value that the user's `ok_if` calls fine is a success; of any other the verdict stands.
///
/// A panic in it is counted, and the verdict stands.
pub fn ok_if<'a, R>(value: &R, is_ok: impl FnOnce(&R) -> bool, verdict: impl FnOnce() -> Verdict<'a>) -> Verdict<'a> {
    match user_code(|| is_ok(value)) {
        Some(true) => Verdict::Success,
        _ => verdict(),
    }
}

/// The verdict with the user's word for the type of the error.
pub fn with_error_type<'a, T, E>(
    verdict: Verdict<'a>,
    value: &Result<T, E>,
    name: impl FnOnce(&E) -> &'static str,
) -> Verdict<'a> {
    match (verdict, value) {
        (Verdict::Failure(failure), Err(error)) => {
            let kind = user_code(|| name(error)).unwrap_or(render::PANICKED);
            Verdict::Failure(Failure { name: ErrorName::Kind(kind), ..failure })
        }
        (verdict, _) => verdict,
    }
}

/// The verdict, except that a `None` is an error.
pub fn none_is_error<'a, R: MaybeNone>(verdict: Verdict<'a>, value: &R) -> Verdict<'a> {
    if value.is_none() {
        return Verdict::Failure(Failure { name: ErrorName::Kind("none"), text: FailureText::Opaque });
    }
    verdict
}

/// A value that may be nothing.
#[diagnostic::on_unimplemented(
    message = "`none = \"error\"` needs a function that returns an `Option`",
    label = "this is `{Self}`"
)]
pub trait MaybeNone {
    /// Whether it is nothing.
    fn is_none(&self) -> bool;
}

impl<T> MaybeNone for Option<T> {
    fn is_none(&self) -> bool {
        Option::is_none(self)
    }
}

impl<T, E> MaybeNone for Result<Option<T>, E> {
    fn is_none(&self) -> bool {
        matches!(self, Ok(None))
    }
}
