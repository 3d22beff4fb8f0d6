//! What an answer cost, asked without any attribute: for billing jobs, for tests, and for `#[llm_cost]` itself.

use std::fmt;
use std::time::SystemTime;

use serde_json::Value;

use super::price;
use super::shapes::{self, Hint};
use super::usage::{NoUsage, Reading, Usage};
use crate::Usd;

/// Asks what an answer of a provider cost.
///
/// ```
/// use serde_json::json;
/// use taximeter_runtime::llm::PriceQuery;
///
/// let body = json!({"model": "gpt-4o-mini", "usage": {"prompt_tokens": 100, "completion_tokens": 20}});
/// let answer = PriceQuery::new("openai", "gpt-4o-mini").price(&body);
/// # #[cfg(feature = "prices")]
/// assert_eq!(answer.unwrap().cost.to_string(), "0.000027");
/// ```
#[derive(Clone, Debug)]
pub struct PriceQuery {
    provider: String,
    model: String,
    api: Option<String>,
    at: Option<SystemTime>,
    context: Vec<(String, String)>,
}

impl PriceQuery {
    /// Asks about an answer of `model`, which `provider` served. The model that the answer names goes before `model`.
    pub fn new(provider: impl Into<String>, model: impl Into<String>) -> PriceQuery {
        PriceQuery { provider: provider.into(), model: model.into(), api: None, at: None, context: Vec::new() }
    }

    /// Says which API gave the answer, such as `openai.chat`. Without it the answer's shape decides.
    pub fn api(mut self, api: impl Into<String>) -> PriceQuery {
        self.api = Some(api.into());
        self
    }

    /// Says when the request was made. Without it the price of this moment counts.
    pub fn at(mut self, at: SystemTime) -> PriceQuery {
        self.at = Some(at);
        self
    }

    /// Says what the answer does not: `processing`, `service_tier`, `speed`, `data_residency`, `base_model`,
    /// `web_searches`.
    pub fn context(mut self, key: impl Into<String>, value: impl Into<String>) -> PriceQuery {
        self.context.push((key.into(), value.into()));
        self
    }

    /// The cost of an answer: the provider's response body, or the part of it that holds model and usage.
    pub fn price(&self, body: &Value) -> Result<Priced, Unpriced> {
        let hint = Hint { provider: Some(&self.provider), api: self.api.as_deref() };
        self.price_reading(&shapes::read(body, hint))
    }

    /// The cost of an answer that has been read.
    pub fn price_reading(&self, reading: &Reading) -> Result<Priced, Unpriced> {
        let usage = match &reading.usage {
            Ok(usage) => usage.clone(),
            Err(NoUsage::Missing) => return Err(Unpriced::NoUsage),
            Err(NoUsage::Unreadable) => return Err(Unpriced::BadUsage),
        };
        let model = reading.model.as_deref().filter(|model| !model.is_empty()).unwrap_or(&self.model);
        let at = self.at.unwrap_or_else(SystemTime::now);
        let (cost, source) = match reading.cost {
            Some(cost) => (cost, CostSource::Provider),
            None => {
                let tier = reading.service_tier.as_deref();
                (price::cost(&self.provider, model, &usage, tier, at)?, CostSource::Table)
            }
        };
        Ok(Priced { cost, source, model: model.to_owned(), usage, lower_bound: reading.lower_bound })
    }
}

/// What an answer cost.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Priced {
    /// The exact cost.
    pub cost: Usd,
    /// Who said it.
    pub source: CostSource,
    /// The model that was charged for.
    pub model: String,
    /// The tokens that were charged for.
    pub usage: Usage,
    /// The answer ended before it was whole: the provider charges this or more.
    pub lower_bound: bool,
}

/// Who said what an answer cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CostSource {
    /// The provider, in its answer.
    Provider,
    /// The bundled price table.
    Table,
    /// The user's own prices.
    User,
}

impl CostSource {
    /// As the span says it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            CostSource::Provider => "provider",
            CostSource::Table => "table",
            CostSource::User => "user",
        }
    }
}

/// Why nobody can say what an answer cost. It is never taken for zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unpriced {
    /// No table knows the model.
    UnknownModel,
    /// The answer carries no usage.
    NoUsage,
    /// The table knows the model, and not what it costs.
    NoPrice,
    /// The usage makes no sense: negative, fractional, overflowing, or parts above their total.
    BadUsage,
    /// The program was built without the feature `prices`, and has no prices of its own.
    NoTable,
}

impl Unpriced {
    /// The value of the label `reason` of `llm_unpriced_requests_total`.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Unpriced::UnknownModel => "unknown_model",
            Unpriced::NoUsage => "no_usage",
            Unpriced::NoPrice => "no_price",
            Unpriced::BadUsage => "bad_usage",
            Unpriced::NoTable => "no_price_table",
        }
    }
}

impl fmt::Display for Unpriced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unpriced::UnknownModel => "no price table knows the model",
            Unpriced::NoUsage => "the answer carries no usage",
            Unpriced::NoPrice => "the price table has no price for the model",
            Unpriced::BadUsage => "the usage in the answer makes no sense",
            Unpriced::NoTable => "there is no price table: the feature `prices` is off",
        })
    }
}

impl std::error::Error for Unpriced {}
