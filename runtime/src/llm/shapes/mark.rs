//! What Taximeter says in a body that it has made itself, all of it under one name.

use serde_json::{Map, Value};

use super::Hint;

/// The name, which no provider uses.
pub(in crate::llm) const KEY: &str = "taximeter";
/// The API whose shape the body has.
pub(in crate::llm) const API: &str = "api";
/// The stream broke off, so there was this much or more.
pub(in crate::llm) const LOWER_BOUND: &str = "lower_bound";
/// Searches on the web that stood in pieces of the answer which are not kept.
pub(in crate::llm) const WEB_SEARCHES: &str = "web_searches";

/// What a body's mark says, if it has one.
pub(super) fn of(body: &Value) -> Option<&Value> {
    body.get(KEY).filter(|mark| mark.is_object())
}

/// Whether this mark says that the body is a part of what there was.
pub(in crate::llm) fn is_lower_bound(mark: &Value) -> bool {
    mark.get(LOWER_BOUND).is_some_and(|is_lower_bound| is_lower_bound == true)
}

/// What the caller knows. Of which API a body is, its mark knows better: who made it has seen the events.
pub(super) fn hint<'a>(body: &'a Value, said: Hint<'a>) -> Hint<'a> {
    let marked = || of(body)?.get(API)?.as_str();
    Hint { api: marked().or(said.api), ..said }
}

/// Adds to the mark of a body, or makes one.
pub(in crate::llm) fn merge(body: &mut Map<String, Value>, more: Map<String, Value>) {
    match body.get_mut(KEY) {
        Some(Value::Object(mark)) => mark.extend(more),
        _ => {
            body.insert(KEY.to_owned(), Value::Object(more));
        }
    }
}
