//! What the site of a call of a language model has more than other sites.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::plan::Llm;
use crate::values::Model;

/// What the site knows at compile time: `.llm(provider, Some(model), Some(feature))`.
pub(crate) fn spec(span: Span, llm: &Llm) -> TokenStream {
    let provider = &llm.provider;
    let model = match &llm.model {
        Model::Literal(model) => some(span, model),
        Model::Expression(_) => none(span),
    };
    let feature = match &llm.feature {
        Some(feature) => some(span, feature),
        None => none(span),
    };
    quote_spanned! {span=> .llm(#provider, #model, #feature) }
}

fn some(span: Span, value: impl quote::ToTokens) -> TokenStream {
    quote_spanned! {span=> ::core::option::Option::Some(#value) }
}

fn none(span: Span) -> TokenStream {
    quote_spanned! {span=> ::core::option::Option::None }
}
