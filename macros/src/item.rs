//! The item under an attribute: everything before a function's body is parsed, the body stays the tokens it is.
//!
//! So a syntax error in a body is told by the compiler alone, a half-typed function keeps its editor help, and nothing
//! that the user wrote is spelled again.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Abi, Signature, Token, Visibility};

use crate::block::Block;

pub(crate) enum Item {
    Function(Box<Function>),
    Block(Box<Block>),
    /// A function that ends with this semicolon.
    Bodiless(Span),
    /// Something else: its keyword, and what it is called in a message.
    Other(Span, &'static str),
}

pub(crate) struct Function {
    pub(crate) attributes: Vec<syn::Attribute>,
    pub(crate) signature: Signature,
    /// Whether a visibility is written, as it is never in a trait.
    pub(crate) is_visible: bool,
    /// All tokens before the body, as they were written.
    pub(crate) head: TokenStream,
    pub(crate) body: Body,
}

pub(crate) struct Body {
    /// `#![...]`, which must stay first in the function.
    pub(crate) inner_attributes: TokenStream,
    /// The user's braces and what is in them, without inner attributes.
    pub(crate) block: Group,
}

/// Parses an item that an attribute stands on.
///
/// # Errors
///
/// When a function's signature is in a syntax that this crate does not know.
pub(crate) fn parse(item: TokenStream) -> syn::Result<Item> {
    let mut tokens: Vec<TokenTree> = ungrouped(item).into_iter().collect();
    let last = tokens.pop();
    let head: TokenStream = tokens.into_iter().collect();
    let whole: TokenStream = head.clone().into_iter().chain(last.clone()).collect();

    let Opening { attributes, is_visible, is_function } = opening.parse2(whole.clone())?;
    if !is_function {
        let (keyword, noun) = kind.parse2(whole)?;
        return match last.as_ref().and_then(braces) {
            Some(members) if noun == IMPL => {
                Block::parse(keyword, head, members).map(|block| Item::Block(Box::new(block)))
            }
            _ => Ok(Item::Other(keyword, noun)),
        };
    }
    let Some(body) = last.as_ref().and_then(braces) else {
        return Ok(Item::Bodiless(last.map_or_else(Span::call_site, |token| token.span())));
    };
    let signature = signature.parse2(head.clone())?;
    Ok(Item::Function(Box::new(Function { attributes, signature, is_visible, head, body: Body::new(body) })))
}

/// An item that came through a `macro_rules!` fragment is wrapped in invisible delimiters.
fn ungrouped(item: TokenStream) -> TokenStream {
    let mut tokens = item.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => ungrouped(group.stream()),
        _ => item,
    }
}

/// The braces of a body; a `$body:block` fragment has invisible delimiters around them.
pub(crate) fn braces(token: &TokenTree) -> Option<Group> {
    let TokenTree::Group(group) = token else { return None };
    match group.delimiter() {
        Delimiter::Brace => Some(group.clone()),
        Delimiter::None => {
            let mut inside = group.stream().into_iter();
            inside.next().filter(|_| inside.next().is_none()).as_ref().and_then(braces)
        }
        _ => None,
    }
}

/// What stands before the keyword of an item.
struct Opening {
    attributes: Vec<syn::Attribute>,
    is_visible: bool,
    is_function: bool,
}

fn opening(input: ParseStream<'_>) -> syn::Result<Opening> {
    let attributes = input.call(syn::Attribute::parse_outer)?;
    let is_visible = is_visible(input)?;
    let is_function = is_function(input)?;
    input.parse::<TokenStream>()?;
    Ok(Opening { attributes, is_visible, is_function })
}

/// Reads a visibility, if there is one.
pub(crate) fn is_visible(input: ParseStream<'_>) -> syn::Result<bool> {
    Ok(!matches!(input.parse()?, Visibility::Inherited))
}

/// Whether `fn` follows after the qualifiers that may stand before it.
pub(crate) fn is_function(input: ParseStream<'_>) -> syn::Result<bool> {
    let ahead = input.fork();
    while is_qualifier(&ahead) {
        ahead.call(Ident::parse_any)?;
    }
    if ahead.peek(Token![extern]) {
        ahead.parse::<Abi>()?;
    }
    Ok(ahead.peek(Token![fn]))
}

fn is_qualifier(input: ParseStream<'_>) -> bool {
    let next = input.fork().call(Ident::parse_any);
    next.is_ok_and(|word| ["default", "const", "async", "gen", "safe", "unsafe"].iter().any(|known| word == known))
}

fn signature(input: ParseStream<'_>) -> syn::Result<Signature> {
    input.call(syn::Attribute::parse_outer)?;
    bare_signature(input)
}

/// A signature and what stands before it, but for attributes.
pub(crate) fn bare_signature(input: ParseStream<'_>) -> syn::Result<Signature> {
    input.parse::<Visibility>()?;
    let ahead = input.fork();
    if ahead.call(Ident::parse_any)? == "default" {
        input.advance_to(&ahead);
    }
    input.parse()
}

/// The keyword of an item that is no function, and the noun for it.
fn kind(input: ParseStream<'_>) -> syn::Result<(Span, &'static str)> {
    input.call(syn::Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    let mut found = (input.span(), "this item");
    while let Ok(word) = input.call(Ident::parse_any) {
        if let Some(noun) = noun(&word.to_string()) {
            found = (word.span(), noun);
            break;
        }
    }
    input.parse::<TokenStream>()?;
    Ok(found)
}

pub(crate) const IMPL: &str = "an `impl` block";

fn noun(keyword: &str) -> Option<&'static str> {
    Some(match keyword {
        "struct" => "a struct",
        "enum" => "an enum",
        "union" => "a union",
        "const" => "a constant",
        "static" => "a static",
        "type" => "a type alias",
        "use" => "a `use`",
        "mod" => "a module",
        "trait" => "a trait",
        "impl" => IMPL,
        "extern" => "an `extern` item",
        "macro_rules" => "a macro",
        _ => return None,
    })
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Body { inner_attributes, block } = &self.body;
        self.head.to_tokens(tokens);
        if inner_attributes.is_empty() {
            return block.to_tokens(tokens);
        }
        let statements = block.stream();
        let mut whole = Group::new(Delimiter::Brace, quote! { #inner_attributes #statements });
        whole.set_span(block.span());
        whole.to_tokens(tokens);
    }
}

impl Body {
    pub(crate) fn new(braces: Group) -> Body {
        let (inner_attributes, statements) = split_inner_attributes(braces.stream());
        if inner_attributes.is_empty() {
            return Body { inner_attributes, block: braces };
        }
        let mut block = Group::new(Delimiter::Brace, statements);
        block.set_span(braces.span());
        Body { inner_attributes, block }
    }
}

/// The first tokens that are `#![...]`, and the rest.
pub(crate) fn split_inner_attributes(tokens: TokenStream) -> (TokenStream, TokenStream) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_inner = |triple: &&[TokenTree]| match triple {
        [TokenTree::Punct(hash), TokenTree::Punct(bang), TokenTree::Group(group)] => {
            hash.as_char() == '#' && bang.as_char() == '!' && group.delimiter() == Delimiter::Bracket
        }
        _ => false,
    };
    let length = tokens.chunks_exact(3).take_while(is_inner).count() * 3;
    let (attributes, rest) = tokens.split_at(length);
    (attributes.iter().cloned().collect(), rest.iter().cloned().collect())
}
