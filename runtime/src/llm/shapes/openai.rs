//! OpenAI (API reference, 2026-11). Cached, cache-written, audio and image tokens are parts of the input; reasoning, audio
//! and both kinds of predicted tokens are parts of the output.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::counts::list;
use super::{Counts, Hint, NoUsage, Part, Taken, Usage, sum};
use crate::llm::stream::bounded;

/// The model that draws for a response whose tools name none (API reference of the tool `image_generation`, 2026-11).
const DRAWING_MODEL: &str = "gpt-image-1";

/// The most items of one response that are kept.
const ITEMS_CAP: usize = 1_024;

/// `usage` of a chat completion, by model where several answered: Groq's compound systems say which took what, and each is
/// charged for itself (API reference, 2026-11).
pub(super) fn completions(body: &Value, counts: Counts<'_>, hint: Hint<'_>) -> Result<Taken, NoUsage> {
    let models = breakdown(body).map_or(&[][..], |breakdown| list(breakdown.get("models")));
    if models.is_empty() {
        return chat(counts, hint).map(Taken::from);
    }
    let part = |one: &Value| {
        let model = one.get("model").and_then(Value::as_str).map(str::to_owned);
        let usage = chat(Counts(one.get("usage").ok_or(NoUsage::Unreadable)?), hint)?;
        Ok(Part { model, usage })
    };
    Taken::of(models.iter().map(part).collect::<Result<_, _>>()?)
}

/// Where Groq says it: in an answer, and in the last chunk of a stream.
pub(in crate::llm) fn breakdown(body: &Value) -> Option<&Value> {
    let of_chunk = || body.get("x_groq")?.get(BREAKDOWN);
    body.get(BREAKDOWN).filter(|said| !said.is_null()).or_else(of_chunk)
}

/// The name of what each model took.
pub(in crate::llm) const BREAKDOWN: &str = "usage_breakdown";

/// `usage` of a chat completion, and of an embedding, which has no completion.
///
/// Read by the same names are the servers that speak this API: Azure, Mistral, Groq, OpenRouter, Together, Fireworks,
/// Perplexity, DeepSeek and xAI.
pub(super) fn chat(counts: Counts<'_>, hint: Hint<'_>) -> Result<Usage, NoUsage> {
    let prompt = |name| counts.part(&["prompt_tokens_details", name]);
    let details = |name| counts.part(&["completion_tokens_details", name]);
    let prompt_tokens = counts.total("prompt_tokens")?;
    let reasoning_tokens =
        counts.first(&[&["completion_tokens_details", "reasoning_tokens"], &["reasoning_tokens"]])?;
    Ok(Usage {
        // Perplexity: what it has read, on top of what it was told.
        input_tokens: sum([prompt_tokens, counts.part(&["citation_tokens"])?])?,
        output_tokens: completion(counts, hint, prompt_tokens, reasoning_tokens)?,
        cache_read_tokens: cached(counts)?,
        cache_write_tokens: prompt("cache_write_tokens")?,
        input_audio_tokens: prompt("audio_tokens")?,
        input_image_tokens: prompt("image_tokens")?,
        input_video_tokens: prompt("video_tokens")?,
        reasoning_tokens,
        output_audio_tokens: details("audio_tokens")?,
        output_image_tokens: details("image_tokens")?,
        input_audio_milliseconds: counts.milliseconds("prompt_audio_seconds")?,
        web_searches: counts.first(&[&["num_search_queries"], &["server_tool_use", "web_search_requests"]])?,
        ..Usage::default()
    })
}

/// The completion with its reasoning.
///
/// xAI and Perplexity report the reasoning on top of it. Of xAI the total tells, and where there is none its name does;
/// Perplexity's total leaves it out.
fn completion(counts: Counts<'_>, hint: Hint<'_>, prompt: u64, reasoning: u64) -> Result<u64, NoUsage> {
    let completion = counts.part(&["completion_tokens"])?;
    let with_reasoning = sum([completion, reasoning])?;
    let total = counts.optional(&["total_tokens"])?;
    let is_of =
        |names: &[&str]| hint.provider.is_some_and(|own| names.iter().any(|name| own.eq_ignore_ascii_case(name)));
    let is_xai = is_of(&["xai", "x-ai", "x_ai"]) || hint.api.is_some_and(|api| api == "xai.chat");
    let is_perplexity = is_of(&["perplexity"]) || counts.has("citation_tokens") || counts.has("num_search_queries");
    let is_on_top = match total {
        _ if is_perplexity => true,
        Some(total) if total == sum([prompt, completion])? => false,
        Some(total) if total == sum([prompt, with_reasoning])? => true,
        _ => is_xai,
    };
    Ok(if is_on_top { with_reasoning } else { completion })
}

/// The cached part of the prompt. Some servers say it under a name of their own, or twice: DeepSeek, Mistral, xAI,
/// Moonshot.
fn cached(counts: Counts<'_>) -> Result<u64, NoUsage> {
    counts.first(&[
        &["prompt_tokens_details", "cached_tokens"],
        &["prompt_cache_hit_tokens"],
        &["num_cached_tokens"],
        &["cached_prompt_text_tokens"],
        &["cached_tokens"],
    ])
}

/// `usage` of a response, of a transcription and of an answer in a realtime session, and the fees that its output tells.
pub(super) fn responses(body: &Value, counts: Counts<'_>) -> Result<Taken, NoUsage> {
    let own = Usage {
        web_searches: web_searches(body, counts)?,
        file_searches: match counts.optional(&["server_side_tool_usage_details", "file_search_calls"])? {
            Some(calls) => calls,
            None => calls(body, "file_search_call").count() as u64,
        },
        code_sessions: code_sessions(body, counts)?,
        ..tokens(counts)?
    };
    let drawn = Counts(body).at(&["tool_usage", "image_gen"]).map(|drawn| images(Counts(drawn))).transpose()?;
    match drawn.filter(|drawn| *drawn != Usage::default()) {
        None => Ok(own.into()),
        Some(usage) => {
            let model = Some(drawing_model(body).to_owned());
            Taken::of(vec![Part { model: None, usage: own }, Part { model, usage }])
        }
    }
}

/// The counts that responses, images, transcriptions and realtime answers have in common.
fn tokens(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    // The API spells the same details in two ways.
    let input = |name| counts.first(&[&["input_tokens_details", name], &["input_token_details", name]]);
    let output = |name| counts.first(&[&["output_tokens_details", name], &["output_token_details", name]]);
    let cached = |name| {
        let in_details = |details| [details, "cached_tokens_details", name];
        counts.first(&[&in_details("input_tokens_details"), &in_details("input_token_details")])
    };
    Ok(Usage {
        input_tokens: counts.total("input_tokens")?,
        output_tokens: counts.part(&["output_tokens"])?,
        // The second name is Perplexity's.
        cache_read_tokens: match input("cached_tokens")? {
            0 => input("cache_read_input_tokens")?,
            cached => cached,
        },
        cache_write_tokens: input("cache_write_tokens")?,
        input_audio_tokens: input("audio_tokens")?,
        input_image_tokens: input("image_tokens")?,
        cache_read_audio_tokens: cached("audio_tokens")?,
        cache_read_image_tokens: cached("image_tokens")?,
        reasoning_tokens: output("reasoning_tokens")?,
        output_audio_tokens: output("audio_tokens")?,
        output_image_tokens: output("image_tokens")?,
        input_audio_milliseconds: counts.milliseconds("billable_audio_seconds")?,
        ..Usage::default()
    })
}

/// `usage` of drawn images. Where it does not say of what the output is, it is images.
pub(super) fn images(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let mut usage = tokens(counts)?;
    if counts.at(&["output_tokens_details"]).or_else(|| counts.at(&["output_token_details"])).is_none() {
        usage.output_image_tokens = usage.output_tokens;
    }
    Ok(usage)
}

/// `usage` of spoken text, whose output is audio.
pub(super) fn speech(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let usage = tokens(counts)?;
    Ok(Usage { output_audio_tokens: usage.output_tokens, ..usage })
}

/// `usage` of a transcription that is charged by its length.
pub(super) fn duration(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let name = if counts.has("seconds") { "seconds" } else { "duration" };
    Ok(Usage { input_audio_milliseconds: counts.milliseconds(name)?, ..Usage::default() })
}

/// Where a transcription says its length: in its usage, or without one beside the text.
pub(super) fn timed(whole: Counts<'_>) -> Option<Counts<'_>> {
    let usage = whole.at(&["usage"]).map(Counts);
    let is_transcript = |whole: &Counts<'_>| whole.at(&["task"]).is_some() && whole.at(&["duration"]).is_some();
    match usage {
        Some(usage) => Some(usage).filter(|usage| usage.at(&["seconds"]).is_some() && !usage.has("input_tokens")),
        None => Some(whole).filter(is_transcript),
    }
}

/// The charged searches. Opening a page is an item of the same kind and free, so the provider's own count goes first.
fn web_searches(body: &Value, counts: Counts<'_>) -> Result<u64, NoUsage> {
    if let Some(counted) = Counts(body).optional(&["tool_usage", "web_search", "num_requests"])? {
        return Ok(counted);
    }
    if let Some(invoked) = counts.optional(&["tool_calls_details", "search_web", "invocation"])? {
        return Ok(invoked); // Perplexity
    }
    if let Some(own) = counts.at(&["server_side_tool_usage_details"]).map(Counts) {
        return sum([own.part(&["web_search_calls"])?, own.part(&["x_search_calls"])?]); // xAI
    }
    let is_search = |item: &&Value| item.pointer("/action/type").is_none_or(|action| action == "search");
    Ok(calls(body, "web_search_call").filter(is_search).count() as u64)
}

/// The containers in which code ran, each of which is charged once however often it is used.
fn code_sessions(body: &Value, counts: Counts<'_>) -> Result<u64, NoUsage> {
    if let Some(counted) = counts.optional(&["server_side_tool_usage_details", "code_interpreter_calls"])? {
        return Ok(counted);
    }
    let ids: BTreeSet<_> = calls(body, "code_interpreter_call").map(|call| call["container_id"].as_str()).collect();
    Ok(ids.len() as u64)
}

/// The calls of one of the provider's own tools.
fn calls<'a>(body: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    list(body.get("output")).iter().filter(move |item| item.get("type").is_some_and(|own| own == kind))
}

fn drawing_model(body: &Value) -> &str {
    let mut tools = list(body.get("tools")).iter();
    let tool = tools.find(|tool| tool.get("type").is_some_and(|kind| kind == "image_generation"));
    tool.and_then(|tool| tool.get("model")?.as_str()).unwrap_or(DRAWING_MODEL)
}

/// Of the output of a response: the calls that are charged, without what they said.
pub(in crate::llm) fn charged_items(output: &Value) -> Value {
    let kinds = ["web_search_call", "file_search_call", "code_interpreter_call"];
    let is_charged = |item: &&Value| kinds.iter().any(|kind| item.get("type").is_some_and(|own| own == kind));
    let items = list(Some(output)).iter().filter(is_charged).take(ITEMS_CAP);
    let said = |item: &Value, path: &str| item.pointer(path).and_then(Value::as_str).map(bounded::text);
    let essence = |item: &Value| {
        let action = said(item, "/action/type").map(|action| json!({"type": action}));
        json!({"type": item.get("type"), "action": action, "container_id": said(item, "/container_id")})
    };
    items.map(essence).collect()
}

/// Of the tools of a response: the one that draws.
pub(in crate::llm) fn charged_tools(tools: &Value) -> Value {
    let draws = |tool: &&Value| tool.get("type").is_some_and(|kind| kind == "image_generation");
    let model = |tool: &Value| tool.get("model").and_then(Value::as_str).map(bounded::text);
    let tools = list(Some(tools)).iter().filter(draws).take(1);
    tools.map(|tool| json!({"type": "image_generation", "model": model(tool)})).collect()
}
