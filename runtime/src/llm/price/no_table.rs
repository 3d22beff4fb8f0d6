//! A program without the feature `prices`: every request is unpriced, and says so.

use std::time::SystemTime;

use super::Unpriced;
use crate::Usd;
use crate::llm::usage::Usage;

pub(in crate::llm) fn warm() {}

pub(in crate::llm) fn cost(_: &str, _: &str, _: &Usage, _: Option<&str>, _: SystemTime) -> Result<Usd, Unpriced> {
    Err(Unpriced("no_price_table"))
}

pub(in crate::llm) fn provider_of(_: &str) -> Option<String> {
    None
}
