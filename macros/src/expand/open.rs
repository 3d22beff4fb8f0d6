//! The opening of a call: the site, and the values that the attribute asks for.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, UnOp};

use crate::expand::{database, llm, workflow};
use crate::lists::{Field, How, Label};
use crate::plan::{CapturedArgument, Opening, Plan};

/// How a call is opened.
pub(crate) enum Open {
    /// With nothing but its site.
    Alone,
    /// By this statement, which leaves the call in `__open`.
    Asked(TokenStream),
}

// Output: a statement of its own, because what is evaluated must not borrow what the body takes over.
//     let __open = open_with(&SITE, |__open| { __open.value(0, || &user.id); .. });
pub(crate) fn open(plan: &Plan) -> Open {
    let krate = &plan.krate;
    let asked = asked(plan);
    if asked.is_empty() && plan.refuses().is_none() {
        return Open::Alone;
    }
    let call = if asked.is_empty() {
        quote_spanned! {plan.span=> #krate::__private::open(&__TAXIMETER_SITE) }
    } else {
        quote_spanned! {plan.span=> #krate::__private::open_with(&__TAXIMETER_SITE, |__open| { #asked }) }
    };
    let refusal = llm::refusal(plan);
    Open::Asked(quote_spanned! {plan.span=> let __open = #call; #refusal })
}

impl Open {
    /// The call that is open.
    pub(crate) fn call(&self, plan: &Plan) -> TokenStream {
        let krate = &plan.krate;
        match self {
            Open::Alone => quote_spanned! {plan.span=> #krate::__private::open(&__TAXIMETER_SITE) },
            Open::Asked(_) => quote_spanned! {plan.span=> __open },
        }
    }
}

/// The statements that evaluate what the attribute asks for.
fn asked(plan: &Plan) -> TokenStream {
    let span = plan.span;
    let Opening { labels, fields, captured, parent, follows_from, .. } = &plan.opening;
    let model = plan.model_expression().map(|model| ask(span, "model", None, &by_reference(model)));
    let context = plan.llm().into_iter().flat_map(|llm| &llm.context).map(|entry| llm::ask_context(span, entry));
    let labels = labels.iter().map(|Label { value, .. }| ask(span, "label", None, &by_reference(value)));
    let fields = fields.iter().enumerate().map(|(position, Field { how, value, .. })| {
        let method = match how {
            How::Value => "value",
            How::Display => "display",
            How::Debug => "debug",
        };
        ask(span, method, at(position), &by_reference(value))
    });
    let captured = captured.iter().map(|(position, CapturedArgument { ident, cfgs })| {
        let value = quote_spanned! {span.located_at(ident.span())=> &#ident };
        let ask = ask(span, "debug", at(*position), &value);
        quote_spanned! {span=> #(#cfgs)* #ask }
    });
    let parent = parent.as_ref().map(|parent| ask(span, "parent", None, &parent.to_token_stream()));
    let follows_from = follows_from.as_ref().map(|spans| ask(span, "follows_from", None, &spans.to_token_stream()));
    let (run, database) = (workflow::asked(plan), database::asked(plan));
    quote_spanned! {span=> #model #(#context)* #run #(#labels)* #(#fields)* #(#captured)* #database #parent #follows_from }
}

/// The expressions that look at the arguments.
pub(crate) fn looking(plan: &Plan) -> TokenStream {
    let captured = plan.opening.captured.iter().map(|(_, captured)| captured.ident.to_token_stream());
    captured.chain(expressions(plan).map(ToTokens::to_token_stream)).collect()
}

/// Those of them that may take what they name away from the body.
pub(crate) fn taking(plan: &Plan) -> TokenStream {
    let Opening { parent, follows_from, .. } = &plan.opening;
    let values = expressions(plan).filter(|value| !is_place(value));
    values.chain(parent).chain(follows_from).map(ToTokens::to_token_stream).collect()
}

fn expressions(plan: &Plan) -> impl Iterator<Item = &Expr> {
    let Opening { labels, fields, parent, follows_from, run, database, .. } = &plan.opening;
    let values = labels.iter().map(|label| &label.value).chain(fields.iter().map(|field| &field.value));
    let values =
        values.chain(run.expressions()).chain(database.iter().filter_map(|(_, database)| database.statement.get()));
    values.chain(plan.model_expression()).chain(parent).chain(follows_from)
}

/// The position of a field as the first argument.
fn at(position: usize) -> Option<TokenStream> {
    Some(proc_macro2::Literal::usize_unsuffixed(position).to_token_stream())
}

/// `__open.value(0, || VALUE);`, where the first argument says what the value is of.
pub(crate) fn ask(span: Span, method: &str, of: Option<TokenStream>, value: &TokenStream) -> TokenStream {
    // What is wrong with the value is told at the value.
    let place = span.located_at(value.span());
    let method = syn::Ident::new(method, place);
    let of = of.map(|of| quote_spanned! {span=> #of, });
    quote_spanned! {place=> __open.#method(#of || #value); }
}

/// A place is looked at where it is, as by `tracing`; the body still owns it. Anything else is a value of its own.
pub(crate) fn by_reference(value: &Expr) -> TokenStream {
    if is_place(value) {
        let and = syn::Token![&](value.span());
        return quote_spanned! {value.span()=> #and #value };
    }
    value.to_token_stream()
}

fn is_place(value: &Expr) -> bool {
    match value {
        Expr::Path(_) | Expr::Index(_) => true,
        Expr::Field(field) => is_place(&field.base),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Deref(_)),
        Expr::Paren(inner) => is_place(&inner.expr),
        Expr::Group(inner) => is_place(&inner.expr),
        _ => false,
    }
}
