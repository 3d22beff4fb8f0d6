//! What an answer cost, asked without any attribute: for billing jobs, for tests, and for `#[llm_cost]` itself.

use crate::outcome::Outcome;
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

    /// Says what the answer does not. Of several values for a key the last one counts, and an empty one says nothing.
    ///
    /// | key | value |
    /// |---|---|
    /// | `processing` | `batch`: the request went through the provider's batch API |
    /// | `service_tier` | the tier that was asked for; the tier that the answer says it was served on goes before it |
    /// | `speed` | `fast`, where the answer does not say it |
    /// | `data_residency` | where the request had to stay: `eu`, `us`; a provider may charge for that |
    /// | `base_model` | what an Azure deployment or an inference profile really runs; it goes before all other names |
    /// | `web_searches` | how often the provider searched the web, where the answer does not count it |
    /// | `search_type` | the kind of search at Perplexity: `fast`, `web` |
    /// | `route` | the route at OpenRouter, where a model has a price of its own on it |
    ///
    /// ```
    /// use serde_json::json;
    /// use taximeter_runtime::llm::PriceQuery;
    ///
    /// let line = json!({"model": "gpt-4o-mini", "usage": {"prompt_tokens": 100, "completion_tokens": 20}});
    /// let answer = PriceQuery::new("openai", "gpt-4o-mini").context("processing", "batch").price(&line);
    /// # #[cfg(feature = "prices")]
    /// assert_eq!(answer.unwrap().cost.to_string(), "0.0000135"); // half of what it costs at once
    /// ```
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
        if let Some(cost) = reading.cost {
            let model = reading.model.as_deref().filter(|model| !model.is_empty()).unwrap_or(&self.model).to_owned();
            let (source, lower_bound) = (CostSource::Provider, reading.lower_bound);
            return Ok(Priced { cost, source, model, usage, lower_bound });
        }
        let usage = self.with_searches(usage)?;
        let price::Cost { cost, is_own, model } =
            price::cost(&self.ask(reading), price::Usages { whole: &usage, parts: &reading.parts })?;
        let source = if is_own { CostSource::User } else { CostSource::Table };
        Ok(Priced { cost, source, model: model.into_owned(), usage, lower_bound: reading.lower_bound })
    }

    fn ask<'a>(&'a self, reading: &'a Reading) -> price::Ask<'a> {
        price::Ask {
            answered: reading.model.as_deref(),
            tier: reading.service_tier.as_deref(),
            speed: reading.speed.as_deref(),
            geo: reading.geo.as_deref(),
            context: &self.context,
            ..price::Ask::about(&self.provider, &self.model, self.at.unwrap_or_else(SystemTime::now))
        }
    }

    /// The usage with the searches that the answer does not count and the caller does.
    fn with_searches(&self, mut usage: Usage) -> Result<Usage, Unpriced> {
        let said = self.context.iter().rev().find(|(key, _)| key == "web_searches").map(|(_, count)| count.trim());
        if let Some(said) = said.filter(|said| !said.is_empty() && usage.web_searches == 0) {
            usage.web_searches = said.parse().map_err(|_| Unpriced::BadUsage)?;
        }
        Ok(usage)
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
    /// Every value of the label `reason` of `llm_unpriced_requests_total`; the last two are of calls without an answer.
    pub(crate) const LABELS: [&str; 7] = [
        Unpriced::UnknownModel.label(),
        Unpriced::NoUsage.label(),
        Unpriced::NoPrice.label(),
        Unpriced::BadUsage.label(),
        Unpriced::NoTable.label(),
        Outcome::Panic.label(),
        Outcome::Cancelled.label(),
    ];

    /// The value of the label `reason` of `llm_unpriced_requests_total`.
    pub(crate) const fn label(self) -> &'static str {
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
