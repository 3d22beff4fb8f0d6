//! Cohere v2 (API reference, 2026-11). What is billed leaves out the preamble that Cohere adds; `tokens` holds it.

use super::{Counts, NoUsage, Usage};

/// `usage` of a chat answer: what is billed, where the answer says it.
pub(super) fn chat(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    let billed = |name| counts.optional(&["billed_units", name]);
    let count = |name| match billed(name)? {
        Some(billed) => Ok(billed),
        None => counts.part(&["tokens", name]),
    };
    Ok(Usage::new(count("input_tokens")?, count("output_tokens")?))
}
