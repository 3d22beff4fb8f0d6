//! What `#[llm_cost]` may say beside what all attributes may.

use quote::ToTokens;

use super::names_differ;
use crate::errors::Errors;
use crate::item::Function;
use crate::nearest::nearest;
use crate::returned::Returned;
use crate::shape::{Later, Made};
use crate::words::Words;

/// What must hold wherever the attribute stands.
pub(super) fn words(words: &Words, errors: &mut Errors) {
    context_keys_are_known(words, errors);
    context_keys_differ(words, errors);
    something_is_exceeded(words, errors);
}

/// What must hold of the function.
pub(super) fn function(words: &Words, function: &Function, errors: &mut Errors) {
    stream_is_one(words, function, errors);
    refusal_can_be_returned(words, function, errors);
}

/// What a price depends on and an answer may not say.
const CONTEXT: [&str; 7] =
    ["base_model", "data_residency", "processing", "search_type", "service_tier", "speed", "web_searches"];

/// A key that the price calculation does not know changes nothing, and a wrong price is worse than an error.
fn context_keys_are_known(words: &Words, errors: &mut Errors) {
    for entry in words.context.get().into_iter().flatten() {
        let key = entry.key.text.value();
        if CONTEXT.contains(&key.as_str()) {
            continue;
        }
        let meant = nearest(&key, CONTEXT).map(|key| format!("did you mean `{key}`? ")).unwrap_or_default();
        let valid = CONTEXT.map(|key| format!("`{key}`")).join(", ");
        errors.at(&entry.key, format_args!("unknown key `{key}` of a price; {meant}expected one of {valid}"));
    }
}

fn context_keys_differ(words: &Words, errors: &mut Errors) {
    let keys = words.context.get().into_iter().flatten();
    names_differ("key", keys.map(|entry| (entry.key.text.value(), entry.key.to_token_stream())), errors);
}

/// Without a budget nothing can be exceeded. A feature may have one in the configuration.
fn something_is_exceeded(words: &Words, errors: &mut Errors) {
    if words.has_met("budget") || words.has_met("feature") {
        return;
    }
    if let Some(key) = words.on_exceeded.key() {
        errors.at(
            key,
            "`on_exceeded` needs a budget; write `budget = PATH`, or a `feature` that the configuration gives one",
        );
    }
}

/// The word says that a type is a stream where its name does not. It cannot make one of what is none.
fn stream_is_one(words: &Words, function: &Function, errors: &mut Errors) {
    let Some(key) = words.stream.key() else { return };
    let returned = Returned::of(function, false);
    if matches!(Later::of_function(function), Some(later) if later.made == Made::Future) {
        errors.at(key, "`stream` needs the stream itself; write the function as an `async fn`");
    } else if returned.is_surely_no_stream() {
        let returns = returned.spelled();
        errors.at(key, format_args!("`stream` needs a function that returns a stream; this one returns `{returns}`"));
    }
}

/// A refused call returns an error at once, so there must be a place for one.
fn refusal_can_be_returned(words: &Words, function: &Function, errors: &mut Errors) {
    let Some(key) = words.on_exceeded.key().filter(|_| words.refuses()) else { return };
    let is_stream = words.stream.is_given();
    let message = match Later::in_words(function, is_stream) {
        Some(later) if later.made == Made::Future => "`on_exceeded = \"refuse\"` needs an `async fn`".to_owned(),
        Some(later) if !later.is_tried => "`on_exceeded = \"refuse\"` needs a `Result` around the stream".to_owned(),
        Some(_) => return,
        None => {
            let returned = Returned::of(function, is_stream);
            if !returned.is_never_a_result() {
                return;
            }
            let returns = returned.spelled();
            format!("`on_exceeded = \"refuse\"` needs a function that returns a `Result`; this one returns `{returns}`")
        }
    };
    errors.at(key, message);
}
