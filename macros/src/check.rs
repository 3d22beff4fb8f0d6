//! What an attribute may say, and where it may stand. Each rule in prose first, then in code.

use proc_macro2::Span;
use quote::ToTokens;
use syn::LitStr;

use crate::attribute::Attribute;
use crate::errors::Errors;
use crate::item::{Function, Item};
use crate::values::{Constant, Model};
use crate::words::Words;

pub(crate) fn check(attribute: Attribute, words: &Words, item: &Item, errors: &mut Errors) {
    model_is_given(attribute, words, errors);
    texts_are_not_empty(words, errors);
    crate_is_absolute(words, errors);
    match item {
        Item::Function(function) => {
            not_const(attribute, function, errors);
            not_variadic(function, errors);
            applied_once(attribute, words, function, errors);
        }
        Item::Bodiless(semicolon) => has_a_body(*semicolon, errors),
        Item::Other(keyword, noun) => is_a_function(attribute, *keyword, noun, errors),
    }
}

/// A request to a model is priced by the model's name, so the attribute must say it.
fn model_is_given(attribute: Attribute, words: &Words, errors: &mut Errors) {
    if attribute == Attribute::LlmCost && !words.has_met("model") {
        let message = "missing argument `model`; write `#[llm_cost(model = \"gpt-4o\")]` or `model = expr`";
        errors.push(syn::Error::new(Span::call_site(), message));
    }
}

/// An empty name, model, provider or feature is a label that says nothing.
fn texts_are_not_empty(words: &Words, errors: &mut Errors) {
    let model = match words.model.get() {
        Some(Model::Literal(literal)) => Some(literal),
        _ => None,
    };
    let texts = [
        ("name", words.name.get()),
        ("model", model),
        ("provider", words.provider.get().and_then(Constant::literal)),
        ("feature", words.feature.get().and_then(Constant::literal)),
    ];
    for (word, text) in texts {
        if let Some(text) = text.filter(|text| is_blank(text)) {
            errors.at(text, format_args!("`{word}` must not be empty"));
        }
    }
}

fn is_blank(text: &LitStr) -> bool {
    text.value().trim().is_empty()
}

/// A relative path would mean something else in every module, and in the crate that calls a macro.
fn crate_is_absolute(words: &Words, errors: &mut Errors) {
    let Some(path) = words.krate.get() else { return };
    let is_rooted = path.segments.first().is_some_and(|first| first.ident == "crate" || first.ident == "$crate");
    if path.leading_colon.is_none() && !is_rooted {
        errors.at(path, "path must start with `::`, `crate` or `$crate`");
    }
}

/// Attributes stand on functions. For what holds functions, say where they go.
fn is_a_function(attribute: Attribute, keyword: Span, noun: &str, errors: &mut Errors) {
    let help = match noun {
        "a module" | "an `impl` block" => "; put it on the functions inside",
        "a trait" => "; put it on default methods, or on the implementations",
        _ => "",
    };
    errors.push(syn::Error::new(keyword, format_args!("{attribute} goes on a function, not on {noun}{help}")));
}

/// Without a body there is nothing to measure.
fn has_a_body(semicolon: Span, errors: &mut Errors) {
    let message = "a trait method without a default body cannot be observed; put the attribute on the implementations";
    errors.push(syn::Error::new(semicolon, message));
}

/// A clock cannot be read in a constant.
fn not_const(attribute: Attribute, function: &Function, errors: &mut Errors) {
    if let Some(keyword) = &function.signature.constness {
        let message = format_args!("{attribute} cannot be used on a `const fn`; remove `const` or the attribute");
        errors.at(keyword, message);
    }
}

/// Variadic arguments cannot be moved into a closure.
fn not_variadic(function: &Function, errors: &mut Errors) {
    if let Some(variadic) = &function.signature.variadic {
        errors.at(variadic.dots.to_token_stream(), "a C-variadic function cannot be observed");
    }
}

/// Twice the same attribute would count every call twice.
fn applied_once(attribute: Attribute, words: &Words, function: &Function, errors: &mut Errors) {
    for other in &function.attributes {
        if is_ours(attribute, words, other.path()) {
            errors.at(other.path(), format_args!("{attribute} is already applied to this function"));
        }
    }
}

/// Whether a path names this attribute: alone, or behind the name of our crate.
fn is_ours(attribute: Attribute, words: &Words, path: &syn::Path) -> bool {
    let mut segments = path.segments.iter().rev();
    if segments.next().is_none_or(|last| last.ident != attribute.word()) {
        return false;
    }
    let home = words.krate.get().and_then(|path| path.segments.last());
    segments.next().is_none_or(|krate| krate.ident == "taximeter" || home.is_some_and(|home| krate.ident == home.ident))
}
