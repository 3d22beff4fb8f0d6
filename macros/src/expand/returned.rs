//! What is put around a future or a stream that a function returns.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};

use crate::expand::{close, llm};
use crate::plan::Plan;
use crate::shape::{Later, Made};

// Output: `__ret` is what the body gave, `__call` goes on.
//     boxed(future_of(__call, __ret, CLOSE))
//     boxed(stream_of(__call, __ret, move |__ret: &T| VERDICT))
// Without `boxed` where the signature promises no box. In a `Result`:
//     match __ret {
//         Ok(__ret) => Ok(WRAPPED),
//         Err(__error) => { let __ret = Err(__error); __call.close(VERDICT); __ret's error again }
//     }
pub(crate) fn wrapped(plan: &Plan, later: &Later) -> TokenStream {
    let wrapped = work(plan, later);
    if later.is_tried { tried(plan, &wrapped) } else { wrapped }
}

fn work(plan: &Plan, later: &Later) -> TokenStream {
    let (span, krate) = (plan.span, &plan.krate);
    let work = match later.made {
        Made::Future => {
            let close = close::close(plan, later.value.as_deref()).into_tokens();
            quote_spanned! {span=> #krate::__private::future_of(__call, __ret, #close) }
        }
        Made::Stream => {
            let verdict = close::verdict(plan, |place| quote_spanned! {place=> __ret });
            let ty = match &later.value {
                Some(ty) => ty.to_token_stream(),
                None => quote_spanned! {span=> _ },
            };
            match plan.llm() {
                Some(llm) => llm::stream(plan, llm, &ty, &verdict),
                None => {
                    quote_spanned! {span=> #krate::__private::stream_of(__call, __ret, move |__ret: &#ty| #verdict) }
                }
            }
        }
    };
    if later.is_boxed {
        quote_spanned! {span=> #krate::__private::boxed(#work) }
    } else {
        work
    }
}

/// An `Err` comes before there is any work. Its verdict is that of its type; the options are about the work.
fn tried(plan: &Plan, wrapped: &TokenStream) -> TokenStream {
    let (span, krate) = (plan.span, &plan.krate);
    quote_spanned! {span=>
        match __ret {
            ::core::result::Result::Ok(__ret) => ::core::result::Result::Ok(#wrapped),
            ::core::result::Result::Err(__error) => {
                let __ret = ::core::result::Result::<::core::convert::Infallible, _>::Err(__error);
                __call.close(#krate::__private::result_of(&__ret).verdict());
                let ::core::result::Result::Err(__error) = __ret;
                ::core::result::Result::Err(__error)
            }
        }
    }
}
