//! The user's body, and what is put around it.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericParam, ReturnType, Type};

use crate::exits::{self, Tell};
use crate::expand::close::Close;
use crate::expand::open::Open;
use crate::expand::signature::Head;
use crate::expand::{arguments, close, llm, open, returned};
use crate::item::Function;
use crate::plan::Plan;
use crate::returned::Returned;
use crate::shape::{self, Shape};

/// The statements and the last expression of the new body. `captures` takes over the arguments that have to be dropped.
pub(crate) fn measured(plan: &Plan, function: &Function, captures: &TokenStream) -> Measured {
    let mut is_blind = false;
    let open = open::open(plan);
    let body = Body { plan, function, captures };
    let measured = match &plan.shape {
        Shape::Closure(ty) => body.closure(&open, ty),
        Shape::Async(ty) => {
            let future = body.future(&open, ty.as_deref());
            quote_spanned! {plan.span=> #future.await }
        }
        Shape::Future(ty) => return Measured::seen(body.whole_future(&open, ty.as_deref())),
        Shape::AsyncNever => body.async_never(&open),
        Shape::Guard => body.guard(&open),
        Shape::GuardedValue(ty) => {
            let value = body.told(ty, &mut is_blind);
            body.guarded_value(&open, ty, &value)
        }
        Shape::Inner(ty) => {
            let Inner { function, call } = Inner::of(plan, function);
            let measured = body.guarded_value(&open, ty, &call);
            quote! { #function #measured }
        }
        Shape::GuardedReturned(later, is_inside) => {
            let wrapped = returned::wrapped(plan, later);
            if *is_inside {
                let Inner { function, call } = Inner::of(plan, function);
                let begun = body.begun_in_place(&open, &call);
                quote! { #function #begun #wrapped }
            } else {
                let begun = body.begun_in_place(&open, &quiet(plan.span, &function.body.block));
                quote! { #begun #wrapped }
            }
        }
        Shape::Returned(later, ty) => {
            let begun = body.begun(&open, ty.as_deref());
            let wrapped = returned::wrapped(plan, later);
            quote! { #begun #wrapped }
        }
        Shape::AsyncReturned(later, ty) => {
            let begun = body.begun_later(&open, ty.as_deref());
            let wrapped = returned::wrapped(plan, later);
            quote! { #begun #wrapped }
        }
    };
    let tokens = match open {
        Open::Alone => measured,
        Open::Asked(before) => quote! { #before #measured },
    };
    Measured { tokens, is_blind }
}

/// The new body.
pub(crate) struct Measured {
    pub(crate) tokens: TokenStream,
    /// Whether it may come back in a way that nobody sees.
    pub(crate) is_blind: bool,
}

impl Measured {
    fn seen(tokens: TokenStream) -> Measured {
        Measured { tokens, is_blind: false }
    }
}

struct Body<'a> {
    plan: &'a Plan,
    function: &'a Function,
    captures: &'a TokenStream,
}

impl Body<'_> {
    // Output:
    //     call(&SITE, returns::<RET>().close(), move || BODY)
    // or, where more is asked before or after:
    //     run::<RET>(OPEN, move || BODY, CLOSE)
    // or, where the value may be work:
    //     call_to::<RET>(&SITE, work_of::<RET>().kind().error().close(), move || BODY)
    //     run_to::<RET>(__open, ENDING, move || BODY)
    //
    /// The type is said before the body is read, so `?`, `collect()` and coercions behave as under the signature.
    fn closure(&self, open: &Open, ty: &Type) -> TokenStream {
        let Plan { krate, span, .. } = self.plan;
        let body = self.block_of_closure();
        match (open, close::close(self.plan, Some(ty))) {
            (Open::Alone, Close::Known(close)) => {
                quote_spanned! {*span=> #krate::__private::call(&__TAXIMETER_SITE, #close, #body) }
            }
            (Open::Alone, Close::Ending(ending)) => {
                quote_spanned! {*span=> #krate::__private::call_to::<#ty>(&__TAXIMETER_SITE, #ending, #body) }
            }
            (Open::Asked(_), Close::Ending(ending)) => {
                quote_spanned! {*span=> #krate::__private::run_to::<#ty>(__open, #ending, #body) }
            }
            (_, close) => {
                let (open, close) = (open.call(self.plan), close.into_tokens());
                quote_spanned! {*span=> #krate::__private::run::<#ty>(#open, #body, #close) }
            }
        }
    }

    // Output:
    //     let (__ret, __call) = begin::<RET>(OPEN, move || BODY);
    fn begun(&self, open: &Open, ty: Option<&Type>) -> TokenStream {
        let Plan { krate, span, .. } = self.plan;
        let (open, body) = (open.call(self.plan), self.block_of_closure());
        let ty = ty.map(|ty| quote_spanned! {*span=> ::<#ty> });
        quote_spanned! {*span=> let (__ret, __call) = #krate::__private::begin #ty (#open, #body); }
    }

    // Output: of a body that stays where it is.
    //     let mut __call = OPEN;
    //     let __stretch = __call.stretch();
    //     let __ret = BODY;
    //     __stretch.done();
    fn begun_in_place(&self, open: &Open, value: &impl ToTokens) -> TokenStream {
        let (span, open, value) = (self.plan.span, open.call(self.plan), llm::value_unless_refused(self.plan, value));
        quote_spanned! {span=>
            let mut __call = #open;
            let __stretch = __call.stretch();
            let __ret = #value;
            __stretch.done();
        }
    }

    fn block_of_closure(&self) -> TokenStream {
        let block = &self.function.body.block;
        let refused = llm::return_if_refused(self.plan);
        let body = if self.captures.is_empty() && refused.is_none() {
            block.clone()
        } else {
            let (captures, block) = (self.captures, quiet(self.plan.span, block));
            braces(self.function, quote! { #captures #refused #block })
        };
        let head = quote_spanned! {place(self.function)=> move || };
        quote! { #head #body }
    }

    // Output:
    //     observed(&SITE, async move { if false { return typed::<RET>(); } BODY }, CLOSE)
    // or, where something is asked before:
    //     future_of(__open, async move { .. }, CLOSE)
    // each with `_to` behind its name where the value may be work.
    fn future(&self, open: &Open, ty: Option<&Type>) -> TokenStream {
        let Plan { krate, span, .. } = self.plan;
        let close = close::close(self.plan, ty);
        let body = self.async_block(ty.map(ToTokens::to_token_stream), None);
        let name = |name: &str| named(*span, name, &close);
        let (observed, future_of) = (name("observed"), name("future_of"));
        let close = close.into_tokens();
        match open {
            Open::Alone => quote_spanned! {*span=> #krate::__private::#observed(&__TAXIMETER_SITE, #body, #close) },
            Open::Asked(_) => quote_spanned! {*span=> #krate::__private::#future_of(__open, #body, #close) },
        }
    }

    // Output: what is asked before is asked by the block, so that the arguments are in the block alone.
    //     asking(async move { if false { return typed::<RET>(); } OPEN; let __given = give(__open); __given.await; BODY }, CLOSE)
    fn whole_future(&self, open: &Open, ty: Option<&Type>) -> TokenStream {
        let Plan { krate, span, .. } = self.plan;
        let Open::Asked(before) = open else { return self.future(open, ty) };
        let close = close::close(self.plan, ty);
        let asking = named(*span, "asking", &close);
        let close = close.into_tokens();
        let before = quote_spanned! {*span=>
            #before
            let __given = #krate::__private::give(__open);
            __given.await;
        };
        let body = self.async_block(ty.map(ToTokens::to_token_stream), Some(before));
        quote_spanned! {*span=> #krate::__private::#asking(#body, #close) }
    }

    // Output: `!` cannot be written as a type argument, so the body has the empty type that can.
    //     match observed(&SITE, async move { if false { return typed::<Infallible>(); } BODY }, CLOSE).await {}
    fn async_never(&self, open: &Open) -> TokenStream {
        let never = syn::parse_quote_spanned! {self.plan.span=> ::core::convert::Infallible };
        let future = self.future(open, Some(&never));
        quote_spanned! {self.plan.span=> match #future.await {} }
    }

    // Output:
    //     let (__ret, __call) = begin_later(OPEN, async move { if false { return typed::<RET>(); } BODY }).await;
    fn begun_later(&self, open: &Open, ty: Option<&Type>) -> TokenStream {
        let Plan { krate, span, .. } = self.plan;
        let (open, body) = (open.call(self.plan), self.async_block(ty.map(ToTokens::to_token_stream), None));
        quote_spanned! {*span=> let (__ret, __call) = #krate::__private::begin_later(#open, #body).await; }
    }

    /// An `async` block cannot be given a type as a closure can; a `return` that never runs tells it.
    fn async_block(&self, ty: Option<TokenStream>, before: Option<TokenStream>) -> TokenStream {
        let Plan { krate, span, .. } = self.plan;
        let (captures, block) = (self.captures, quiet(*span, &self.function.body.block));
        let typed = ty.map(|ty| {
            quote_spanned! {*span=> if false { return #krate::__private::typed::<#ty>(); } }
        });
        let refused = llm::return_if_refused(self.plan);
        let head = quote_spanned! {place(self.function)=> async move };
        let body = braces(self.function, quote! { #captures #typed #before #refused #block });
        quote! { #head #body }
    }

    // Output:
    //     let __call = guard(&SITE);
    //     BODY
    fn guard(&self, open: &Open) -> TokenStream {
        let block = quiet(self.plan.span, &self.function.body.block);
        let call = self.guarded(open);
        quote_spanned! {self.plan.span=> let __call = #call; #block }
    }

    // Output:
    //     let mut __call = guard(&SITE);
    //     let __ret: RET = BODY;
    //     __call.look(&__ret, CLOSE);
    //     __ret
    // or, where the value may be work:
    //     let __call = guard(&SITE);
    //     let __ret: RET = BODY;
    //     __call.end_with(__ret, CLOSE)
    fn guarded_value(&self, open: &Open, ty: &Type, value: &impl ToTokens) -> TokenStream {
        let value = llm::value_unless_refused(self.plan, value);
        let call = self.guarded(open);
        let close = close::close(self.plan, Some(ty));
        let is_looked_at = !matches!(close, Close::Ending(_));
        let mutable = is_looked_at.then(|| quote_spanned! {self.plan.span=> mut });
        let ended = ended(self.plan.span, close);
        quote_spanned! {self.plan.span=>
            let #mutable __call = #call;
            let __ret: #ty = #value;
            #ended
        }
    }

    /// A body that stays where it is. If it may come back before its last expression, each way out looks at its value.
    fn told(&self, ty: &Type, is_blind: &mut bool) -> TokenStream {
        let Body { plan, function, .. } = self;
        let block = quiet(plan.span, &function.body.block);
        if !exits::has_early(function) {
            return block.to_token_stream();
        }
        let is_error = !Returned::of(function, false).is_never_a_result();
        match exits::told(function, &Exits { plan, ty }) {
            Some(told) => {
                *is_blind = told.is_blind && is_error;
                told.block
            }
            None => {
                *is_blind = is_error;
                block.to_token_stream()
            }
        }
    }

    fn guarded(&self, open: &Open) -> TokenStream {
        let Plan { krate, span, .. } = self.plan;
        match open {
            Open::Alone => quote_spanned! {*span=> #krate::__private::guard(&__TAXIMETER_SITE) },
            Open::Asked(_) => quote_spanned! {*span=> #krate::__private::enter(__open) },
        }
    }
}

/// The end of a call whose body stays where it is, with `__ret` as the value of that.
fn ended(span: Span, close: Close) -> TokenStream {
    match close {
        Close::Ending(ending) => quote_spanned! {span=> __call.end_with(__ret, #ending) },
        Close::Known(close) | Close::Closure(close) => quote_spanned! {span=> __call.look(&__ret, #close); __ret },
    }
}

/// The runtime's function for what is closed so.
fn named(span: Span, name: &str, close: &Close) -> Ident {
    match close {
        Close::Ending(_) => Ident::new(&format!("{name}_to"), span),
        Close::Known(_) | Close::Closure(_) => Ident::new(name, span),
    }
}

/// The ways out of a body that stays where it is.
struct Exits<'a> {
    plan: &'a Plan,
    ty: &'a Type,
}

impl Exits<'_> {
    // Output:
    //     return { let __ret: RET = VALUE; __call.look(&__ret, CLOSE); __ret }
    // or, where the value may be work:
    //     return { let __ret: RET = VALUE; __call.end_with(__ret, CLOSE) }
    fn ended(&self, place: Span, value: &TokenStream) -> TokenStream {
        let (span, ty) = (self.plan.span.located_at(place), self.ty);
        let ended = ended(span, close::close(self.plan, Some(ty)));
        quote_spanned! {span=> return { let __ret: #ty = #value; #ended } }
    }
}

impl Tell for Exits<'_> {
    fn leave(&self, place: Span, value: TokenStream) -> TokenStream {
        self.ended(place, &value)
    }

    // Output: what the operator does.
    //     (match branch(VALUE) { Continue(__value) => __value, Break(__rest) => return from_rest(__rest) })
    fn question(&self, place: Span, value: TokenStream) -> TokenStream {
        let (span, krate) = (self.plan.span.located_at(place), &self.plan.krate);
        let left = self.ended(place, &quote_spanned! {span=> #krate::__private::from_rest(__rest) });
        quote_spanned! {span=>
            (match #krate::__private::branch(#value) {
                ::core::ops::ControlFlow::Continue(__value) => __value,
                ::core::ops::ControlFlow::Break(__rest) => #left,
            })
        }
    }
}

/// The body as a function inside of its own function.
struct Inner {
    function: TokenStream,
    call: TokenStream,
}

impl Inner {
    // Input:
    //     #[track_caller] fn first<T: Clone>(mut pages: Pages<T>, (a, b): (u8, u8)) -> Result<T, Error> BODY
    // Output: a closure has no callers of its own to see, and a function has.
    //     #[track_caller] fn __body<T: Clone>(mut pages: Pages<T>, (a, b): (u8, u8)) -> Result<T, Error> BODY
    //     __body::<T>(pages, __argument1)
    fn of(plan: &Plan, function: &Function) -> Inner {
        let span = plan.span;
        let name = Ident::new("__taximeter_body", span);
        let head = Head::of(&function.head).map(|head| head.renamed(&name));
        let generics = &function.signature.generics.params;
        let generics = generics.iter().filter_map(|param| match param {
            GenericParam::Lifetime(_) => None,
            GenericParam::Type(param) => Some(&param.ident),
            GenericParam::Const(param) => Some(&param.ident),
        });
        let generics: Vec<_> = generics.collect();
        let generics = (!generics.is_empty()).then(|| quote_spanned! {span=> ::<#(#generics),*> });
        let arguments = arguments::plain_names(span, function);
        let track_caller = shape::track_caller(function);
        let block = &function.body.block;
        Inner {
            function: quote! { #(#track_caller)* #head #block },
            call: quote_spanned! {span=> #name #generics (#(#arguments),*) },
        }
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
