//! The arguments that the body takes over.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::ext::IdentExt;
use syn::{Attribute, FnArg, Pat, Receiver, ReceiverKind, Type};

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
    let arguments: Vec<Argument<'_>> = function.signature.inputs.iter().flat_map(owned).collect();
    if arguments.is_empty() {
        return TokenStream::new();
    }
    let named = names(function.body.block.stream());
    let is_named = |argument: &Argument<'_>| {
        let name = argument.ident.unraw().to_string();
        // Nobody is told that `_guard` is unused, and it is there for its drop.
        name.starts_with('_') || named.contains(&name)
    };
    arguments.iter().rev().filter(|argument| is_named(argument)).map(|argument| argument.mention(span)).collect()
}

struct Argument<'a> {
    ident: Ident,
    attributes: &'a [Attribute],
}

impl Argument<'_> {
    fn mention(&self, span: Span) -> TokenStream {
        let ident = &self.ident;
        let cfgs = self.attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
        let allow = ident.to_string().starts_with('_').then(|| {
            quote_spanned! {span=> #[allow(clippy::used_underscore_binding)] }
        });
        quote_spanned! {span=> #(#cfgs)* #allow let _ = &#ident; }
    }
}

/// The names that an argument binds by value, if its type may have something to drop.
fn owned(argument: &FnArg) -> Vec<Argument<'_>> {
    match argument {
        FnArg::Receiver(receiver) => receiver_by_value(receiver).into_iter().collect(),
        FnArg::Typed(typed) if is_plain(&typed.ty) => Vec::new(),
        FnArg::Typed(typed) => {
            let mut idents = Vec::new();
            bindings(&typed.pat, &mut idents);
            idents.into_iter().map(|ident| Argument { ident, attributes: &typed.attrs }).collect()
        }
    }
}

fn receiver_by_value(receiver: &Receiver) -> Option<Argument<'_>> {
    let is_owned = match &receiver.kind {
        ReceiverKind::Reference(..) => false,
        ReceiverKind::Typed(_, ty) => !is_plain(ty),
        _ => true,
    };
    let ident = Ident::new("self", receiver.self_token.span);
    is_owned.then_some(Argument { ident, attributes: &receiver.attrs })
}

/// A type that has nothing to drop, as far as its spelling tells.
fn is_plain(ty: &Type) -> bool {
    const PLAIN: [&str; 16] = [
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "bool",
        "char",
    ];
    match ty {
        Type::Reference(_) | Type::Ptr(_) | Type::FnPtr(_) | Type::Never(_) => true,
        Type::Path(path) => path.path.get_ident().is_some_and(|ident| PLAIN.iter().any(|plain| ident == plain)),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_plain),
        Type::Array(array) => is_plain(&array.elem),
        Type::Paren(inner) => is_plain(&inner.elem),
        Type::Group(inner) => is_plain(&inner.elem),
        _ => false,
    }
}

/// The names that a pattern binds by value, in their order.
fn bindings(pattern: &Pat, found: &mut Vec<Ident>) {
    match pattern {
        Pat::Ident(binding) => {
            if binding.by_ref.is_none() {
                found.push(binding.ident.clone());
            }
            if let Some((_, inner)) = &binding.subpat {
                bindings(inner, found);
            }
        }
        Pat::Tuple(tuple) => tuple.elems.iter().for_each(|inner| bindings(inner, found)),
        Pat::TupleStruct(tuple) => tuple.elems.iter().for_each(|inner| bindings(inner, found)),
        Pat::Struct(fields) => fields.fields.iter().for_each(|field| bindings(&field.pat, found)),
        Pat::Slice(slice) => slice.elems.iter().for_each(|inner| bindings(inner, found)),
        Pat::Paren(inner) => bindings(&inner.pat, found),
        Pat::Type(typed) => bindings(&typed.pat, found),
        // What a reference pattern binds is `Copy`. Every other pattern binds nothing in an argument.
        _ => {}
    }
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
