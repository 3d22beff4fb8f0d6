//! What a call of a language model has more than other calls.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;

use crate::expand::open::by_reference;
use crate::lists::Label;
use crate::plan::{Llm, Plan};
use crate::values::Model;

// Output:
//     .llm(LlmSpec::new("openai", Some("gpt-4o"), Some("answers")).operation("chat").budget(&ANSWERS))
/// What the site knows at compile time.
pub(crate) fn spec(plan: &Plan, llm: &Llm) -> TokenStream {
    let (span, krate) = (plan.span, &plan.krate);
    let provider = &llm.provider;
    let model = match &llm.model {
        Model::Literal(model) => some(span, model),
        Model::Expression(_) => none(span),
    };
    let feature = match &llm.feature {
        Some(feature) => some(span, feature),
        None => none(span),
    };
    let operation = llm.operation.as_ref().map(|operation| quote_spanned! {span=> .operation(#operation) });
    let budget = llm.budget.as_ref().map(|budget| {
        // What is wrong with the path is told at the path.
        let place = span.located_at(budget.span());
        quote_spanned! {place=> .budget(&#budget) }
    });
    quote_spanned! {span=> .llm(#krate::__private::LlmSpec::new(#provider, #model, #feature) #operation #budget) }
}

fn some(span: Span, value: impl ToTokens) -> TokenStream {
    quote_spanned! {span=> ::core::option::Option::Some(#value) }
}

fn none(span: Span) -> TokenStream {
    quote_spanned! {span=> ::core::option::Option::None }
}

/// `__open.context("service_tier", || &request.tier);`
pub(crate) fn ask_context(span: Span, Label { key, value }: &Label) -> TokenStream {
    let place = span.located_at(value.span());
    let (key, value) = (&key.text, by_reference(value));
    quote_spanned! {place=> __open.context(#key, || #value); }
}

// Output:
//     answer_of(&__ret).reading()
// or, as the attribute says:
//     usage_by(&__ret, |answer| ..)
pub(crate) fn reading(plan: &Plan, llm: &Llm, value: &dyn Fn(Span) -> TokenStream) -> TokenStream {
    let (span, krate) = (plan.span, &plan.krate);
    let Some(usage) = &llm.usage else {
        let value = value(span);
        return quote_spanned! {span=> #krate::__private::answer_of(#value).reading() };
    };
    let place = span.located_at(usage.span());
    let value = value(place);
    quote_spanned! {place=> #krate::__private::usage_by(#value, #usage) }
}

// Output:
//     {
//         let __notes = notes(&__call);
//         stream_of(__call, __ret, move |__ret: &T| { chunk_of(__ret).note(&__notes); VERDICT })
//     }
/// A stream of an answer: each item is looked at for what it says of usage.
pub(crate) fn stream(plan: &Plan, llm: &Llm, ty: &TokenStream, verdict: &TokenStream) -> TokenStream {
    let (span, krate) = (plan.span, &plan.krate);
    let note = match &llm.usage {
        None => quote_spanned! {span=> #krate::__private::chunk_of(__ret).note(&__notes) },
        Some(usage) => {
            let place = span.located_at(usage.span());
            quote_spanned! {place=>
               __notes.reading(#krate::__private::chunk_of(__ret).is_error(), #krate::__private::usage_by(__ret, #usage))
            }
        }
    };
    quote_spanned! {span=>
        {
            let __notes = #krate::__private::notes(&__call);
            #krate::__private::stream_of(__call, __ret, move |__ret: &#ty| {
                #note;
                #verdict
            })
        }
    }
}

// Output: a statement behind the opening, before the body takes over the arguments.
//     let __refusal = refusal(&__open);
pub(crate) fn refusal(plan: &Plan) -> Option<TokenStream> {
    let krate = &plan.krate;
    plan.refuses().map(|_| quote_spanned! {plan.span=> let __refusal = #krate::__private::refusal(&__open); })
}

// Output: the first statement of the closure or the `async` block, which therefore returns from it.
//     if let Some(__refusal) = __refusal { return refused(__refusal); }
pub(crate) fn return_if_refused(plan: &Plan) -> Option<TokenStream> {
    let krate = &plan.krate;
    plan.refuses().map(|place| {
        // An error that cannot be made from a refusal is told where the attribute asks for it.
        let refused = quote_spanned! {plan.span.located_at(place)=> #krate::__private::refused(__refusal) };
        quote_spanned! {plan.span=>
            if let ::core::option::Option::Some(__refusal) = __refusal {
                return #refused;
            }
        }
    })
}

// Output: a body that stays where it is.
//     match __refusal { Some(__refusal) => refused(__refusal), None => BODY }
pub(crate) fn value_unless_refused(plan: &Plan, value: &impl ToTokens) -> TokenStream {
    let krate = &plan.krate;
    let Some(place) = plan.refuses() else { return value.to_token_stream() };
    let refused = quote_spanned! {plan.span.located_at(place)=> #krate::__private::refused(__refusal) };
    quote_spanned! {plan.span=>
        match __refusal {
            ::core::option::Option::Some(__refusal) => #refused,
            ::core::option::Option::None => #value,
        }
    }
}
