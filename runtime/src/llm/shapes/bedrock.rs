//! AWS Bedrock Converse (API reference, 2026-11). Whether the input includes the cache depends on whose model answered,
//! which the answer does not say; its total does.

use serde_json::Value;

use super::{Counts, NoUsage, Usage, sum};

/// `usage` of a Converse answer, or of the `metadata` event of a stream.
pub(super) fn converse(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let (input, output) = (counts.total("inputTokens")?, counts.total("outputTokens")?);
    let cache_read_tokens = counts.part(&["cacheReadInputTokens"])?;
    let cache_write_tokens = counts.part(&["cacheWriteInputTokens"])?;
    // The models of OpenAI count the cache as input; those of Anthropic and Amazon do not.
    let is_included = counts.optional(&["totalTokens"])? == Some(sum([input, output])?);
    let input_tokens = if is_included { input } else { sum([input, cache_read_tokens, cache_write_tokens])? };
    Ok(Usage {
        input_tokens,
        output_tokens: output,
        cache_read_tokens,
        cache_write_tokens,
        cache_write_1h_tokens: kept_for_an_hour(counts)?,
        ..Usage::default()
    })
}

fn kept_for_an_hour(counts: Counts<'_>) -> Result<u64, NoUsage> {
    let details = counts.0.get("cacheDetails").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    details
        .iter()
        .filter(|detail| detail.get("ttl").is_some_and(|ttl| ttl == "1h"))
        .try_fold(0, |total, detail| sum([total, Counts(detail).part(&["inputTokens"])?]))
}
