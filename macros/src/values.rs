//! The values behind the words: texts, models, paths.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Expr, ExprLit, ExprPath, Lit, LitStr, Path, Token, token};

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

pub(crate) fn read_literal(key: &Ident, input: ParseStream<'_>) -> syn::Result<LitStr> {
    if input.peek(LitStr) {
        return input.parse();
    }
    if is_macro_call(input) {
        let message = format_args!("`{key}` must be known at compile time; use a string literal");
        return Err(syn::Error::new_spanned(value(input), message));
    }
    Err(syn::Error::new_spanned(value(input), "expected a string literal"))
}

pub(crate) fn read_constant(key: &Ident, input: ParseStream<'_>) -> syn::Result<Constant> {
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

/// An expression, but no assignment: in `model = a = b` the second `=` is junk.
fn read_expression(input: ParseStream<'_>) -> syn::Result<Expr> {
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
