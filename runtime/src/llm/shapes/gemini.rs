//! Gemini `generateContent` (API reference, 2026-11). Cached tokens are a part of the prompt; thoughts come on top of
//! the candidates and are billed as output, tool prompts come on top of the prompt and are billed as input.

use serde_json::Value;

use super::{Counts, NoUsage, Usage, sum};

/// `usageMetadata` of an answer.
pub(super) fn generate_content(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let prompt = counts.total("promptTokenCount")?;
    let thoughts = counts.part(&["thoughtsTokenCount"])?;
    Ok(Usage {
        input_tokens: sum([prompt, counts.part(&["toolUsePromptTokenCount"])?])?,
        // A blocked answer has no candidates.
        output_tokens: sum([counts.part(&["candidatesTokenCount"])?, thoughts])?,
        cache_read_tokens: counts.part(&["cachedContentTokenCount"])?,
        reasoning_tokens: thoughts,
        input_audio_tokens: modality(counts, "promptTokensDetails", "AUDIO")?,
        input_image_tokens: modality(counts, "promptTokensDetails", "IMAGE")?,
        output_audio_tokens: modality(counts, "candidatesTokensDetails", "AUDIO")?,
        output_image_tokens: modality(counts, "candidatesTokensDetails", "IMAGE")?,
        ..Usage::default()
    })
}

/// The tokens of one modality in a list of `{ modality, tokenCount }`.
fn modality(counts: Counts<'_>, list: &str, name: &str) -> Result<u64, NoUsage> {
    let details = counts.0.get(list).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    details
        .iter()
        .filter(|detail| detail.get("modality").is_some_and(|modality| modality == name))
        .try_fold(0, |total, detail| sum([total, Counts(detail).part(&["tokenCount"])?]))
}
