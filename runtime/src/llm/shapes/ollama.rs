//! Ollama (API reference, 2026-11). The counts stand in the body itself, in the object that says `done`.

use super::{Counts, NoUsage, Usage};

/// The counts of a finished answer or of embeddings, which have no output. A prompt that is still in the model's memory
/// is not counted, and then absent.
pub(super) fn chat(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    Ok(Usage::new(counts.part(&["prompt_eval_count"])?, counts.part(&["eval_count"])?))
}

/// Whether a body has its counts, and says that they are the last ones if it says anything of that.
pub(super) fn is_over(body: Counts<'_>) -> bool {
    let has_counts = body.at(&["eval_count"]).is_some() || body.at(&["prompt_eval_count"]).is_some();
    has_counts && body.at(&["done"]).is_none_or(|done| *done == true)
}
