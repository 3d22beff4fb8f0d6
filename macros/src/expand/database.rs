//! What a call to a database asks when it is opened, and of its value.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote_spanned};

use crate::expand::open::{ask, by_reference};
use crate::plan::Plan;

// Output:
//     __open.value(0, || "postgresql");
//     __open.statement(1, || sql);
pub(crate) fn asked(plan: &Plan) -> TokenStream {
    let Some((first, database)) = &plan.opening.database else { return TokenStream::new() };
    let at = |offset: usize| Some(Literal::usize_unsuffixed(first + offset).to_token_stream());
    let constants = database.constants();
    let statement = database.statement.get();
    let statement = statement.map(|sql| ask(plan.span, "statement", at(constants.len()), &by_reference(sql)));
    let constants = constants.iter().enumerate();
    let constants = constants.map(|(offset, (_, text))| ask(plan.span, "value", at(offset), &text.to_token_stream()));
    quote_spanned! {plan.span=> #(#constants)* #statement }
}

// Output:
//     __call.count_rows(2, rows_of(&__ret).rows());
pub(crate) fn counted(plan: &Plan, value: &TokenStream) -> Option<TokenStream> {
    let (krate, position) = (&plan.krate, Literal::usize_unsuffixed(plan.closing.rows?));
    Some(quote_spanned! {plan.span=> __call.count_rows(#position, #krate::__private::rows_of(#value).rows()); })
}
