//! The expansion: the user's item with a new body.

mod arguments;
mod body;
mod close;
mod database;
mod llm;
mod open;
mod returned;
mod site;
mod warning;
mod workflow;

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::quote;

use crate::item::Function;
use crate::plan::Plan;

// Input:
//     #[doc = "..."] pub async fn find<'a>(key: &'a str) -> Result<Page, Error> { #![allow(..)] BODY }
// Output:
//     #[doc = "..."] pub async fn find<'a>(key: &'a str) -> Result<Page, Error> { #![allow(..)] MEASURED BODY }
pub(crate) fn expand(plan: &Plan, function: &Function) -> TokenStream {
    let head = &function.head;
    let body = body(plan, function);
    quote! { #head #body }
}

/// The new body alone.
pub(crate) fn body(plan: &Plan, function: &Function) -> Group {
    let warning = warning::of(plan, function);
    let measured = body::measured(plan, function);
    let inner_attributes = &function.body.inner_attributes;
    let mut body = Group::new(Delimiter::Brace, quote! { #inner_attributes #warning #measured });
    body.set_span(function.body.block.span());
    body
}
