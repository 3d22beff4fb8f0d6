//! What a request costs, or why nobody can say.
#![cfg_attr(not(feature = "prices"), allow(dead_code, reason = "without a price list nobody reads what is asked"))]

mod error;
#[cfg(feature = "prices")]
mod list;
#[cfg(not(feature = "prices"))]
mod no_list;

pub use error::PricesError;
#[cfg(feature = "prices")]
pub(super) use list::{cost, provider_of, warm};
#[cfg(feature = "prices")]
pub use list::{load_prices, prices_date, reset_prices, set_prices, undo_prices};
#[cfg(not(feature = "prices"))]
pub(super) use no_list::{cost, provider_of, warm};
#[cfg(not(feature = "prices"))]
pub use no_list::{load_prices, prices_date, reset_prices, set_prices, undo_prices};

use std::borrow::Cow;
use std::time::SystemTime;

use super::usage::{Part, Usage};
use crate::Usd;
use crate::span::UNKNOWN;

/// What is known of a request beside its usage.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask<'a> {
    pub(super) provider: &'a str,
    /// The model that was asked for, which may be the name of a deployment.
    pub(super) asked: &'a str,
    /// The model that the answer names.
    pub(super) answered: Option<&'a str>,
    /// The service tier that was served.
    pub(super) tier: Option<&'a str>,
    /// How fast it was served.
    pub(super) speed: Option<&'a str>,
    /// Where it was served.
    pub(super) geo: Option<&'a str>,
    pub(super) at: SystemTime,
    /// What the caller adds: pairs of key and value, of which the last one counts.
    pub(super) context: &'a [(String, String)],
}

impl<'a> Ask<'a> {
    /// A question without an answer.
    pub(super) fn about(provider: &'a str, model: &'a str, at: SystemTime) -> Ask<'a> {
        Ask { provider, asked: model, answered: None, tier: None, speed: None, geo: None, at, context: &[] }
    }

    /// What the caller says under this key. An empty text says nothing.
    pub(super) fn context(&self, key: &str) -> Option<&'a str> {
        let said = self.context.iter().rev().find(|(known, _)| known == key);
        said.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The model as far as anybody has said it: what really runs, the one that answered, the one that was asked.
    pub(super) fn model(&self) -> &'a str {
        let answered = self.answered.filter(|model| !model.is_empty());
        self.context("base_model").or(answered).unwrap_or(self.asked)
    }
}

/// A cost, and how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cost<'a> {
    pub(super) cost: Usd,
    /// The user's own prices are in it.
    pub(super) is_own: bool,
    /// The name under which the price was found.
    pub(super) model: Cow<'a, str>,
}

/// The usage of a request: the whole, and its parts where they are charged apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usages<'a> {
    pub(super) whole: &'a Usage,
    pub(super) parts: &'a [Part],
}

/// The provider that an attribute says, or the one that the table takes the model for when it says none.
pub(super) fn provider(said: &str, model: &str) -> String {
    match said {
        "" | UNKNOWN => provider_of(model).unwrap_or_else(|| UNKNOWN.to_owned()),
        known => known.to_owned(),
    }
}

/// Whether anybody knows a price of this model today.
pub(super) fn has_price(provider: &str, model: &str) -> bool {
    let prompt = Usage::new(1, 0);
    cost(&Ask::about(provider, model, SystemTime::now()), Usages { whole: &prompt, parts: &[] }).is_ok()
}
