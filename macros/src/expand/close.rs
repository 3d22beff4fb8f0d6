//! The closing of a call: what the returned value says.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote_spanned;
use syn::Type;
use syn::spanned::Spanned;

use crate::expand::{database, llm};
use crate::plan::{Closing, Plan};
use crate::shape;

// Output: of a type that can be written, and that is asked for nothing else
//     returns::<RET>().close()
// or
//     |__call, __ret: &RET| { __call.capture_ret(2, __ret); __call.close(result_of(__ret).verdict()); }
// or, where the type may be that of work:
//     work_of::<RET>().kind().error().close()
//     work_of::<RET>().kind().error().by(|__call, __ret| { .. })
/// What closes the call with its value.
pub(crate) fn close(plan: &Plan, ty: Option<&Type>) -> Close {
    let (span, krate) = (plan.span, &plan.krate);
    let known = ty.filter(|ty| is_plain(plan) && !shape::is_open(ty));
    let statements = || statements(plan);
    match (known, ty, plan.work()) {
        (known, Some(ty), Some(work)) => {
            let work = Ident::new(work, span);
            let close = match known {
                Some(_) => quote_spanned! {span=> close() },
                None => {
                    let statements = statements();
                    quote_spanned! {span=> by(move |__call, __ret| { #statements }) }
                }
            };
            Close::Ending(quote_spanned! {span=> #krate::__private::work_of::<#ty>().#work().error().#close })
        }
        (Some(ty), ..) => Close::Known(quote_spanned! {span=> #krate::__private::returns::<#ty>().close() }),
        (None, ty, _) => {
            let statements = statements();
            // A block such as `async { Ok(1) }` leaves its error open; this says it.
            let ty = ty.map(|ty| quote_spanned! {span=> : &#ty });
            Close::Closure(quote_spanned! {span=> move |__call, __ret #ty| { #statements } })
        }
    }
}

pub(crate) enum Close {
    /// A function that is known before there is a value, `fn(Closing, &RET)`.
    Known(TokenStream),
    /// The same as a closure.
    Closure(TokenStream),
    /// What takes over the value, `impl Ending<RET>`.
    Ending(TokenStream),
}

impl Close {
    pub(crate) fn into_tokens(self) -> TokenStream {
        match self {
            Close::Known(tokens) | Close::Closure(tokens) | Close::Ending(tokens) => tokens,
        }
    }
}

/// Whether the value's type alone says how the call ended.
fn is_plain(plan: &Plan) -> bool {
    let Closing { none_is_error, error_type, ok_if, ret, rows } = &plan.closing;
    let looks = none_is_error.is_some() || error_type.is_some() || ok_if.is_some() || ret.is_some() || rows.is_some();
    plan.llm().is_none() && !looks
}

fn statements(plan: &Plan) -> TokenStream {
    let value = |place| quote_spanned! {place=> __ret };
    let verdict = verdict(plan, value);
    let capture = plan.closing.ret.map(|(position, place)| {
        let (position, place) = (Literal::usize_unsuffixed(position), plan.span.located_at(place));
        let value = value(place);
        quote_spanned! {place=> __call.capture_ret(#position, #value); }
    });
    let rows = database::counted(plan, &value(plan.span));
    if let Some(llm) = plan.llm() {
        let reading = llm::reading(plan, llm, &value);
        quote_spanned! {plan.span=> #capture __call.close_llm(#verdict, #reading); }
    } else {
        quote_spanned! {plan.span=> #capture #rows __call.close(#verdict); }
    }
}

// Output, each around the one before it where the attribute says so:
//     result_of(VALUE).verdict()
//     none_is_error(VERDICT, VALUE)
//     with_error_type(VERDICT, VALUE, |error| ..)
//     ok_if(VALUE, |output| .., || VERDICT)
pub(crate) fn verdict(plan: &Plan, value: impl Fn(Span) -> TokenStream) -> TokenStream {
    let (span, krate) = (plan.span, &plan.krate);
    let Closing { none_is_error, error_type, ok_if, .. } = &plan.closing;
    let returned = value(span);
    let mut verdict = quote_spanned! {span=> #krate::__private::result_of(#returned).verdict() };
    if let Some(place) = none_is_error {
        // What is wrong with the value is told where the attribute asks for it.
        let place = span.located_at(*place);
        let value = value(place);
        verdict = quote_spanned! {place=> #krate::__private::none_is_error(#verdict, #value) };
    }
    if let Some(name) = error_type {
        let place = span.located_at(name.span());
        let value = value(place);
        verdict = quote_spanned! {place=> #krate::__private::with_error_type(#verdict, #value, #name) };
    }
    if let Some(is_ok) = ok_if {
        let place = span.located_at(is_ok.span());
        let value = value(place);
        verdict = quote_spanned! {place=> #krate::__private::ok_if(#value, #is_ok, || #verdict) };
    }
    verdict
}
