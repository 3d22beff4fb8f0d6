//! The words inside an attribute's parentheses.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, ExprPath, Lit, LitStr, Path, Token, token};

use crate::attribute::Attribute;
use crate::errors::Errors;
use crate::nearest::nearest;

/// One word that an attribute understands.
struct Word {
    text: &'static str,
    /// How to write it, for messages.
    form: &'static str,
    /// Where it is valid.
    on: &'static [Attribute],
    read: fn(&mut Words, &Ident, ParseStream<'_>, &mut Errors) -> syn::Result<()>,
}

const EVERYWHERE: &[Attribute] = &[Attribute::Observe, Attribute::LlmCost, Attribute::Workflow];
const LLM: &[Attribute] = &[Attribute::LlmCost];

/// Every word, in alphabetical order. All messages about words are derived from this table.
const WORDS: &[Word] = &[
    Word {
        text: "crate",
        form: "crate = ::taximeter",
        on: EVERYWHERE,
        read: |words, key, input, errors| words.krate.fill(key, read_crate(input)?, errors),
    },
    Word {
        text: "feature",
        form: "feature = \"answers\"",
        on: LLM,
        read: |words, key, input, errors| words.feature.fill(key, read_constant(key, input)?, errors),
    },
    Word {
        text: "model",
        form: "model = \"gpt-4o\"",
        on: LLM,
        read: |words, key, input, errors| words.model.fill(key, read_model(input)?, errors),
    },
    Word {
        text: "name",
        form: "name = \"orders.place\"",
        on: EVERYWHERE,
        read: |words, key, input, errors| words.name.fill(key, read_literal(key, input)?, errors),
    },
    Word {
        text: "provider",
        form: "provider = \"openai\"",
        on: LLM,
        read: |words, key, input, errors| words.provider.fill(key, read_constant(key, input)?, errors),
    },
];

/// What an attribute said. Each value keeps the tokens it came from.
#[derive(Default)]
pub(crate) struct Words {
    pub(crate) name: Slot<LitStr>,
    pub(crate) krate: Slot<Path>,
    pub(crate) model: Slot<Model>,
    pub(crate) provider: Slot<Constant>,
    pub(crate) feature: Slot<Constant>,
}

/// Room for one value; a second one is an error.
pub(crate) struct Slot<T>(Option<T>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Slot(None)
    }
}

impl<T> Slot<T> {
    fn fill(&mut self, key: &Ident, value: T, errors: &mut Errors) -> syn::Result<()> {
        if self.0.is_some() {
            errors.at(key, format_args!("duplicate argument `{}`", key.unraw()));
        } else {
            self.0 = Some(value);
        }
        Ok(())
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }

    pub(crate) fn into_option(self) -> Option<T> {
        self.0
    }
}

/// A text that is known at compile time.
pub(crate) enum Constant {
    Literal(LitStr),
    Path(ExprPath),
}

/// The model: known at compile time, or computed for each call.
pub(crate) enum Model {
    Literal(LitStr),
    Expression(Box<Expr>),
}

impl Constant {
    pub(crate) fn literal(&self) -> Option<&LitStr> {
        match self {
            Constant::Literal(literal) => Some(literal),
            Constant::Path(_) => None,
        }
    }
}

impl ToTokens for Constant {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Constant::Literal(literal) => literal.to_tokens(tokens),
            Constant::Path(path) => path.to_tokens(tokens),
        }
    }
}

impl Words {
    /// Reads all words; after a mistake it goes on behind the next comma.
    pub(crate) fn parse(attribute: Attribute, args: TokenStream, errors: &mut Errors) -> Words {
        let mut words = Words::default();
        let read = |input: ParseStream<'_>| {
            while !input.is_empty() {
                let ahead = input.fork();
                match words.argument(attribute, &ahead, errors) {
                    Ok(()) => input.advance_to(&ahead),
                    Err(error) => {
                        errors.push(error);
                        skip_to_comma(input)?;
                    }
                }
                separator(input, errors)?;
            }
            Ok(())
        };
        let result = read.parse2(args);
        errors.take(result);
        words
    }

    fn argument(&mut self, attribute: Attribute, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<()> {
        if !input.peek(syn::Ident::peek_any) {
            return Err(input.error(format_args!("expected an argument, one of {}", valid_on(attribute))));
        }
        let key = input.call(Ident::parse_any)?;
        let word = find(attribute, &key)?;
        if !input.peek(Token![=]) {
            return Err(wrong_form(word, &key, input));
        }
        input.parse::<Token![=]>()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(syn::Error::new(key.span(), format_args!("`{key}` needs a value; write `{}`", word.form)));
        }
        (word.read)(self, &key, input, errors)
    }
}

fn find(attribute: Attribute, key: &Ident) -> syn::Result<&'static Word> {
    let text = key.to_string();
    let message = match WORDS.iter().find(|word| word.text == text) {
        Some(word) if word.on.contains(&attribute) => return Ok(word),
        Some(word) => {
            let owners = word.on.iter().map(Attribute::to_string).collect::<Vec<_>>().join(" and ");
            format!("`{text}` is an argument of {owners}, not of {attribute}; expected one of {}", valid_on(attribute))
        }
        None => {
            let meant = nearest(&text, words_of(attribute).map(|word| word.text));
            let meant = meant.map(|word| format!("did you mean `{word}`? ")).unwrap_or_default();
            format!("unknown argument `{text}`; {meant}expected one of {}", valid_on(attribute))
        }
    };
    Err(syn::Error::new(key.span(), message))
}

fn words_of(attribute: Attribute) -> impl Iterator<Item = &'static Word> {
    WORDS.iter().filter(move |word| word.on.contains(&attribute))
}

/// The valid words, as messages list them.
fn valid_on(attribute: Attribute) -> String {
    words_of(attribute).map(|word| format!("`{}`", word.text)).collect::<Vec<_>>().join(", ")
}

fn wrong_form(word: &Word, key: &Ident, input: ParseStream<'_>) -> syn::Error {
    if input.is_empty() || input.peek(Token![,]) {
        syn::Error::new(key.span(), format_args!("`{}` needs a value; write `{}`", word.text, word.form))
    } else {
        input.error(format_args!("wrong form; write `{}`", word.form))
    }
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// Between two arguments stands a comma. A missing one is told once, and what follows is still read.
fn separator(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    if input.peek(Token![,]) {
        return input.parse::<Token![,]>().map(drop);
    }
    if input.peek(syn::Ident::peek_any) {
        errors.push(input.error("expected `,`"));
        return Ok(());
    }
    errors.push(input.error("unexpected token, expected `,` or `)`"));
    skip_to_comma(input)?;
    input.parse::<Option<Token![,]>>().map(drop)
}

/// Whether a value can end here.
fn ends(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,]) || input.peek(syn::Ident::peek_any) || input.peek(Token![=])
}

fn is_macro_call(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.call(Path::parse_mod_style).is_ok() && ahead.peek(Token![!]) && !ahead.peek(Token![!=])
}

/// The whole value, as far as it is one expression; for errors.
fn value(input: ParseStream<'_>) -> TokenStream {
    let ahead = input.fork();
    match read_expression(&ahead) {
        Ok(expression) => expression.into_token_stream(),
        Err(_) => input.parse::<TokenTree>().map(TokenStream::from).unwrap_or_default(),
    }
}

fn read_literal(key: &Ident, input: ParseStream<'_>) -> syn::Result<LitStr> {
    if input.peek(LitStr) {
        return input.parse();
    }
    if is_macro_call(input) {
        let message = format_args!("`{key}` must be known at compile time; use a string literal");
        return Err(syn::Error::new_spanned(value(input), message));
    }
    Err(syn::Error::new_spanned(value(input), "expected a string literal"))
}

fn read_constant(key: &Ident, input: ParseStream<'_>) -> syn::Result<Constant> {
    if input.peek(LitStr) {
        return input.parse().map(Constant::Literal);
    }
    if is_macro_call(input) {
        let message = format_args!("`{key}` must be known at compile time; use a literal or a `const`");
        return Err(syn::Error::new_spanned(value(input), message));
    }
    let ahead = input.fork();
    match ahead.parse::<ExprPath>() {
        Ok(path) if path.attrs.is_empty() && ends(&ahead) => {
            input.advance_to(&ahead);
            Ok(Constant::Path(path))
        }
        _ => Err(syn::Error::new_spanned(value(input), "expected a string literal or a path to a `const &str`")),
    }
}

fn read_model(input: ParseStream<'_>) -> syn::Result<Model> {
    let expression = read_expression(input)?;
    match bare(&expression) {
        Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) => Ok(Model::Literal(literal.clone())),
        Expr::Lit(other) => {
            Err(syn::Error::new_spanned(other, "expected a string literal or an expression that is `AsRef<str>`"))
        }
        _ => Ok(Model::Expression(Box::new(expression))),
    }
}

/// Without the invisible delimiters of a `$model:expr` fragment.
fn bare(expression: &Expr) -> &Expr {
    match expression {
        Expr::Group(group) => bare(&group.expr),
        expression => expression,
    }
}

/// An expression, but no assignment: in `model = a = b` the second `=` is junk.
fn read_expression(input: ParseStream<'_>) -> syn::Result<Expr> {
    match input.parse::<Expr>()? {
        Expr::Assign(assignment) => {
            Err(syn::Error::new_spanned(assignment.eq_token, "unexpected token, expected `,` or `)`"))
        }
        expression => Ok(expression),
    }
}

fn read_crate(input: ParseStream<'_>) -> syn::Result<Path> {
    if input.peek(LitStr) {
        let quoted: LitStr = input.parse()?;
        let path = quoted.value();
        let path = path.trim_start_matches("::");
        let message = format_args!("expected a path without quotes: `crate = ::{path}`");
        return Err(syn::Error::new_spanned(quoted, message));
    }
    if input.peek(token::Paren) || !(input.peek(Token![::]) || input.peek(syn::Ident::peek_any)) {
        return Err(syn::Error::new_spanned(value(input), "expected a path such as `::taximeter`"));
    }
    input.call(Path::parse_mod_style)
}
