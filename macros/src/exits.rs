//! The ways out of a body before its last expression.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprReturn, ExprTry, Item, Macro, Token};

use crate::item::Function;

/// Whether a body may come back before its last expression. What looks like it may be in a closure.
pub(crate) fn has_early(function: &Function) -> bool {
    is_in(function.body.block.stream())
}

/// Whether a macro call of a body may hide such a way out: only of those of the standard library it is known.
pub(crate) fn may_hide(function: &Function) -> bool {
    may_be_hidden_in(function.body.block.stream())
}

fn is_in(tokens: TokenStream) -> bool {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_exit = match &token {
            TokenTree::Ident(ident) => ident == "return",
            TokenTree::Punct(punct) if punct.as_char() == '?' => !is_sized(tokens.peek()),
            TokenTree::Group(group) => is_in(group.stream()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        };
        if is_exit {
            return true;
        }
    }
    false
}

/// `?Sized`
fn is_sized(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == "Sized")
}

fn may_be_hidden_in(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let calls = tokens.windows(3).any(|call| match call {
        [TokenTree::Ident(name), TokenTree::Punct(bang), TokenTree::Group(_)] => {
            bang.as_char() == '!' && !is_open(name)
        }
        _ => false,
    });
    let inside = |token: &TokenTree| matches!(token, TokenTree::Group(group) if may_be_hidden_in(group.stream()));
    calls || tokens.iter().any(inside)
}

/// Macros that take expressions, and do with them what is written.
fn is_open(name: &impl PartialEq<str>) -> bool {
    const OPEN: [&str; 23] = [
        "assert",
        "assert_eq",
        "assert_ne",
        "dbg",
        "debug_assert",
        "debug_assert_eq",
        "debug_assert_ne",
        "eprint",
        "eprintln",
        "format",
        "format_args",
        "matches",
        "panic",
        "print",
        "println",
        "stringify",
        "todo",
        "unimplemented",
        "unreachable",
        "vec",
        "write",
        "writeln",
        "concat",
    ];
    OPEN.iter().any(|open| name == *open)
}

/// A body in which each way out says what the function is left with.
pub(crate) struct Told {
    pub(crate) block: TokenStream,
    /// Whether there may be a way out that was not seen, in a macro call.
    pub(crate) is_blind: bool,
}

/// How a way out is written anew, at its place.
pub(crate) trait Tell {
    /// `return value`
    fn leave(&self, place: Span, value: TokenStream) -> TokenStream;

    /// `value?`
    fn question(&self, place: Span, value: TokenStream) -> TokenStream;
}

/// Rewrites a body that has to stay where it is. None where it is in a syntax that this crate does not know.
pub(crate) fn told(function: &Function, tell: &dyn Tell) -> Option<Told> {
    let mut block: Block = syn::parse2(function.body.block.to_token_stream()).ok()?;
    let mut rewrite = Rewrite { tell, is_blind: false };
    rewrite.visit_block_mut(&mut block);
    Some(Told { block: block.to_token_stream(), is_blind: rewrite.is_blind })
}

struct Rewrite<'a> {
    tell: &'a dyn Tell,
    is_blind: bool,
}

impl VisitMut for Rewrite<'_> {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        // In these, a `return` and a `?` leave something else.
        if matches!(expression, Expr::Closure(_) | Expr::Async(_) | Expr::TryBlock(_) | Expr::Const(_)) {
            return;
        }
        visit_mut::visit_expr_mut(self, expression);
        let told = match expression {
            Expr::Return(ExprReturn { attrs, return_token, expr, .. }) if attrs.is_empty() => {
                let value = expr.as_ref().map_or_else(|| quote! { () }, ToTokens::to_token_stream);
                self.tell.leave(return_token.span, value)
            }
            Expr::Try(ExprTry { attrs, expr, question_token, .. }) if attrs.is_empty() => {
                self.tell.question(question_token.span(), expr.to_token_stream())
            }
            _ => return,
        };
        *expression = Expr::Verbatim(told);
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        if !is_in(call.tokens.clone()) {
            return;
        }
        let is_open = call.path.segments.last().is_some_and(|last| is_open(&last.ident));
        let arguments = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(call.tokens.clone());
        match arguments {
            Ok(mut arguments) if is_open => {
                arguments.iter_mut().for_each(|argument| self.visit_expr_mut(argument));
                call.tokens = arguments.to_token_stream();
            }
            _ => self.is_blind = true,
        }
    }
}
