//! The raw body that some clients keep beside their own counts.

use serde_json::Value;

use crate::llm::shapes::{self, Hint};
use crate::llm::usage::{NoUsage, Reading, Usage};

/// What a client counted, with what only the raw body says: how long cache writes are kept, the tier, the place, fees, what
/// is charged apart, and what the provider charged.
///
/// A raw body that counts other totals is of another shape than it looks, and only the client's counts are taken.
pub(super) fn refined(counted: Result<Usage, NoUsage>, raw: Option<&Value>, provider: &str) -> Reading {
    let hint = Hint { provider: Some(provider), api: None };
    let from_raw = raw.map_or_else(|| Reading::without_usage(NoUsage::Missing), |raw| shapes::read(raw, hint));
    let usage = match (counted, &from_raw.usage) {
        (Err(NoUsage::Missing), _) => return from_raw,
        (Ok(counted), Ok(raw)) if has_same_totals(&counted, raw) => return from_raw,
        (counted, _) => counted,
    };
    Reading { usage, parts: Vec::new(), ..from_raw }
}

fn has_same_totals(one: &Usage, other: &Usage) -> bool {
    one.input_tokens == other.input_tokens && one.output_tokens == other.output_tokens
}
