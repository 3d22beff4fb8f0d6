//! All mistakes of one attribute, told in one compile.

use std::fmt::Display;
use std::thread;

use quote::ToTokens;

/// Collects errors. Dropping it unread would lose a user's mistakes, so that panics while this crate is debugged.
pub(crate) struct Errors {
    found: Option<syn::Error>,
    is_read: bool,
}

impl Errors {
    pub(crate) fn new() -> Errors {
        Errors { found: None, is_read: false }
    }

    /// Adds an error that underlines `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(found) => found.combine(error),
            None => self.found = Some(error),
        }
    }

    /// The value, or nothing and one error more.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_none()
    }

    pub(crate) fn finish(mut self) -> Option<syn::Error> {
        self.is_read = true;
        self.found.take()
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        debug_assert!(self.is_read || thread::panicking(), "errors were collected and not read");
    }
}
