//! Ollama (API reference, 2026-11). The counts stand in the body itself, in the object that says `done`.

use super::{Counts, NoUsage, Usage};

/// The counts of a finished answer. A prompt that is still in the model's memory is not counted, and then absent.
pub(super) fn chat(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    Ok(Usage::new(counts.part(&["prompt_eval_count"])?, counts.part(&["eval_count"])?))
}
