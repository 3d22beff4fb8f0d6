//! What a call of a language model has more than other calls: a model, and an answer that tells its usage.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;

use crate::plan::{Llm, Plan};
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

/// Opens the call. A model that is an expression is evaluated here, before the body, where the arguments still are.
pub(crate) fn open(plan: &Plan, site: &TokenStream) -> TokenStream {
    let krate = &plan.krate;
    match plan.model_expression() {
        Some(model) => {
            let model = quote_spanned! {plan.span.located_at(model.span())=> &(#model) };
            quote_spanned! {plan.span=> #krate::__private::open_model(#site, #model) }
        }
        None => quote_spanned! {plan.span=> #krate::__private::open(#site) },
    }
}

/// Closes `__call` with what `__ret` says.
pub(crate) fn close(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let verdict = quote_spanned! {plan.span=> #krate::__private::result_of(&__ret).verdict() };
    if plan.is_llm() {
        quote_spanned! {plan.span=>
            __call.close_llm(#verdict, #krate::__private::answer_of(&__ret).reading());
        }
    } else {
        quote_spanned! {plan.span=> __call.close(#verdict); }
    }
}

fn some(span: Span, value: impl quote::ToTokens) -> TokenStream {
    quote_spanned! {span=> ::core::option::Option::Some(#value) }
}

fn none(span: Span) -> TokenStream {
    quote_spanned! {span=> ::core::option::Option::None }
}
