//! The static that says where a function stands, and what its attribute said.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::expand::llm;
use crate::plan::{Plan, Role, SitePlan};
use crate::values::Level;

// Output: a block, so that two attributes on one function, and the user's own items, do not meet.
//     {
//         #[distributed_slice(SITES)]
//         static __TAXIMETER_SITE: Site =
//             Site::new(&__TAXIMETER_SITE, module_path!(), "find", file!(), line!()).asynchronous();
//         &__TAXIMETER_SITE
//     }
pub(crate) fn reference(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let function = &plan.site.function;
    let said = said(plan);
    // Spelled at the function's name, `line!()` is its line and not the attribute's.
    let line = quote_spanned! {function.span()=> ::core::line!() };
    quote_spanned! {plan.span=>
        {
            #[#krate::__private::linkme::distributed_slice(#krate::__private::SITES)]
            #[linkme(crate = #krate::__private::linkme)]
            static __TAXIMETER_SITE: #krate::__private::Site = #krate::__private::Site::new(
                &__TAXIMETER_SITE,
                ::core::module_path!(),
                #function,
                ::core::file!(),
                #line,
            ) #said;
            &__TAXIMETER_SITE
        }
    }
}

/// The builder methods for what the attribute said.
fn said(plan: &Plan) -> TokenStream {
    let SitePlan { name, is_async, role, kind, level, target, fields, labels, buckets, has_span, .. } = &plan.site;
    let (span, krate) = (plan.span, &plan.krate);
    let named = name.as_ref().map(|name| quote_spanned! {span=> .named(#name) });
    let asynchronous = is_async.then(|| quote_spanned! {span=> .asynchronous() });
    let role = match role {
        Role::Observe => TokenStream::new(),
        Role::Workflow => quote_spanned! {span=> .workflow() },
        Role::Llm(llm) => llm::spec(plan, llm),
    };
    let kind = kind.as_ref().map(|kind| quote_spanned! {span=> .kind(#kind) });
    let level = level.as_ref().map(|Level(level)| quote_spanned! {span=> .level(#krate::__private::Level::#level) });
    let target = target.as_ref().map(|target| quote_spanned! {span=> .target(#target) });
    let fields = (!fields.is_empty()).then(|| quote_spanned! {span=> .fields(&[#(#fields),*]) });
    let labels = (!labels.is_empty()).then(|| quote_spanned! {span=> .labels(&[#(#labels),*]) });
    let buckets = (!buckets.is_empty()).then(|| quote_spanned! {span=> .buckets(&[#(#buckets),*]) });
    let without_span = (!has_span).then(|| quote_spanned! {span=> .without_span() });
    quote_spanned! {span=> #named #asynchronous #role #kind #level #target #fields #labels #buckets #without_span }
}
