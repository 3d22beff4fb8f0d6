//! The user's body, and what is put around it.

use proc_macro2::{Delimiter, Group, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ReturnType, Type};

use crate::expand::open::Open;
use crate::expand::{arguments, close, llm, open, returned};
use crate::item::Function;
use crate::plan::Plan;
use crate::shape::Shape;

pub(crate) fn measured(plan: &Plan, function: &Function) -> TokenStream {
    let Open { before, call } = open::open(plan);
    let block = &function.body.block;
    let measured = match &plan.shape {
        Shape::Closure(ty) => closure(plan, function, &call, ty),
        Shape::Async(ty) => asynchronous(plan, function, &call, ty.as_deref()),
        Shape::AsyncNever => async_never(plan, function, &call),
        Shape::Guard => guard(plan, block, &call),
        Shape::GuardedValue(ty) => guarded_value(plan, block, &call, ty),
        Shape::Returned(later, ty) => {
            let run = begun(plan, function, &call, ty.as_deref());
            let wrapped = returned::wrapped(plan, later);
            quote! { #run #wrapped }
        }
        Shape::AsyncReturned(later, ty) => {
            let run = awaited(plan, function, &call, ty.as_deref());
            let wrapped = returned::wrapped(plan, later);
            quote! { #run #wrapped }
        }
    };
    quote! { #before #measured }
}

// Output:
//     let __call = enter(OPEN);
//     let __ret = run::<RET>(move || BODY);
//     __call.close(result_of(&__ret).verdict());
//     __ret
fn closure(plan: &Plan, function: &Function, open: &TokenStream, ty: &Type) -> TokenStream {
    let krate = &plan.krate;
    let close = close::close(plan);
    let body = closure_body(plan, function);
    // The type is said before the body is read, so `?`, `collect()` and coercions behave as under the signature.
    quote_spanned! {plan.span=>
        let __call = #krate::__private::enter(#open);
        let __ret = #krate::__private::run::<#ty>(#body);
        #close
        __ret
    }
}

// Output:
//     let (__ret, __call) = begin::<RET>(OPEN, move || BODY);
fn begun(plan: &Plan, function: &Function, open: &TokenStream, ty: Option<&Type>) -> TokenStream {
    let krate = &plan.krate;
    let body = closure_body(plan, function);
    let ty = ty.map(|ty| quote_spanned! {plan.span=> ::<#ty> });
    quote_spanned! {plan.span=> let (__ret, __call) = #krate::__private::begin #ty (#open, #body); }
}

fn closure_body(plan: &Plan, function: &Function) -> TokenStream {
    let block = &function.body.block;
    let captures = arguments::captures(plan.span, function);
    let refused = llm::return_if_refused(plan);
    let body = if captures.is_empty() && refused.is_none() {
        block.clone()
    } else {
        let block = quiet(plan.span, block);
        braces(function, quote! { #captures #refused #block })
    };
    let head = quote_spanned! {place(function)=> move || };
    quote! { #head #body }
}

// Output:
//     let (__ret, __call) = observed(OPEN, async move { if false { return typed::<RET>(); } BODY }).await;
//     __call.close(result_of(&__ret).verdict());
//     __ret
fn asynchronous(plan: &Plan, function: &Function, open: &TokenStream, ty: Option<&Type>) -> TokenStream {
    let run = awaited(plan, function, open, ty);
    let close = close::close(plan);
    quote_spanned! {plan.span=>
        #run
        #close
        __ret
    }
}

fn awaited(plan: &Plan, function: &Function, open: &TokenStream, ty: Option<&Type>) -> TokenStream {
    let krate = &plan.krate;
    let body = async_body(plan, function, ty.map(|ty| quote! { #ty }));
    quote_spanned! {plan.span=> let (__ret, __call) = #krate::__private::observed(#open, #body).await; }
}

// Output: `!` cannot be written as a type argument, so the body has the empty type that can.
//     match observed(OPEN, async move { if false { return typed::<Infallible>(); } BODY }).await.0 {}
fn async_never(plan: &Plan, function: &Function, open: &TokenStream) -> TokenStream {
    let krate = &plan.krate;
    let never = quote_spanned! {plan.span=> ::core::convert::Infallible };
    let body = async_body(plan, function, Some(never));
    quote_spanned! {plan.span=> match #krate::__private::observed(#open, #body).await.0 {} }
}

/// An `async` block cannot be given a type as a closure can; a `return` that never runs tells it.
fn async_body(plan: &Plan, function: &Function, ty: Option<TokenStream>) -> TokenStream {
    let krate = &plan.krate;
    let block = quiet(plan.span, &function.body.block);
    let captures = arguments::captures(plan.span, function);
    let typed = ty.map(|ty| {
        quote_spanned! {plan.span=> if false { return #krate::__private::typed::<#ty>(); } }
    });
    let refused = llm::return_if_refused(plan);
    let head = quote_spanned! {place(function)=> async move };
    let body = braces(function, quote! { #captures #typed #refused #block });
    quote! { #head #body }
}

// Output:
//     let __call = enter(OPEN);
//     BODY
fn guard(plan: &Plan, block: &Group, open: &TokenStream) -> TokenStream {
    let krate = &plan.krate;
    let block = quiet(plan.span, block);
    quote_spanned! {plan.span=>
        let __call = #krate::__private::enter(#open);
        #block
    }
}

// Output:
//     let __call = enter(OPEN);
//     let __ret: RET = BODY;
//     __call.close(result_of(&__ret).verdict());
//     __ret
fn guarded_value(plan: &Plan, block: &Group, open: &TokenStream, ty: &Type) -> TokenStream {
    let krate = &plan.krate;
    let value = llm::value_unless_refused(plan, quiet(plan.span, block));
    let close = close::close(plan);
    quote_spanned! {plan.span=>
        let __call = #krate::__private::enter(#open);
        let __ret: #ty = #value;
        #close
        __ret
    }
}

/// Where the closure or the `async` block stands: at the return type, which is what the compiler points to when it tells
/// what such a block has to return. This is the user's own place. In a block from another crate's macro, the compiler
/// does not name the variables that it has to complain about.
fn place(function: &Function) -> Span {
    match &function.signature.output {
        ReturnType::Default => function.signature.ident.span(),
        ReturnType::Type(_, ty) => ty.span(),
    }
}

/// Braces of ours at the place of the user's.
fn braces(function: &Function, statements: TokenStream) -> Group {
    let mut braces = Group::new(Delimiter::Brace, statements);
    braces.set_span(function.body.block.span());
    braces
}

/// The user's braces as the last expression of a block of ours, without `unused_braces` for `{ value }`: the lint knows
/// a block by its one expression, and an empty statement of ours before it is nobody's.
///
/// The braces stay a block of their own: its items must not shadow names that we wrote, and it keeps the edition that
/// decides when the temporaries of its last expression are dropped.
fn quiet(span: Span, block: &Group) -> Group {
    let statements = block.stream();
    if statements.clone().into_iter().any(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';')) {
        return block.clone();
    }
    let mut semicolon = Punct::new(';', Spacing::Alone);
    semicolon.set_span(span);
    let mut quiet = Group::new(Delimiter::Brace, quote! { #semicolon #statements });
    quiet.set_span(block.span());
    quiet
}
