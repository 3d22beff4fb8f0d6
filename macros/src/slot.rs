//! Room for what an attribute says once.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;

use crate::errors::Errors;

/// Room for one value and the word it was given with; a second one is an error.
pub(crate) struct Slot<T> {
    given: Option<(Ident, T)>,
    is_inherited: bool,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Slot { given: None, is_inherited: false }
    }
}

impl<T> Slot<T> {
    pub(crate) fn fill(&mut self, key: &Ident, value: T, errors: &mut Errors) -> syn::Result<()> {
        if self.given.is_some() {
            errors.at(key, format_args!("duplicate argument `{}`", key.unraw()));
        } else {
            self.given = Some((key.clone(), value));
        }
        Ok(())
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.given.as_ref().map(|(_, value)| value)
    }

    pub(crate) fn key(&self) -> Option<&Ident> {
        self.given.as_ref().map(|(key, _)| key)
    }

    pub(crate) fn is_given(&self) -> bool {
        self.given.is_some()
    }

    pub(crate) fn take(&mut self) -> Option<T> {
        self.given.take().map(|(_, value)| value)
    }

    pub(crate) fn into_option(self) -> Option<T> {
        self.given.map(|(_, value)| value)
    }
}

impl<T: Clone + ToTokens> Slot<T> {
    /// Takes over what an outer attribute said, where the inner one is silent.
    pub(crate) fn inherit(&mut self, outer: &Slot<T>) {
        if self.given.is_none() {
            self.given.clone_from(&outer.given);
            self.is_inherited = true;
        }
    }

    /// Says `, word = value` if it was taken over.
    pub(crate) fn say_inherited(&self, tokens: &mut TokenStream) {
        if let Some((key, value)) = self.given.as_ref().filter(|_| self.is_inherited) {
            tokens.extend(quote! { , #key = #value });
        }
    }
}
