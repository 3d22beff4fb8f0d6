//! Cohere v2 (API reference, 2026-11). What is billed leaves out the preamble that Cohere adds; `tokens` holds it.

use super::{Counts, NoUsage, Usage, sum};

/// `usage` of a chat answer, or `meta` of embeddings and of a ranking: what is billed, where the answer says it.
pub(super) fn billed(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let units = counts.at(&["billed_units"]).or_else(|| counts.at(&["tokens"])).map(Counts).ok_or(NoUsage::Missing)?;
    let images = units.part(&["image_tokens"])?;
    let input_tokens = sum([units.part(&["input_tokens"])?, images])?;
    Ok(Usage {
        input_tokens,
        output_tokens: units.part(&["output_tokens"])?,
        input_image_tokens: images,
        search_units: units.part(&["search_units"])?,
        // They are counted among all tokens, of which the billed ones are a part.
        cache_read_tokens: counts.part(&["cached_tokens"])?.min(input_tokens),
        ..Usage::default()
    })
}
