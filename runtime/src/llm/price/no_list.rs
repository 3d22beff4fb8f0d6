//! A program without the feature `prices`: every request is unpriced, and says so.

use std::path::Path;
use std::time::Duration;

use super::error::PricesError;
use super::{Ask, Cost, Usages};
use crate::llm::query::Unpriced;

pub(in crate::llm) fn warm() {}

pub(in crate::llm) fn cost<'a>(_: &Ask<'a>, _: Usages<'_>) -> Result<Cost<'a>, Unpriced> {
    Err(Unpriced::NoTable)
}

pub(in crate::llm) fn provider_of(_: &str) -> Option<String> {
    None
}

/// Changes nothing: without the feature `prices` there are no prices.
pub fn set_prices(_: impl AsRef<[u8]>) -> Result<(), PricesError> {
    Err(off())
}

/// Changes nothing: without the feature `prices` there are no prices.
pub fn load_prices(_: impl AsRef<Path>) -> Result<(), PricesError> {
    Err(off())
}

/// Changes nothing: without the feature `prices` there are no prices.
pub fn reset_prices() {}

/// Nothing: without the feature `prices` there are no prices.
#[doc(hidden)]
pub fn undo_prices() -> impl FnOnce() + Send + 'static {
    || ()
}

/// `None`: without the feature `prices` there is no price table.
pub fn prices_date() -> Option<(String, Duration)> {
    None
}

fn off() -> PricesError {
    PricesError::new("the program was built without the feature `prices`")
}
