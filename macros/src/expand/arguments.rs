//! The arguments that the body takes over.
//!
//! A function drops its arguments from the last to the first, each after what a pattern took out of it. A closure or an
//! `async` block has to do the same with what it took over.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, Pat, PatType, Token};

use crate::arguments::{Argument, arguments, is_whole, may_drop};
use crate::expand::open;
use crate::item::Function;
use crate::plan::Plan;
use crate::shape::Shape;

/// How the arguments get into the body.
pub(crate) struct Carried {
    /// The first statements of the body.
    pub(crate) statements: TokenStream,
    /// The arguments of the function, where they are not what was written.
    pub(crate) inputs: Option<TokenStream>,
}

impl Carried {
    fn by(statements: TokenStream) -> Carried {
        Carried { statements, inputs: None }
    }
}

pub(crate) fn carried(plan: &Plan, function: &Function) -> Carried {
    let arguments: Vec<_> = arguments(function).into_iter().filter(|argument| argument.is_owned).collect();
    let is_whole = function.signature.inputs.iter().all(|input| !may_drop(input) || is_whole(input));
    if let Shape::Inner(_) = plan.shape {
        return Carried { statements: TokenStream::new(), inputs: Some(plain_inputs(plan.span, function)) };
    }
    let stays = matches!(plan.shape, Shape::Guard | Shape::GuardedValue(_));
    if stays || arguments.is_empty() && is_whole {
        return Carried::by(TokenStream::new());
    }
    let names = Names::of(plan, function);
    // What the attribute looks at must stay where the attribute sees it.
    let is_seen = !names.outside.is_empty();
    // A mention would read what the body overwrites unread, which has a lint.
    let is_overwritten = function.signature.inputs.iter().any(|input| may_drop(input) && is_mut(input));
    match plan.shape {
        // The body takes what it names, and of one argument there is no order.
        _ if is_whole && arguments.len() == 1 && names.has_all(&arguments) => Carried::by(TokenStream::new()),
        Shape::Future(_) => rebound(plan.span, function),
        _ if is_whole && !is_overwritten || is_seen => Carried::by(mentions(plan.span, &arguments, &names)),
        _ => rebound(plan.span, function),
    }
}

// Input: fn f(a: Guard, b: Guard, c: &str) { use(a, b, c) }
// Output:
//     let _ = &b;
//     let _ = &a;
//
/// Mentions the arguments that have to be dropped, last one first: a closure or an `async` block drops what it captured
/// in the order in which its body mentions it.
fn mentions(span: Span, arguments: &[Argument<'_>], names: &Names) -> TokenStream {
    let stays = |argument: &&Argument<'_>| names.has_taken(&argument.ident);
    arguments.iter().rev().filter(|argument| !stays(argument)).map(|argument| mention(span, argument, names)).collect()
}

fn mention(span: Span, argument: &Argument<'_>, names: &Names) -> TokenStream {
    let ident = &argument.ident;
    let cfgs = argument.cfgs();
    let is_quiet = ident.to_string().starts_with('_');
    if !is_quiet && !names.has(ident) && ident != "self" {
        // As unused as it was.
        let attributes = argument.attributes;
        return quote_spanned! {span=> #(#attributes)* let #ident = &#ident; };
    }
    let quiet = quiet_mention(span, ident);
    quote_spanned! {span=> #(#cfgs)* #quiet let _ = &#ident; }
}

/// An argument whose name says that it is not used is not used by the user.
fn quiet_mention(span: Span, ident: &Ident) -> Option<TokenStream> {
    let is_quiet = ident.to_string().starts_with('_');
    is_quiet.then(|| quote_spanned! {span=> #[allow(clippy::used_underscore_binding)] })
}

// Input:
//     fn f(self, mut a: Guard, (b, _): (Guard, Guard), c: &str)
// Output:
//     fn f(self, a: Guard, __argument1: (Guard, Guard), c: &str)
//         let _ = &self;
//         let mut a = a;
//         let __argument1 = __argument1;
//         let (b, _) = __argument1;
//
/// Binds the arguments anew inside of the body, as the compiler does it with those of an `async fn`.
fn rebound(span: Span, function: &Function) -> Carried {
    let mut statements = TokenStream::new();
    let mut inputs: Punctuated<TokenStream, Token![,]> = Punctuated::new();
    for (position, input) in function.signature.inputs.iter().enumerate() {
        let (statement, input) = match input {
            _ if !may_drop(input) => (TokenStream::new(), input.to_token_stream()),
            FnArg::Receiver(receiver) => {
                let this = &receiver.self_token;
                (quote_spanned! {span=> let _ = &#this; }, receiver.to_token_stream())
            }
            FnArg::Typed(argument) => rebind(span, position, argument),
        };
        statements.extend(statement);
        inputs.push(input);
    }
    Carried { statements, inputs: Some(inputs.into_token_stream()) }
}

/// `mut text: String`
fn is_mut(input: &FnArg) -> bool {
    let FnArg::Typed(argument) = input else { return false };
    matches!(&*argument.pat, Pat::Ident(binding) if binding.mutability.is_some())
}

/// The statement that binds an argument anew, and the argument.
fn rebind(span: Span, position: usize, argument: &PatType) -> (TokenStream, TokenStream) {
    let PatType { attrs, pat, colon_token, ty, .. } = argument;
    let cfgs: Vec<&Attribute> = attrs.iter().filter(|attribute| attribute.path().is_ident("cfg")).collect();
    if let Pat::Ident(binding) = &**pat
        && binding.by_ref.is_none()
        && binding.subpat.is_none()
    {
        let ident = &binding.ident;
        let quiet = quiet_mention(span, ident);
        let statement = quote_spanned! {span=> #quiet #(#attrs)* let #pat = #ident; };
        return (statement, quote! { #(#attrs)* #ident #colon_token #ty });
    }
    let whole = format_ident!("__argument{}", position, span = span);
    let statement = quote_spanned! {span=>
        #(#cfgs)* let #whole = #whole;
        #(#attrs)* let #pat = #whole;
    };
    (statement, quote! { #(#attrs)* #whole #colon_token #ty })
}

/// The arguments as names alone; what is in them is taken apart further inside.
fn plain_inputs(span: Span, function: &Function) -> TokenStream {
    let inputs = function.signature.inputs.iter().zip(plain_names(span, function));
    let inputs = inputs.map(|(input, name)| match input {
        FnArg::Receiver(receiver) => receiver.to_token_stream(),
        FnArg::Typed(PatType { colon_token, ty, .. }) => quote! { #name #colon_token #ty },
    });
    quote! { #(#inputs),* }
}

/// A name for each argument.
pub(crate) fn plain_names(span: Span, function: &Function) -> Vec<Ident> {
    let inputs = function.signature.inputs.iter().enumerate();
    let names = inputs.map(|(position, input)| match input {
        FnArg::Typed(argument) => match &*argument.pat {
            Pat::Ident(binding) => binding.ident.clone(),
            _ => format_ident!("__argument{}", position, span = span),
        },
        FnArg::Receiver(receiver) => Ident::new("self", receiver.self_token.span),
    });
    names.collect()
}

/// The words that may name an argument.
struct Names {
    in_body: HashSet<String>,
    /// In the expressions of the attribute.
    outside: HashSet<String>,
    /// In those that may move what they name.
    taken: HashSet<String>,
}

impl Names {
    fn of(plan: &Plan, function: &Function) -> Names {
        Names {
            in_body: names(function.body.block.stream()),
            outside: names(open::looking(plan)),
            taken: names(open::taking(plan)),
        }
    }

    fn has(&self, ident: &Ident) -> bool {
        let name = ident.unraw().to_string();
        self.in_body.contains(&name) || self.outside.contains(&name)
    }

    /// Whether nothing may be left of an argument for the body, which does not name it.
    fn has_taken(&self, ident: &Ident) -> bool {
        let name = ident.unraw().to_string();
        self.taken.contains(&name) && !self.in_body.contains(&name)
    }

    /// Whether the body has all of them.
    fn has_all(&self, arguments: &[Argument<'_>]) -> bool {
        arguments.iter().all(|argument| self.in_body.contains(&argument.ident.unraw().to_string()))
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
