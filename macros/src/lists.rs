//! The values that are lists: `fields(..)`, `capture(..)`, `labels(..)`, `buckets = [..]`.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Expr, Lit, LitStr, Token, UnOp, bracketed, token};

use crate::arguments::arguments;
use crate::errors::Errors;
use crate::item::Function;
use crate::values::{read_expression, value};
use crate::words::{separator, skip_to_comma};

/// One of `fields(key = value, key = %value, key = ?value)`.
#[derive(Clone)]
pub(crate) struct Field {
    pub(crate) key: Key,
    pub(crate) how: How,
    pub(crate) value: Expr,
}

/// How a field's value is written down.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Value,
    Display,
    Debug,
}

/// In `capture(..)`, the value that the function returns.
pub(crate) const RET: &str = "ret";

/// The same in `#[llm_cost]`, beside the `prompt` that is an argument.
const COMPLETION: &str = "completion";

/// One of `capture(argument, ret)`.
#[derive(Clone)]
pub(crate) struct Captured(pub(crate) Ident);

impl Captured {
    /// Whether it is the value that the function returns. An argument called `completion` is that argument.
    pub(crate) fn is_returned(&self, is_llm: bool, function: &Function) -> bool {
        let is_argument = || arguments(function).iter().any(|argument| argument.ident.unraw() == COMPLETION);
        self.0 == RET || is_llm && self.0 == COMPLETION && !is_argument()
    }

    /// The name of its field.
    pub(crate) fn name(&self) -> LitStr {
        LitStr::new(&self.0.unraw().to_string(), self.0.span())
    }
}

/// One of `labels(key = value)` or `context(key = value)`.
#[derive(Clone)]
pub(crate) struct Label {
    pub(crate) key: Key,
    pub(crate) value: Expr,
}

/// The name of a field or a label, and the tokens that spell it.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) text: LitStr,
    tokens: TokenStream,
}

impl ToTokens for Key {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.tokens.to_tokens(tokens);
    }
}

/// One of `buckets = [0.1, 0.5]`: seconds, and where they stand.
#[derive(Clone)]
pub(crate) struct Bound {
    pub(crate) seconds: f64,
    pub(crate) tokens: TokenStream,
}

impl Bound {
    pub(crate) fn is_valid(&self) -> bool {
        self.seconds.is_finite() && self.seconds > 0.0
    }
}

impl ToTokens for Bound {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let mut literal = Literal::f64_suffixed(self.seconds);
        literal.set_span(self.tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span()));
        tokens.append(literal);
    }
}

pub(crate) fn read_fields(word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Field>> {
    is_not_empty(word, "list fields", input)?;
    entries(input, errors, |input| {
        let key = read_key(input)?;
        has_value(
            &key,
            input,
            format_args!("`{0} = value`, or `capture({0})` to record an argument", key.text.value()),
        )?;
        let how = if input.parse::<Option<Token![%]>>()?.is_some() {
            How::Display
        } else if input.parse::<Option<Token![?]>>()?.is_some() {
            How::Debug
        } else {
            How::Value
        };
        Ok(Field { key, how, value: read_expression(input)? })
    })
}

/// Pairs that travel as text, so there is one way to write them down.
pub(crate) fn read_baggage(word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Field>> {
    is_not_empty(word, "list pairs", input)?;
    entries(input, errors, |input| {
        let key = read_key(input)?;
        has_value(&key, input, format_args!("`{} = value`", key.text.value()))?;
        if input.peek(Token![%]) || input.peek(Token![?]) {
            return Err(input.error("baggage is always written by `Display`; leave out the sign"));
        }
        Ok(Field { key, how: How::Display, value: read_expression(input)? })
    })
}

pub(crate) fn read_labels(word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Label>> {
    is_not_empty(word, "list labels", input)?;
    entries(input, errors, |input| {
        let key = read_key(input)?;
        has_value(&key, input, format_args!("`{} = value`", key.text.value()))?;
        if input.peek(Token![%]) || input.peek(Token![?]) {
            let message =
                "a label has no text of its own; give a value that implements `Label`, or put it in `fields(...)`";
            return Err(input.error(message));
        }
        Ok(Label { key, value: read_expression(input)? })
    })
}

/// `context(processing = "batch", service_tier = request.tier)`
pub(crate) fn read_context(word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Label>> {
    is_not_empty(word, "say what the price depends on", input)?;
    entries(input, errors, |input| {
        let key = read_key(input)?;
        has_value(&key, input, format_args!("`{} = value`", key.text.value()))?;
        Ok(Label { key, value: read_expression(input)? })
    })
}

pub(crate) fn read_capture(word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Captured>> {
    is_not_empty(word, "list arguments", input)?;
    entries(input, errors, |input| {
        if !input.peek(syn::Ident::peek_any) {
            return Err(syn::Error::new_spanned(value(input), "expected the name of an argument, or `ret`"));
        }
        let name = input.call(Ident::parse_any)?;
        if input.peek(Token![=]) {
            let message = format_args!("`capture` takes names alone; write `fields({name} = value)`");
            return Err(input.error(message));
        }
        Ok(Captured(name))
    })
}

pub(crate) fn read_bounds(word: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Bound>> {
    if !input.peek(token::Bracket) {
        return Err(syn::Error::new_spanned(
            value(input),
            format_args!("expected bounds in seconds: `{word} = [0.1, 0.5]`"),
        ));
    }
    let list;
    bracketed!(list in input);
    entries(&list, errors, |input| {
        let element = read_expression(input)?;
        match seconds(&element) {
            Some(seconds) => Ok(Bound { seconds, tokens: element.into_token_stream() }),
            None => Err(syn::Error::new_spanned(element, "expected a number of seconds, such as `0.25`")),
        }
    })
}

/// A number that stands there as a number. A constant could not be checked here.
fn seconds(element: &Expr) -> Option<f64> {
    match element {
        Expr::Group(group) => seconds(&group.expr),
        Expr::Lit(literal) => match &literal.lit {
            Lit::Float(number) => number.base10_parse().ok(),
            Lit::Int(number) => number.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => seconds(&unary.expr).map(|seconds| -seconds),
        _ => None,
    }
}

/// `user`, `user.id`, `"user-id"`. What a name may be is checked later, so `user-id` is read as one.
fn read_key(input: ParseStream<'_>) -> syn::Result<Key> {
    let start = input.fork();
    if input.peek(LitStr) {
        let text: LitStr = input.parse()?;
        return Ok(Key { tokens: text.to_token_stream(), text });
    }
    if !input.peek(syn::Ident::peek_any) {
        return Err(syn::Error::new_spanned(value(input), "expected `key = value`"));
    }
    let first = input.call(Ident::parse_any)?;
    let mut text = first.unraw().to_string();
    let mut tokens = first.to_token_stream();
    while (input.peek(Token![.]) || input.peek(Token![-])) && input.peek2(syn::Ident::peek_any) {
        let separator: proc_macro2::Punct = input.parse()?;
        let next = input.call(Ident::parse_any)?;
        text.push(separator.as_char());
        text.push_str(&next.unraw().to_string());
        tokens.append(separator);
        tokens.append(next);
    }
    Ok(Key { text: LitStr::new(&text, start.span()), tokens })
}

fn has_value(key: &Key, input: ParseStream<'_>, form: std::fmt::Arguments<'_>) -> syn::Result<()> {
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        if !input.is_empty() && !input.peek(Token![,]) {
            return Ok(());
        }
    }
    Err(syn::Error::new_spanned(key, format_args!("`{}` needs a value; write {form}", key.text.value())))
}

pub(crate) fn is_not_empty(word: &Ident, help: &str, input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() {
        let message = format_args!("this empty `{word}` is redundant; remove it or {help}");
        return Err(syn::Error::new(word.span(), message));
    }
    Ok(())
}

/// Reads all entries; after a mistake it goes on behind the next comma.
pub(crate) fn entries<T>(
    input: ParseStream<'_>,
    errors: &mut Errors,
    read: impl Fn(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<Vec<T>> {
    let mut entries = Vec::new();
    while !input.is_empty() {
        let ahead = input.fork();
        match read(&ahead) {
            Ok(entry) => {
                input.advance_to(&ahead);
                entries.push(entry);
            }
            Err(error) => {
                errors.push(error);
                skip_to_comma(input)?;
            }
        }
        separator(input, errors)?;
    }
    Ok(entries)
}
