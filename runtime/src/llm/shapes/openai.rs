//! OpenAI chat completions and responses (API reference, 2026-11). Cached, cache-written and audio tokens are parts of
//! the prompt; reasoning and audio are parts of the completion.

use serde_json::Value;

use super::{Counts, NoUsage, Usage, sum};

/// `usage` of a chat completion, and of an embedding, which has no completion.
///
/// Read by the same names are the servers that speak this API: Azure, Mistral, Groq, OpenRouter, Together, Fireworks,
/// DeepSeek and xAI.
pub(super) fn chat(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let prompt = |name| counts.part(&["prompt_tokens_details", name]);
    let details = |name| counts.part(&["completion_tokens_details", name]);
    let input_tokens = counts.total("prompt_tokens")?;
    let reasoning_tokens = details("reasoning_tokens")?;
    Ok(Usage {
        input_tokens,
        output_tokens: completion(counts, input_tokens, reasoning_tokens)?,
        cache_read_tokens: cached(counts)?,
        cache_write_tokens: prompt("cache_write_tokens")?,
        input_audio_tokens: prompt("audio_tokens")?,
        input_image_tokens: prompt("image_tokens")?,
        reasoning_tokens,
        output_audio_tokens: details("audio_tokens")?,
        ..Usage::default()
    })
}

/// The completion with its reasoning. xAI reports the reasoning on top of it, and only the total tells.
fn completion(counts: Counts<'_>, input: u64, reasoning: u64) -> Result<u64, NoUsage> {
    let completion = counts.part(&["completion_tokens"])?;
    let with_reasoning = sum([completion, reasoning])?;
    let is_on_top = reasoning > 0 && counts.optional(&["total_tokens"])? == Some(sum([input, with_reasoning])?);
    Ok(if is_on_top { with_reasoning } else { completion })
}

/// The cached part of the prompt. DeepSeek says it twice, or only under a name of its own.
fn cached(counts: Counts<'_>) -> Result<u64, NoUsage> {
    match counts.optional(&["prompt_tokens_details", "cached_tokens"])? {
        Some(cached) => Ok(cached),
        None => counts.part(&["prompt_cache_hit_tokens"]),
    }
}

/// `usage` of a response, and the web searches that its output lists.
pub(super) fn responses(body: &Value, counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let input = |name| counts.part(&["input_tokens_details", name]);
    Ok(Usage {
        input_tokens: counts.total("input_tokens")?,
        output_tokens: counts.total("output_tokens")?,
        cache_read_tokens: input("cached_tokens")?,
        cache_write_tokens: input("cache_write_tokens")?,
        reasoning_tokens: counts.part(&["output_tokens_details", "reasoning_tokens"])?,
        web_searches: web_searches(body)?,
        ..Usage::default()
    })
}

/// The charged searches. Opening a page is an item of the same kind and free, so the provider's own count goes first.
fn web_searches(body: &Value) -> Result<u64, NoUsage> {
    if let Some(counted) = Counts(body).optional(&["tool_usage", "web_search", "num_requests"])? {
        return Ok(counted);
    }
    let items = body.get("output").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let is_search = |item: &&Value| item.get("type").is_some_and(|kind| kind == "web_search_call");
    Ok(items.iter().filter(is_search).count() as u64)
}
