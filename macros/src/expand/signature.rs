//! The tokens before a body, where an expansion has to change them.
//!
//! They are never spelled again: what stays is the tokens that the user wrote, in their order.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Path, ReturnType};

use crate::item::{self, Item};
use crate::shape;

/// A head, cut at the two places that can change.
pub(crate) struct Head {
    /// Attributes, visibility, qualifiers, name and generics.
    before: Vec<TokenTree>,
    inputs: Group,
    /// The return type and the bounds.
    after: Vec<TokenTree>,
}

impl Head {
    pub(crate) fn of(head: &TokenStream) -> Option<Head> {
        let mut before: Vec<TokenTree> = head.clone().into_iter().collect();
        let keyword = before.iter().position(|token| is_word(token, "fn"))?;
        let inputs = keyword + inputs(before.get(keyword..)?)?;
        let mut after = before.split_off(inputs);
        let TokenTree::Group(inputs) = after.remove(0) else { return None };
        Some(Head { before, inputs, after })
    }

    pub(crate) fn set_inputs(&mut self, inputs: TokenStream) {
        let span = self.inputs.span();
        self.inputs = Group::new(Delimiter::Parenthesis, inputs);
        self.inputs.set_span(span);
    }

    /// The function from its keyword on, with another name.
    pub(crate) fn renamed(&self, name: &Ident) -> TokenStream {
        let Head { before, inputs, after } = self;
        let from = before.iter().position(|token| is_word(token, "fn")).unwrap_or_default();
        let generics = before.get(from + 2..).unwrap_or_default();
        quote! { fn #name #(#generics)* #inputs #(#after)* }
    }

    // Input:  pub async fn find(key: &str) -> Result<Page, Error> where ..
    // Output: #[cfg_attr(doc, asynchronous)] pub fn find(key: &str) -> impl Future<Output = Result<Page, Error>> where ..
    //
    /// Makes an `async fn` the function that it is. The tokens of `impl Future` are of this crate's edition, 2024, and so
    /// it borrows from all arguments, as an `async fn` does. In the documentation the function stays as it was written.
    pub(crate) fn desugar(&mut self, span: Span, krate: &Path) {
        let keyword = self.before.iter().position(|token| is_word(token, "async"));
        keyword.map(|keyword| self.before.remove(keyword));
        let bounds = self.after.iter().position(|token| is_word(token, "where")).unwrap_or(self.after.len());
        let bounds = self.after.split_off(bounds);
        // After the arrow.
        let output = self.after.get(2..).filter(|output| !output.is_empty());
        let output = output.map_or_else(|| quote_spanned! {span=> () }, |output| quote! { #(#output)* });
        let after = quote_spanned! {span=> -> impl ::core::future::Future<Output = #output> #(#bounds)* };
        self.after = after.into_iter().collect();
        let shown = quote_spanned! {span=> #[cfg_attr(doc, #krate::__private::asynchronous)] };
        self.before.splice(0..0, shown);
    }

    pub(crate) fn into_tokens(self) -> TokenStream {
        let Head { before, inputs, after } = self;
        quote! { #(#before)* #inputs #(#after)* }
    }
}

/// Where the arguments stand in tokens that begin with `fn`: the first parentheses that are not inside of the generics.
fn inputs(tokens: &[TokenTree]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut is_arrow = false;
    tokens.iter().position(|token| match token {
        TokenTree::Group(group) => depth == 0 && group.delimiter() == Delimiter::Parenthesis,
        TokenTree::Punct(punct) => {
            match punct.as_char() {
                '<' => depth += 1,
                '>' if !is_arrow => depth = depth.saturating_sub(1),
                _ => {}
            }
            is_arrow = punct.as_char() == '-';
            false
        }
        _ => false,
    })
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

// Input:  pub fn find(key: &str) -> impl Future<Output = Result<Page, Error>> where .. { .. }
// Output: pub async fn find(key: &str) -> Result<Page, Error> where .. { loop {} }
//
/// What `desugar` did, undone, for the documentation alone, which does not look at bodies.
pub(crate) fn documented(item: TokenStream) -> TokenStream {
    undone(&item).unwrap_or(item)
}

fn undone(item: &TokenStream) -> Option<TokenStream> {
    let Ok(Item::Function(function)) = item::parse(item.clone()) else { return None };
    let ReturnType::Type(arrow, output) = &function.signature.output else { return None };
    let output = shape::output_of_future(output)?;
    let Head { mut before, inputs, after } = Head::of(&function.head)?;
    let keyword = before.iter().position(|token| is_word(token, "unsafe") || is_word(token, "fn"))?;
    before.insert(keyword, TokenTree::Ident(Ident::new("async", Span::call_site())));
    let bounds = after.iter().position(|token| is_word(token, "where")).unwrap_or(after.len());
    let bounds = after.get(bounds..)?;
    Some(quote! { #(#before)* #inputs #arrow #output #(#bounds)* { loop {} } })
}
