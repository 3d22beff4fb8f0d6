//! AWS Bedrock (API reference, 2026-11). Whether the input of Converse includes the cache depends on whose model answered,
//! which the answer does not say; its total does.

use super::{Counts, NoUsage, Usage, sum};

/// `usage` of a Converse answer, or of the `metadata` event of a stream. Nova's own shape is the same but for two names.
pub(super) fn converse(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let (input, output) = (counts.total("inputTokens")?, counts.part(&["outputTokens"])?);
    let cache_read_tokens = counts.first(&[&["cacheReadInputTokens"], &["cacheReadInputTokenCount"]])?;
    let written = [&["cacheWriteInputTokens"][..], &["cacheWriteInputTokenCount"]];
    let cache_write_tokens = match written.iter().any(|path| counts.at(path).is_some()) {
        true => counts.first(&written)?,
        false => kept(counts, None)?,
    };
    let cache = sum([cache_read_tokens, cache_write_tokens])?;
    // The models of OpenAI count the cache as input; those of Anthropic and Amazon do not.
    let is_included = cache <= input && counts.optional(&["totalTokens"])? == Some(sum([input, output])?);
    Ok(Usage {
        input_tokens: if is_included { input } else { sum([input, cache])? },
        output_tokens: output,
        cache_read_tokens,
        cache_write_tokens,
        cache_write_1h_tokens: kept(counts, Some("1h"))?,
        ..Usage::default()
    })
}

/// The tokens that were written to be kept for this long, or for any time.
fn kept(counts: Counts<'_>, ttl: Option<&str>) -> Result<u64, NoUsage> {
    let details = counts.list("cacheDetails").iter();
    details
        .filter(|detail| ttl.is_none_or(|ttl| detail.get("ttl").is_some_and(|own| own == ttl)))
        .try_fold(0, |total, detail| sum([total, Counts(detail).part(&["inputTokens"])?]))
}

/// The counts of `InvokeModel`, where the vendor's own shape is none of its API: those of Llama, of Titan, and what
/// Bedrock itself adds to the last piece of a stream.
pub(super) fn invoke(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let mut results = counts.list("results").iter();
    let of_titan = results.try_fold(0, |total, result| sum([total, Counts(result).part(&["tokenCount"])?]))?;
    let cache_read_tokens = counts.part(&["cacheReadInputTokenCount"])?;
    let cache_write_tokens = counts.part(&["cacheWriteInputTokenCount"])?;
    let input = counts.first(&[&["inputTokenCount"], &["prompt_token_count"], &["inputTextTokenCount"]])?;
    Ok(Usage {
        input_tokens: sum([input, cache_read_tokens, cache_write_tokens])?,
        output_tokens: match of_titan {
            0 => counts.first(&[&["outputTokenCount"], &["generation_token_count"], &["totalOutputTextTokenCount"]])?,
            counted => counted,
        },
        cache_read_tokens,
        cache_write_tokens,
        ..Usage::default()
    })
}

/// Where those counts are.
pub(super) fn invoked(whole: Counts<'_>) -> Option<Counts<'_>> {
    let names = ["prompt_token_count", "generation_token_count", "inputTextTokenCount", "totalOutputTextTokenCount"];
    let metrics = whole.at(&["amazon-bedrock-invocationMetrics"]).filter(|metrics| metrics.is_object()).map(Counts);
    metrics.or_else(|| Some(whole).filter(|whole| names.iter().any(|name| whole.at(&[name]).is_some())))
}
