//! A program without the feature `prices`: every request is unpriced, and says so.

use std::time::SystemTime;

use crate::Usd;
use crate::llm::query::Unpriced;
use crate::llm::usage::Usage;

pub(in crate::llm) fn warm() {}

pub(in crate::llm) fn cost(_: &str, _: &str, _: &Usage, _: Option<&str>, _: SystemTime) -> Result<Usd, Unpriced> {
    Err(Unpriced::NoTable)
}

pub(in crate::llm) fn provider_of(_: &str) -> Option<String> {
    None
}
