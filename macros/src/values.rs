//! The values behind the words: texts, choices, models, paths, expressions.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Expr, ExprLit, ExprPath, Lit, LitBool, LitInt, LitStr, Path, Token, token};

use crate::nearest::nearest;

/// A text that is known at compile time.
#[derive(Clone)]
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

/// Whether a value can end here.
fn ends(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,]) || input.peek(syn::Ident::peek_any) || input.peek(Token![=])
}

fn is_macro_call(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.call(Path::parse_mod_style).is_ok() && ahead.peek(Token![!]) && !ahead.peek(Token![!=])
}

/// The whole value, as far as it is one expression; for errors.
pub(crate) fn value(input: ParseStream<'_>) -> TokenStream {
    let ahead = input.fork();
    match read_expression(&ahead) {
        Ok(expression) => expression.into_token_stream(),
        Err(_) => input.parse::<TokenTree>().map(TokenStream::from).unwrap_or_default(),
    }
}

pub(crate) fn read_constant(key: &Ident, input: ParseStream<'_>) -> syn::Result<Constant> {
    if input.peek(LitStr) {
        return input.parse().map(Constant::Literal);
    }
    if is_macro_call(input) {
        let message = format_args!(
            "`{key}` must be known at compile time; use a literal or a `const`, or put the value in `fields(...)`"
        );
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

pub(crate) fn read_model(input: ParseStream<'_>) -> syn::Result<Model> {
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

/// The level of a span: the name of a constant of `tracing::Level`.
#[derive(Clone)]
pub(crate) struct Level(pub(crate) Ident);

/// As an attribute says it.
impl ToTokens for Level {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        LitStr::new(&self.0.to_string().to_lowercase(), self.0.span()).to_tokens(tokens);
    }
}

const LEVELS: [&str; 5] = ["trace", "debug", "info", "warn", "error"];
const KINDS: [&str; 5] = ["server", "client", "producer", "consumer", "internal"];

pub(crate) fn read_level(input: ParseStream<'_>) -> syn::Result<Level> {
    if input.peek(LitInt) {
        let number: LitInt = input.parse()?;
        let place = number.base10_parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        return match place.and_then(|place| LEVELS.get(place)) {
            Some(level) => Ok(level_at(level, number.span())),
            None => Err(unknown_choice("level", number.base10_digits(), &LEVELS, " or 1 to 5", &number)),
        };
    }
    let level = read_choice("level", &LEVELS, input)?;
    Ok(level_at(&level.value(), level.span()))
}

fn level_at(level: &str, span: proc_macro2::Span) -> Level {
    Level(Ident::new(&level.to_uppercase(), span))
}

pub(crate) fn read_kind(input: ParseStream<'_>) -> syn::Result<LitStr> {
    read_choice("kind", &KINDS, input)
}

pub(crate) fn read_none(input: ParseStream<'_>) -> syn::Result<()> {
    if input.peek(LitStr) && input.fork().parse::<LitStr>()?.value() == "error" {
        return input.parse::<LitStr>().map(drop);
    }
    Err(syn::Error::new_spanned(value(input), "expected \"error\""))
}

/// The operations of the GenAI conventions that are requests to a model, and the one that fetches an answer again.
const OPERATIONS: [&str; 5] = ["chat", "embeddings", "fetch_response", "generate_content", "text_completion"];

/// A word of the conventions, or one of the user's own, for which they leave room. A slip of the fingers is neither.
pub(crate) fn read_operation(key: &Ident, input: ParseStream<'_>) -> syn::Result<Constant> {
    if !input.peek(LitStr) {
        return read_constant(key, input);
    }
    let operation: LitStr = input.parse()?;
    let text = operation.value();
    let is_slip = |meant: &str| meant != text && meant.len().abs_diff(text.len()) <= 1;
    match nearest(&text, OPERATIONS).filter(|meant| is_slip(meant)) {
        Some(_) => Err(unknown_choice("operation", &text, &OPERATIONS, ", or a word of your own", &operation)),
        None => Ok(Constant::Literal(operation)),
    }
}

/// What happens to a call whose budget is used up.
pub(crate) fn read_on_exceeded(input: ParseStream<'_>) -> syn::Result<LitStr> {
    read_choice("on_exceeded", &["warn", "refuse"], input)
}

/// The path of a `static` or a `const`.
pub(crate) fn read_path(input: ParseStream<'_>) -> syn::Result<ExprPath> {
    let ahead = input.fork();
    match ahead.parse::<ExprPath>() {
        Ok(path) if path.attrs.is_empty() && ends(&ahead) => {
            input.advance_to(&ahead);
            Ok(path)
        }
        _ => Err(syn::Error::new_spanned(
            value(input),
            "expected the path of a `static` or a `const` that is a `taximeter::llm::Budget`",
        )),
    }
}

/// One of the texts of a short list.
fn read_choice(word: &str, choices: &[&str], input: ParseStream<'_>) -> syn::Result<LitStr> {
    if !input.peek(LitStr) {
        return Err(syn::Error::new_spanned(value(input), format_args!("expected {}", quoted(choices))));
    }
    let choice: LitStr = input.parse()?;
    if choices.contains(&choice.value().as_str()) {
        return Ok(choice);
    }
    Err(unknown_choice(word, &choice.value(), choices, "", &choice))
}

fn unknown_choice(word: &str, given: &str, choices: &[&str], more: &str, place: &dyn ToTokens) -> syn::Error {
    let meant = nearest(given, choices.iter().copied()).map(|choice| format!("did you mean \"{choice}\"? "));
    let message = format!("unknown {word} `{given}`; {}expected {}{more}", meant.unwrap_or_default(), quoted(choices));
    syn::Error::new_spanned(place.to_token_stream(), message)
}

fn quoted(choices: &[&str]) -> String {
    choices.iter().map(|choice| format!("\"{choice}\"")).collect::<Vec<_>>().join(", ")
}

pub(crate) fn read_switch(input: ParseStream<'_>) -> syn::Result<LitBool> {
    if input.peek(LitBool) {
        return input.parse();
    }
    Err(syn::Error::new_spanned(value(input), "expected `false`"))
}

/// An expression, but no assignment: in `model = a = b` the second `=` is junk.
pub(crate) fn read_expression(input: ParseStream<'_>) -> syn::Result<Expr> {
    match input.parse::<Expr>()? {
        Expr::Assign(assignment) => {
            Err(syn::Error::new_spanned(assignment.eq_token, "unexpected token, expected `,` or `)`"))
        }
        expression => Ok(expression),
    }
}

pub(crate) fn read_crate(input: ParseStream<'_>) -> syn::Result<Path> {
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
