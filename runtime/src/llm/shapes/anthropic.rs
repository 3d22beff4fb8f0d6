//! Anthropic messages (API reference, 2026-11). The input is reported without the tokens read from and written to the
//! cache; thinking is a part of the output.

use serde_json::Value;

use super::{Counts, NoUsage, Usage, sum};

/// `usage` of a message.
///
/// Where the answer took several samplings, as it does when the conversation was compacted, the totals are those of the
/// last one and the bill is the sum of `iterations`.
pub(super) fn messages(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let iterations = counts.0.get("iterations").and_then(Value::as_array).filter(|list| !list.is_empty());
    let mut usage = match iterations {
        None => sampling(counts)?,
        Some(iterations) => iterations.iter().try_fold(Usage::default(), |mut total, iteration| {
            total.add(&sampling(Counts(iteration))?);
            Ok(total)
        })?,
    };
    usage.web_searches = counts.part(&["server_tool_use", "web_search_requests"])?;
    Ok(usage)
}

fn sampling(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let cache_read_tokens = counts.part(&["cache_read_input_tokens"])?;
    let cache_write_tokens = counts.part(&["cache_creation_input_tokens"])?;
    Ok(Usage {
        input_tokens: sum([counts.total("input_tokens")?, cache_read_tokens, cache_write_tokens])?,
        output_tokens: counts.total("output_tokens")?,
        cache_read_tokens,
        cache_write_tokens,
        cache_write_1h_tokens: counts.part(&["cache_creation", "ephemeral_1h_input_tokens"])?,
        reasoning_tokens: counts.part(&["output_tokens_details", "thinking_tokens"])?,
        ..Usage::default()
    })
}
