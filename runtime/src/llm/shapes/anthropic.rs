//! Anthropic messages (API reference, 2026-11). The input is reported without the tokens read from and written to the
//! cache; thinking is a part of the output.

use serde_json::Value;

use super::{Counts, NoUsage, Part, Taken, Usage, sum};

/// Names that only this API has among those that count `input_tokens`.
const OWN: &[&str] = &[
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "cache_creation",
    "server_tool_use",
    "iterations",
    "inference_geo",
    "speed",
];

/// The details by which OpenAI tells what an input holds; this API has none.
const FOREIGN: &[&str] = &["input_tokens_details", "input_token_details"];

/// Whether a usage can be of this API. A server that answers in its words for a model of OpenAI may keep that one's
/// details, and then its totals too.
pub(super) fn is_possible(usage: Counts<'_>) -> bool {
    OWN.iter().any(|name| usage.has(name)) || !FOREIGN.iter().any(|name| usage.has(name))
}

/// Whether a body with such a usage is of this API for sure.
pub(super) fn is_told(body: Counts<'_>) -> bool {
    let has = |name: &str| body.at(&["usage"]).is_some_and(|usage| usage.get(name).is_some());
    OWN.iter().any(|name| has(name)) || body.at(&["type"]).is_some_and(|kind| kind == "message")
}

/// `usage` of a message.
///
/// Where the answer took several samplings, as it does when the conversation was compacted or another model was asked for
/// advice, the totals are those of the last one and the bill is the sum of `iterations`, each by its own size and model.
pub(super) fn messages(counts: Counts<'_>) -> Result<Taken, NoUsage> {
    let web_searches = counts.part(&["server_tool_use", "web_search_requests"])?;
    let iterations = counts.list("iterations");
    if iterations.is_empty() {
        return Ok(Usage { web_searches, ..sampling(counts)? }.into());
    }
    let mut parts = iterations.iter().map(part).collect::<Result<Vec<_>, _>>()?;
    match parts.iter_mut().rev().find(|part| part.model.is_none()) {
        Some(own) => own.usage.web_searches = web_searches,
        None => parts.push(Part { model: None, usage: Usage { web_searches, ..Usage::default() } }),
    }
    Taken::of(parts)
}

fn part(iteration: &Value) -> Result<Part, NoUsage> {
    let model = iteration.get("model").and_then(Value::as_str).map(str::to_owned);
    Ok(Part { model, usage: sampling(Counts(iteration))? })
}

fn sampling(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let kept = |name| counts.part(&["cache_creation", name]);
    let cache_write_1h_tokens = kept("ephemeral_1h_input_tokens")?;
    let cache_read_tokens = counts.part(&["cache_read_input_tokens"])?;
    // The sum of both, which a server may leave to its reader.
    let cache_write_tokens = match counts.optional(&["cache_creation_input_tokens"])? {
        Some(written) => written,
        None => sum([kept("ephemeral_5m_input_tokens")?, cache_write_1h_tokens])?,
    };
    Ok(Usage {
        input_tokens: sum([counts.total("input_tokens")?, cache_read_tokens, cache_write_tokens])?,
        output_tokens: counts.total("output_tokens")?,
        cache_read_tokens,
        cache_write_tokens,
        cache_write_1h_tokens,
        reasoning_tokens: counts.part(&["output_tokens_details", "thinking_tokens"])?,
        ..Usage::default()
    })
}
