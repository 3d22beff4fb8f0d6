//! The arguments that the body takes over.

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::ext::IdentExt;

use crate::arguments::{Argument, arguments};
use crate::item::Function;

// Input: fn f(a: Guard, b: Guard, c: &str) { use(a, b, c) }
// Output:
//     let _ = &b;
//     let _ = &a;
//
/// Mentions the arguments that have to be dropped, last one first.
///
/// A function drops its arguments from the last to the first. A closure or an `async` block drops what it captured in
/// the order in which its body mentions it. So this makes both orders one. An argument that the body does not name
/// is left out: it stays where it is, and the compiler goes on to call it unused.
pub(crate) fn captures(span: Span, function: &Function) -> TokenStream {
    let arguments: Vec<_> = arguments(function).into_iter().filter(|argument| argument.is_owned).collect();
    if arguments.is_empty() {
        return TokenStream::new();
    }
    let named = names(function.body.block.stream());
    let is_named = |argument: &Argument<'_>| {
        let name = argument.ident.unraw().to_string();
        // Nobody is told that `_guard` is unused, and it is there for its drop.
        name.starts_with('_') || named.contains(&name)
    };
    arguments.iter().rev().filter(|argument| is_named(argument)).map(|argument| mention(span, argument)).collect()
}

fn mention(span: Span, argument: &Argument<'_>) -> TokenStream {
    let ident = &argument.ident;
    let cfgs = argument.cfgs();
    let allow = ident.to_string().starts_with('_').then(|| {
        quote_spanned! {span=> #[allow(clippy::used_underscore_binding)] }
    });
    quote_spanned! {span=> #(#cfgs)* #allow let _ = &#ident; }
}

/// Every word of a body that may be a variable, also in a format string.
fn names(tokens: TokenStream) -> HashSet<String> {
    let mut names = HashSet::new();
    collect(tokens, &mut names);
    names
}

fn collect(tokens: TokenStream, names: &mut HashSet<String>) {
    // In `page.name`, the `name` is a field; in `..name`, it is a variable.
    let mut dots = 0;
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if dots != 1 => {
                names.insert(ident.unraw().to_string());
            }
            TokenTree::Ident(_) => {}
            TokenTree::Group(group) => collect(group.stream(), names),
            TokenTree::Literal(literal) => names.extend(placeholders(&literal.to_string())),
            TokenTree::Punct(_) => {}
        }
        dots = match &token {
            TokenTree::Punct(punct) if punct.as_char() == '.' => dots + 1,
            _ => 0,
        };
    }
}

/// `page` and `width` of `"{page:>width$}"`.
fn placeholders(literal: &str) -> Vec<String> {
    let mut inside = literal.split('{').skip(1);
    let is_text = literal.ends_with(['"', '#']);
    let words = |placeholder: &str| -> Vec<String> {
        let placeholder = placeholder.split('}').next().unwrap_or_default();
        placeholder.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect()
    };
    if is_text { inside.by_ref().flat_map(words).collect() } else { Vec::new() }
}
