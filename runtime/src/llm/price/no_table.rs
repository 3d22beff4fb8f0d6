//! A program without the feature `prices`: every request is unpriced, and says so.

use super::{Ask, Cost, Usages};
use crate::llm::query::Unpriced;

pub(in crate::llm) fn warm() {}

pub(in crate::llm) fn cost<'a>(_: &Ask<'a>, _: Usages<'_>) -> Result<Cost<'a>, Unpriced> {
    Err(Unpriced::NoTable)
}

pub(in crate::llm) fn provider_of(_: &str) -> Option<String> {
    None
}
