//! OpenAI chat completions and responses (API reference, 2026-11). Cached, cache-written and audio tokens are parts of
//! the prompt; reasoning and audio are parts of the completion.

use serde_json::Value;

use super::{Counts, NoUsage, Usage};

/// `usage` of a chat completion, and of an embedding, which has no completion.
pub(super) fn chat(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let prompt = |name| counts.part(&["prompt_tokens_details", name]);
    let completion = |name| counts.part(&["completion_tokens_details", name]);
    Ok(Usage {
        input_tokens: counts.total("prompt_tokens")?,
        output_tokens: counts.part(&["completion_tokens"])?,
        cache_read_tokens: prompt("cached_tokens")?,
        cache_write_tokens: prompt("cache_write_tokens")?,
        input_audio_tokens: prompt("audio_tokens")?,
        input_image_tokens: prompt("image_tokens")?,
        reasoning_tokens: completion("reasoning_tokens")?,
        output_audio_tokens: completion("audio_tokens")?,
        ..Usage::default()
    })
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
