//! The usage of an answer that arrives in pieces.
//!
//! Providers agree on nothing here: one usage at the end, running totals in every piece, a seed that later pieces
//! overwrite field by field, one usage for each answer of a session. [`StreamUsage`] takes the pieces of any of them and
//! makes the body that a single answer would have been. The rules are those of the providers' API references, 2026-11;
//! adding up what a stream repeats is the mistake that is made most often with it.

pub(super) mod bounded;
mod merge;
mod session;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::shapes::{self, Hint, mark};
use super::usage::{LlmResponse, NoUsage, Reading, Usage};
use session::Session;

/// Collects the usage of one stream.
///
/// Push every event as it arrives; at the end there is a body that [`PriceQuery::price`](super::PriceQuery::price) takes.
///
/// ```
/// use serde_json::json;
/// use taximeter_runtime::llm::{LlmResponse, StreamUsage};
///
/// let mut usage = StreamUsage::new("anthropic", "anthropic.messages");
/// usage.push(&json!({"type": "message_start", "message": {
///     "id": "msg_1", "model": "claude-sonnet-4-5", "usage": {"input_tokens": 1_000, "output_tokens": 1}
/// }}));
/// assert!(!usage.is_complete()); // dropped here, the input is known and the output is a lower bound
///
/// usage.push(&json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 50}}));
/// assert!(usage.is_complete());
/// assert_eq!(usage.reading().usage.unwrap().output_tokens, 50); // the totals are cumulative
/// assert_eq!(usage.finish().unwrap()["usage"]["output_tokens"], 50);
/// ```
///
/// # What it takes
///
/// Events as the API sends them, alone or as `{"event": .., "data": ..}`, where the data may be the event's text; chunks
/// of OpenAI and what speaks its API, and of Azure; events of responses, of images, of transcriptions and of a realtime
/// session; of Anthropic, also through Bedrock; chunks of Gemini, of its Live and Interactions APIs; events of
/// `ConverseStream`; objects of Ollama; events of Cohere. `"[DONE]"` ends a stream, and what carries no usage is skipped.
///
/// Several answers over one connection, as in a realtime session, are added up; an answer that comes twice, by its id,
/// counts once. The transcription of the caller's own audio in a realtime session is a part of its own, charged for
/// the model that the session names for it; without a name the usage is a lower bound.
///
/// # What it holds
///
/// The counts, the names of model and tier, and the id: about a kilobyte, and never more than one megabyte, whatever is
/// pushed. What does not fit makes the usage a lower bound.
#[derive(Clone, Debug, Default)]
pub struct StreamUsage {
    provider: String,
    api: String,
    /// What the stream has said so far, in the shape of one whole body.
    body: Map<String, Value>,
    /// What a typed item has said, for which there is no body.
    told: Option<Reading>,
    /// The answers before this one on the same connection.
    session: Session,
    /// The searches on the web that the pieces of this answer name, by a hash of their words.
    queries: BTreeSet<u64>,
    /// Answers that have begun and not ended.
    open: u64,
    /// The stream has said that there is no more to come.
    has_ended: bool,
    /// Something did not fit, so there was more than is known.
    is_cut: bool,
}

impl StreamUsage {
    /// The usage of a stream of `provider`, by the names that [`PriceQuery`](super::PriceQuery) takes. An empty `api`
    /// leaves it to the shape of the events.
    pub fn new(provider: impl Into<String>, api: impl Into<String>) -> StreamUsage {
        StreamUsage { provider: provider.into(), api: api.into(), ..StreamUsage::default() }
    }

    /// Takes the next event of the stream.
    pub fn push(&mut self, event: &Value) {
        merge::event(self, event, None, 0);
    }

    /// Takes what an item of the user's own type says about the whole answer so far. The last word counts.
    ///
    /// The usage is then complete, unless the reading says that it is a lower bound.
    pub fn report(&mut self, answer: &(impl LlmResponse + ?Sized)) {
        let reading = super::usage::read(answer);
        if reading.usage == Err(NoUsage::Missing) {
            return;
        }
        self.has_ended = !reading.lower_bound;
        self.told = Some(bounded::reading(reading, &mut self.is_cut));
    }

    /// Whether the stream has told its final usage. Until then, what is known is a lower bound.
    pub fn is_complete(&self) -> bool {
        self.is_whole() && self.reading().usage != Err(NoUsage::Missing)
    }

    /// The body that the stream would have been in one piece; `None` when it told no usage.
    ///
    /// It holds the model, the id, the tier and the usage under the provider's own names. What Taximeter has to say about
    /// it stands under `taximeter`: `lower_bound` is true when the stream broke off before it had told its final usage,
    /// and the price is then a lower bound too. Where there is no one answer of the provider to speak of, as for a session
    /// of several, `usage` has the names of [`Usage`].
    pub fn finish(&self) -> Option<Value> {
        let body = self.own_body();
        let reading = self.read(&body);
        if reading.usage == Err(NoUsage::Missing) {
            return None;
        }
        let is_plain = self.told.is_some() || !self.session.is_empty();
        Some(if is_plain && reading.usage.is_ok() { shapes::plain::body(&reading) } else { body })
    }

    /// Whether some event has named the model.
    #[cfg(feature = "async-openai")]
    pub(super) fn has_model(&self) -> bool {
        self.body.contains_key("model")
    }

    /// Whether nothing is open and nothing was left out.
    fn is_whole(&self) -> bool {
        self.has_ended && self.open == 0 && !self.is_cut
    }

    /// What is known of all answers, given the body of the current one.
    fn read(&self, body: &Value) -> Reading {
        let reading = self.session.with(self.current(body));
        Reading { lower_bound: reading.lower_bound || (!self.is_whole() && reading.usage.is_ok()), ..reading }
    }

    /// What is known of the answer that is arriving.
    fn current(&self, body: &Value) -> Reading {
        let hint = Hint { provider: some(&self.provider), api: some(&self.api) };
        self.told.clone().unwrap_or_else(|| shapes::read(body, hint))
    }

    /// The pieces of the current answer, put together, with our mark on them.
    fn own_body(&self) -> Value {
        let mut body = self.body.clone();
        let mut mark = Map::new();
        // A body of our own that was pushed says so already.
        let is_told = body.get(mark::KEY).and_then(|mark| mark.get(mark::API)).is_some_and(Value::is_string);
        if let Some(api) = some(&self.api).filter(|_| !is_told) {
            mark.insert(mark::API.to_owned(), json!(api));
        }
        if !self.queries.is_empty() {
            mark.insert(mark::WEB_SEARCHES.to_owned(), json!(self.queries.len()));
        }
        if !self.is_whole() {
            mark.insert(mark::LOWER_BOUND.to_owned(), json!(true));
        }
        if !mark.is_empty() {
            mark::merge(&mut body, mark);
        }
        Value::Object(body)
    }
}

impl LlmResponse for StreamUsage {
    /// What is known so far. It is a lower bound until the usage [is complete](StreamUsage::is_complete).
    fn reading(&self) -> Reading {
        self.read(&self.own_body())
    }
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// An item of a stream that may say something of the usage.
///
/// Implemented for [`serde_json::Value`], for [`Usage`] and [`Reading`], for the stream items of the clients behind
/// features, and through `Result`, `Option`, `Vec`, references, `Box` and `Arc`. An own type says what it knows:
///
/// ```
/// use taximeter_runtime::llm::{LlmChunk, StreamUsage, Usage};
///
/// struct Piece { text: String, counted: Option<(u64, u64)> }
///
/// impl LlmChunk for Piece {
///     fn push_into(&self, usage: &mut StreamUsage) {
///         if let Some((prompt, completion)) = self.counted {
///             usage.report(&Usage::new(prompt, completion));
///         }
///     }
/// }
/// ```
pub trait LlmChunk {
    /// Says what this item knows, by [`StreamUsage::push`] or [`StreamUsage::report`]. It is called once for each item.
    fn push_into(&self, usage: &mut StreamUsage);
}

impl LlmChunk for Value {
    fn push_into(&self, usage: &mut StreamUsage) {
        usage.push(self);
    }
}

impl LlmChunk for Usage {
    fn push_into(&self, usage: &mut StreamUsage) {
        usage.report(self);
    }
}

impl LlmChunk for Reading {
    fn push_into(&self, usage: &mut StreamUsage) {
        usage.report(self);
    }
}

impl<T: LlmChunk, E> LlmChunk for Result<T, E> {
    fn push_into(&self, usage: &mut StreamUsage) {
        if let Ok(chunk) = self {
            chunk.push_into(usage);
        }
    }
}

impl<T: LlmChunk> LlmChunk for Option<T> {
    fn push_into(&self, usage: &mut StreamUsage) {
        if let Some(chunk) = self {
            chunk.push_into(usage);
        }
    }
}

impl<T: LlmChunk> LlmChunk for Vec<T> {
    fn push_into(&self, usage: &mut StreamUsage) {
        self.iter().for_each(|chunk| chunk.push_into(usage));
    }
}

impl<T: LlmChunk + ?Sized> LlmChunk for &T {
    fn push_into(&self, usage: &mut StreamUsage) {
        (**self).push_into(usage);
    }
}

impl<T: LlmChunk + ?Sized> LlmChunk for Box<T> {
    fn push_into(&self, usage: &mut StreamUsage) {
        (**self).push_into(usage);
    }
}

impl<T: LlmChunk + ?Sized> LlmChunk for Arc<T> {
    fn push_into(&self, usage: &mut StreamUsage) {
        (**self).push_into(usage);
    }
}

#[cfg(test)]
mod tests;
