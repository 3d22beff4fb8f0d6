//! Mistral, where it does not speak the API of OpenAI (API reference, 2026-11).

use super::{Counts, NoUsage, Usage};

/// `usage_info` of read documents, which are charged by the page.
pub(super) fn pages(counts: Counts<'_>) -> Result<Usage, NoUsage> {
    Ok(Usage { pages: counts.total("pages_processed")?, ..Usage::default() })
}
