//! The expansion: the user's item with a new body.

mod arguments;
mod body;
mod close;
mod database;
mod llm;
mod open;
mod returned;
pub(crate) mod signature;
mod site;
mod warning;
mod workflow;

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::quote;

use crate::expand::arguments::Carried;
use crate::expand::body::Measured;
use crate::expand::signature::Head;
use crate::item::Function;
use crate::plan::Plan;
use crate::shape::Shape;

// Input:
//     #[doc = "..."] pub async fn find<'a>(key: &'a str) -> Result<Page, Error> { #![allow(..)] BODY }
// Output:
//     #[doc = "..."] pub async fn find<'a>(key: &'a str) -> Result<Page, Error> { #![allow(..)] SITE MEASURED BODY }
pub(crate) fn expand(plan: &Plan, function: &Function) -> TokenStream {
    let carried = arguments::carried(plan, function);
    let head = head(plan, function, &carried);
    let body = body(plan, function, &carried);
    quote! { #head #body }
}

/// What stands before the body, as it was written unless the form of the expansion asks for a change.
fn head(plan: &Plan, function: &Function, carried: &Carried) -> TokenStream {
    let is_future = matches!(plan.shape, Shape::Future(_));
    if !is_future && carried.inputs.is_none() {
        return function.head.clone();
    }
    let Some(mut head) = Head::of(&function.head) else { return function.head.clone() };
    if let Some(inputs) = &carried.inputs {
        head.set_inputs(inputs.clone());
    }
    if is_future {
        head.desugar(plan.span, &plan.krate);
    }
    head.into_tokens()
}

fn body(plan: &Plan, function: &Function, carried: &Carried) -> Group {
    let site = site::declared(plan);
    let Measured { tokens: measured, is_blind } = body::measured(plan, function, &carried.statements);
    let warning = warning::of(plan, function, is_blind);
    let inner_attributes = &function.body.inner_attributes;
    let mut body = Group::new(Delimiter::Brace, quote! { #inner_attributes #warning #site #measured });
    body.set_span(function.body.block.span());
    body
}
