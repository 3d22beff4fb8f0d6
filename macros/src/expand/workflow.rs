//! What a workflow asks when its run is opened.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::expand::open::{ask, by_reference};
use crate::lists::{Field, How};
use crate::plan::{Plan, Run};

// Output:
//     __open.id(|| order.id);
//     __open.correlation_id(|| request.id);
//     __open.feature("answers");
//     __open.data("user_tier", || &tier);
//     __open.baggage("tenant", || &tenant);
pub(crate) fn asked(plan: &Plan) -> TokenStream {
    let span = plan.span;
    let Run { id, correlation_id, feature, data, baggage } = &plan.opening.run;
    let id = id.as_ref().map(|id| ask(span, "id", None, &by_reference(id)));
    let correlation_id = correlation_id.as_ref().map(|id| ask(span, "correlation_id", None, &by_reference(id)));
    let feature = feature.as_ref().map(|feature| quote_spanned! {span=> __open.feature(#feature); });
    let data = data.iter().map(|pair| {
        let method = match pair.how {
            How::Value => "data",
            How::Display => "data_display",
            How::Debug => "data_debug",
        };
        noted(plan, method, pair)
    });
    let baggage = baggage.iter().map(|pair| noted(plan, "baggage", pair));
    quote_spanned! {span=> #id #correlation_id #feature #(#data)* #(#baggage)* }
}

/// `__open.data("key", || VALUE);`
fn noted(plan: &Plan, method: &str, Field { key, value, .. }: &Field) -> TokenStream {
    let key = &key.text;
    ask(plan.span, method, Some(quote_spanned! {plan.span=> #key }), &by_reference(value))
}
