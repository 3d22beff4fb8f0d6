//! The static that says where a function stands, and what its attribute said.

use proc_macro2::{Literal, TokenStream};
use quote::quote_spanned;

use crate::expand::llm;
use crate::plan::{Place, Plan, Role, SitePlan};
use crate::values::Level;

// Output: the first statement of the function. The section is where `taximeter_runtime::linked` looks for sites.
//     #[used]
//     #[unsafe(link_section = "set_taximeter")]
//     static __TAXIMETER_SITE: Site =
//         Site::new(module_path!(), "find", "src/lib.rs", 7).asynchronous().with(&Said::nothing().named("pages.find"));
pub(crate) fn declared(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let SitePlan { function, place: Place { file, line }, is_async, .. } = &plan.site;
    let line = Literal::u32_unsuffixed(*line);
    let asynchronous = is_async.then(|| quote_spanned! {plan.span=> .asynchronous() });
    let said = said(plan);
    let with =
        (!said.is_empty()).then(|| quote_spanned! {plan.span=> .with(&#krate::__private::Said::nothing() #said) });
    quote_spanned! {plan.span=>
        #[used]
        #[cfg_attr(windows, unsafe(link_section = ".txmsite$b"))]
        #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__taximeter,regular,no_dead_strip"))]
        #[cfg_attr(
            not(any(windows, target_vendor = "apple", target_family = "wasm")),
            unsafe(link_section = "set_taximeter")
        )]
        static __TAXIMETER_SITE: #krate::__private::Site =
            #krate::__private::Site::new(::core::module_path!(), #function, #file, #line) #asynchronous #with;
    }
}

/// The builder methods for what the attribute said.
fn said(plan: &Plan) -> TokenStream {
    let SitePlan { name, role, kind, level, target, fields, labels, buckets, has_span, .. } = &plan.site;
    let (span, krate) = (plan.span, &plan.krate);
    let named = name.as_ref().map(|name| quote_spanned! {span=> .named(#name) });
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
    quote_spanned! {span=> #named #role #kind #level #target #fields #labels #buckets #without_span }
}
