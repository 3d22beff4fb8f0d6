//! The static that says where a function stands, and what its attribute said.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::expand::llm;
use crate::plan::{Plan, Role};

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
    let named = plan.site.name.as_ref().map(|name| quote_spanned! {plan.span=> .named(#name) });
    let asynchronous = plan.site.is_async.then(|| quote_spanned! {plan.span=> .asynchronous() });
    let role = match &plan.site.role {
        Role::Observe => TokenStream::new(),
        Role::Workflow => quote_spanned! {plan.span=> .workflow() },
        Role::Llm(llm) => llm::spec(plan.span, llm),
    };
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
            ) #named #asynchronous #role;
            &__TAXIMETER_SITE
        }
    }
}
