//! The price list: the bundled table and the user's prices above it.
//!
//! The way of a price: [`book`] holds what is in force, [`ids`] finds the line of a model, [`table`] reads the prices of the day
//! from it, [`rules`] applies what changes them, [`charge`] multiplies, [`amount`] adds up and rounds once; [`priced`] walks
//! it. [`snapshot`] and [`user`] read what is written elsewhere, as a [`tree`], and [`swap`] puts it in force.

mod amount;
mod book;
mod charge;
mod ids;
mod priced;
#[cfg(test)]
mod properties;
mod rates;
mod rules;
mod snapshot;
mod swap;
mod table;
#[cfg(test)]
mod tests;
mod tree;
mod user;

pub(in crate::llm) use priced::{cost, provider_of, warm};
pub use swap::{load_prices, prices_date, reset_prices, set_prices, undo_prices};

use super::error::PricesError;
use super::{Ask, Cost, Usages};

/// Lines that the table of `genai-prices` does not have, or not right.
const OURS: &str = include_str!("../../../../data/ours.txt");
