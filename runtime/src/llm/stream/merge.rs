//! What each event of a stream says, by the rules of whoever sent it.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value, json};

use super::{StreamUsage, bounded};
use crate::llm::shapes::{self, Hint, envelope, gemini, list, mark, mistral, openai};

/// Events in events: the data of an event, the text of the data. Nobody nests deeper.
const DEPTH_CAP: usize = 4;

/// The longest text of an event that is parsed.
const TEXT_CAP: usize = 1 << 20;

/// The most searches of one answer that are told apart.
const QUERIES_CAP: usize = 4_096;

/// What is kept of a body as it stands in the latest event that has it.
const LATEST: &[&str] = &[
    "id",
    "responseId",
    "response_id",
    "model",
    "modelVersion",
    "service_tier",
    "serviceTier",
    "usage",
    "usage_info",
    "meta",
    "tool_usage",
    "task",
    "duration",
];

/// What is kept field by field: an event that leaves a field out says nothing of it.
const LATEST_BY_FIELD: &[&str] = &["usageMetadata", "amazon-bedrock-invocationMetrics"];

/// Counts that stand in the body itself: of Ollama, and of Llama and Titan on Bedrock.
const LATEST_COUNTS: &[&str] = &[
    "prompt_eval_count",
    "eval_count",
    "prompt_token_count",
    "generation_token_count",
    "inputTextTokenCount",
    "totalOutputTextTokenCount",
];

/// The API of drawn images, whose answers have no other name that tells them.
const IMAGES: &str = "openai.images";

/// Whose presence says that a usage beside it may not be the last one.
const PIECES: &[&str] = &["choices", "candidates", "serverContent", "done", "generation", "outputText"];

/// Takes one event, whose name may stand beside it.
pub(super) fn event(usage: &mut StreamUsage, event: &Value, name: Option<&str>, depth: usize) {
    if depth >= DEPTH_CAP {
        return;
    }
    match event {
        Value::String(said) => text(usage, said, name, depth),
        Value::Array(events) => events.iter().for_each(|one| self::event(usage, one, name, depth + 1)),
        Value::Object(fields) => match fields.get("data").filter(|data| data.is_object() || data.is_string()) {
            Some(data) => self::event(usage, data, fields.get("event").and_then(Value::as_str).or(name), depth + 1),
            None => named(usage, event, fields, name),
        },
        _ => {}
    }
}

/// The text of an event: its data, or the lines in which server-sent events write it.
fn text(usage: &mut StreamUsage, text: &str, name: Option<&str>, depth: usize) {
    let text = text.trim();
    if text == "[DONE]" {
        usage.has_ended = true;
    } else if text.len() > TEXT_CAP || depth + 1 >= DEPTH_CAP {
        // Longer than any event that has a usage.
    } else if text.starts_with(['{', '[']) {
        let parsed = serde_json::from_str::<Value>(text);
        parsed.iter().for_each(|parsed| event(usage, parsed, name, depth + 1));
    } else {
        let data = text.lines().filter_map(|line| line.trim_start().strip_prefix("data:"));
        data.for_each(|data| self::text(usage, data, name, depth + 1));
    }
}

fn named(usage: &mut StreamUsage, event: &Value, fields: &Map<String, Value>, name: Option<&str>) {
    let own = fields.get("type").or_else(|| fields.get("event_type")).and_then(Value::as_str);
    let part = |name: &str| fields.get(name).and_then(Value::as_object);
    match own.or(name).unwrap_or_default() {
        "message_start" => {
            let _ = part("message").map(|message| answer(usage, message, false));
        }
        "message_delta" => message_delta(usage, fields),
        "message_stop" => {
            absorb(usage, fields);
            usage.has_ended = true;
        }
        "message-end" => part("delta").into_iter().for_each(|delta| last(usage, delta)),
        "stream-end" => part("response").into_iter().for_each(|response| last(usage, response)),
        "response.created" => {
            let is_new = part("response").is_some_and(|response| answer(usage, response, false));
            usage.open = usage.open.saturating_add(u64::from(is_new));
        }
        "response.completed" | "response.incomplete" | "response.failed" | "response.done" | "response.cancelled" => {
            let is_new = part("response").is_some_and(|response| answer(usage, response, true));
            usage.open = usage.open.saturating_sub(u64::from(is_new));
        }
        "interaction.complete" | "interaction.completed" => {
            let _ = part("interaction").map(|interaction| answer(usage, interaction, true));
        }
        "session.created" | "session.updated" => part("session").into_iter().for_each(|session| opened(usage, session)),
        "transcript.text.done" => last(usage, fields),
        "speech.audio.done" => {
            usage.api = "openai.speech".to_owned();
            last(usage, fields);
        }
        "image_generation.completed" | "image_edit.completed" => {
            usage.api = IMAGES.to_owned();
            last(usage, fields);
        }
        "conversation.item.input_audio_transcription.completed" => transcribed(usage, fields),
        // The words of a response, and the response again while it has no usage.
        other if other.starts_with("response.") => {}
        // What has no name of its own may stand in another: Bedrock's metadata, a line of a batch.
        _ => envelope::open(event).as_object().into_iter().for_each(|inside| piece(usage, inside)),
    }
}

/// Anthropic: the totals so far. A field that is absent or null leaves what `message_start` said.
fn message_delta(usage: &mut StreamUsage, fields: &Map<String, Value>) {
    if let Some(counts) = fields.get("usage") {
        overlay(usage, "usage", counts);
    }
    let reason = fields.get("delta").and_then(|delta| delta.get("stop_reason"));
    usage.has_ended |= reason.is_some_and(|reason| !reason.is_null());
}

/// A whole answer, of which a session may have several: at its beginning, or at its end with its usage. Returns whether it
/// is news: one that is over and was counted is not.
fn answer(usage: &mut StreamUsage, answer: &Map<String, Value>, is_over: bool) -> bool {
    let id = answer.get("id").filter(|id| !id.is_null());
    if id.is_some_and(|id| usage.session.has(id)) {
        return false;
    }
    if has_usage(usage) && (id.is_none() || usage.body.get("id") != id) {
        close(usage);
    }
    absorb(usage, answer);
    usage.has_ended = is_over;
    true
}

/// A realtime session: which model answers, and which one transcribes the caller's audio.
fn opened(usage: &mut StreamUsage, session: &Map<String, Value>) {
    session.get("model").into_iter().for_each(|model| keep(usage, "model", model));
    let of_transcription = |from: Option<&Value>| from.and_then(|from| from.get("model")).cloned();
    let own = of_transcription(session.get("input_audio_transcription"));
    let nested = session.get("audio").and_then(|audio| audio.pointer("/input/transcription"));
    if let Some(model) = own.or_else(|| of_transcription(nested)) {
        let model = bounded::copy(&model, &mut usage.is_cut);
        usage.session.transcriber = model.as_str().map(str::to_owned);
    }
}

/// The caller's own audio was transcribed, which is charged by the rate of the model that did it, and once for each item.
/// When no event has named that model, nobody can say the price, and what is known is a lower bound.
fn transcribed(usage: &mut StreamUsage, fields: &Map<String, Value>) {
    let Some(counts) = fields.get("usage").filter(|counts| !counts.is_null()) else { return };
    let id = fields.get("item_id").map(|item| json!([item, fields.get("content_index")]));
    if id.as_ref().is_some_and(|id| usage.session.has(id)) {
        return;
    }
    let hint = Hint { provider: None, api: Some("openai.transcription") };
    let answer = shapes::read(&json!({ "usage": counts }), hint);
    usage.is_cut |= !usage.session.add_transcription(answer.usage);
    id.iter().for_each(|id| usage.session.note(id));
    usage.has_ended |= usage.open == 0;
}

/// The current answer is over, and another one may come.
fn close(usage: &mut StreamUsage) {
    let is_counted = usage.session.add(&usage.current(&usage.own_body()));
    usage.is_cut |= !is_counted;
    usage.body.get("id").into_iter().for_each(|id| usage.session.note(id));
    usage.body.retain(|name, _| matches!(name.as_str(), "model" | "modelVersion" | "service_tier" | "serviceTier"));
    usage.queries.clear();
}

/// An event that ends its stream with the usage of all of it.
fn last(usage: &mut StreamUsage, fields: &Map<String, Value>) {
    absorb(usage, fields);
    usage.has_ended = true;
}

/// A piece of an answer, or a body in one piece.
fn piece(usage: &mut StreamUsage, fields: &Map<String, Value>) {
    let has_counts = absorb(usage, fields);
    match fields.get(mark::KEY) {
        Some(mark) => usage.has_ended = !mark::is_lower_bound(mark), // a body that another stream has left
        None => usage.has_ended |= is_last(fields, has_counts),
    }
    if let Some(content) = fields.get("serverContent") {
        let is_over = content.get("turnComplete").is_some_and(|over| over == true);
        usage.has_ended = is_over;
        if is_over && has_usage(usage) {
            close(usage);
        }
    }
}

/// Whether this piece is the last one, or comes after it.
fn is_last(fields: &Map<String, Value>, has_counts: bool) -> bool {
    let list = |name: &str| fields.get(name).and_then(Value::as_array);
    let says = |name: &str| fields.get(name).is_some_and(|value| !value.is_null());
    let any_says = |list: Option<&Vec<Value>>, name: &str| {
        list.is_some_and(|items| items.iter().any(|item| item.get(name).is_some_and(|reason| !reason.is_null())))
    };
    fields.get("done").is_some_and(|done| done == true)
        || any_says(list("choices"), "finish_reason")
        || any_says(list("candidates"), "finishReason")
        // Azure begins with such a chunk too, which has no usage.
        || (has_counts && list("choices").is_some_and(Vec::is_empty))
        || fields.get("promptFeedback").is_some_and(|feedback| feedback.get("blockReason").is_some())
        || says("stop_reason")
        || says("completionReason")
        || says("amazon-bedrock-invocationMetrics")
        || (has_counts && !PIECES.iter().any(|name| fields.contains_key(*name)))
}

/// Keeps what these fields say of the answer. Returns whether they hold counts.
fn absorb(usage: &mut StreamUsage, fields: &Map<String, Value>) -> bool {
    let known = |name: &str| fields.get(name).filter(|value| !value.is_null() && !is_empty(value));
    let mut has_counts = false;
    for name in LATEST {
        if let Some(value) = known(name) {
            has_counts |= matches!(*name, "usage" | "usage_info" | "meta" | "duration");
            keep(usage, name, value);
        }
    }
    for name in LATEST_BY_FIELD.iter().chain(LATEST_COUNTS) {
        if let Some(value) = known(name) {
            has_counts = true;
            overlay(usage, name, value);
        }
    }
    // Groq says it twice, here and in `usage`, or here alone.
    if let (None, Some(counts)) = (known("usage"), known("x_groq").and_then(|groq| groq.get("usage"))) {
        has_counts |= counts.is_object();
        keep(usage, "usage", counts);
    }
    if mistral::is_annotated(fields.get(mistral::ANNOTATION), fields.get("pages")) {
        usage.body.insert(mistral::ANNOTATION.to_owned(), Value::Bool(true)); // that it is there, and not what it says
    }
    let groq = || known("x_groq").and_then(|groq| groq.get(openai::BREAKDOWN));
    if let Some(breakdown) = known(openai::BREAKDOWN).or_else(groq) {
        keep(usage, openai::BREAKDOWN, breakdown);
    }
    if let Some(model) = fields.get("trace").and_then(|trace| trace.pointer("/promptRouter/invokedModelId")) {
        keep(usage, "model", model);
    }
    match known(mark::KEY).map(|own| bounded::copy(own, &mut usage.is_cut)) {
        Some(mut own) => {
            own.as_object_mut().map(|own| own.remove(mark::LOWER_BOUND)); // said anew at the end
            usage.body.insert(mark::KEY.to_owned(), own);
        }
        None if has_counts => drop(usage.body.remove(mark::KEY)),
        None => {}
    }
    if let Some(output) = known("output") {
        usage.body.insert("output".to_owned(), openai::charged_items(output));
    }
    if known("created").is_some() && fields.get("data").is_some_and(Value::is_array) && known("usage").is_some() {
        usage.api = IMAGES.to_owned(); // drawn images, which are not kept
    }
    if fields.get("done").is_some_and(|done| done == true) {
        usage.body.insert("done".to_owned(), Value::Bool(true));
    }
    if let Some(results) = known("results") {
        let counts: Vec<_> = list(Some(results)).iter().filter_map(|result| result.get("tokenCount")).collect();
        if !counts.is_empty() {
            let results = counts.into_iter().map(|count| json!({ "tokenCount": count })).collect();
            keep(usage, "results", &results);
        }
    }
    if let Some(tools) = known("tools") {
        usage.body.insert("tools".to_owned(), openai::charged_tools(tools));
    }
    searches(usage, fields);
    has_counts
}

/// Gemini: what was searched for. Pieces may repeat it.
fn searches(usage: &mut StreamUsage, fields: &Map<String, Value>) {
    for query in gemini::queries(fields.get("candidates")).chain(gemini::live_queries(fields.get("serverContent"))) {
        let mut hasher = DefaultHasher::new();
        query.hash(&mut hasher);
        if usage.queries.len() < QUERIES_CAP {
            usage.queries.insert(hasher.finish());
        }
    }
}

fn has_usage(usage: &StreamUsage) -> bool {
    let has = |name: &&str| usage.body.contains_key(*name);
    usage.told.is_some() || ["usage", "usageMetadata", "meta"].iter().any(has) || LATEST_COUNTS.iter().any(has)
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty)
}

fn keep(usage: &mut StreamUsage, name: &str, value: &Value) {
    let copy = bounded::copy(value, &mut usage.is_cut);
    usage.body.insert(name.to_owned(), copy);
}

/// Keeps each field that is told, at any depth, and leaves those that are not.
fn overlay(usage: &mut StreamUsage, name: &str, value: &Value) {
    let copy = bounded::copy(value, &mut usage.is_cut);
    put_over(usage.body.entry(name).or_insert(Value::Null), copy);
    // Names that nobody knows could pile up from event to event.
    if let Some(whole) = usage.body.get_mut(name) {
        *whole = bounded::copy(whole, &mut usage.is_cut);
    }
}

fn put_over(old: &mut Value, new: Value) {
    match (old, new) {
        (_, Value::Null) => {}
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in new {
                put_over(old.entry(name).or_insert(Value::Null), value);
            }
        }
        (old, new) => *old = new,
    }
}
