//! What a request costs.

use std::time::SystemTime;

use super::money::Usd;
use super::usage::Usage;

/// Why a request has no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unpriced {
    /// The table knows neither the model nor anything that it could be.
    UnknownModel,
    /// The table knows the model, and the usage does not fit its price.
    BadUsage,
    /// This program was built without a price table.
    #[cfg_attr(feature = "prices", expect(dead_code, reason = "there is a table"))]
    NoTable,
}

impl Unpriced {
    /// The value of the label `reason`.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Unpriced::UnknownModel => "unknown_model",
            Unpriced::BadUsage => "bad_usage",
            Unpriced::NoTable => "no_price_table",
        }
    }
}

#[cfg(feature = "prices")]
pub(crate) use table::{cost, provider_of, warm};

#[cfg(not(feature = "prices"))]
pub(crate) use no_table::{cost, provider_of, warm};

/// The table that `genai-prices` bundles.
#[cfg(feature = "prices")]
mod table {
    use genai_prices::{Calculator, ErrorKind, PriceRequest};

    use super::*;

    /// Names of providers in the GenAI conventions, and everyday ones, that the table spells differently.
    const ALIASES: &[(&str, &str)] = &[
        ("aws.bedrock", "aws"),
        ("azure.ai.inference", "azure"),
        ("azure.ai.openai", "azure"),
        ("bedrock", "aws"),
        ("gcp.gemini", "google"),
        ("gcp.gen_ai", "google"),
        ("gcp.vertex_ai", "google"),
        ("gemini", "google"),
        ("mistral_ai", "mistral"),
        ("moonshot_ai", "moonshotai"),
        ("vertex_ai", "google"),
        ("x_ai", "x-ai"),
        ("xai", "x-ai"),
    ];

    pub(crate) fn warm() {
        let _ = Calculator::bundled();
    }

    /// The cost of a request that `model` of `provider` answered at this time, on the tier that was served.
    pub(crate) fn cost(
        provider: &str,
        model: &str,
        usage: &Usage,
        service_tier: Option<&str>,
        at: SystemTime,
    ) -> Result<Usd, Unpriced> {
        let quantities = quantities(usage);
        let mut request = PriceRequest::new(model, &quantities).with_timestamp(at);
        if provider != crate::span::UNKNOWN {
            request = request.with_provider_id(table_id(provider));
        }
        if let Some(tier) = service_tier {
            request = request.with_price_context("service_tier", tier);
        }
        let price = Calculator::bundled().calculate(&request).map_err(|error| match error.kind() {
            ErrorKind::InvalidUsage => Unpriced::BadUsage,
            _ => Unpriced::UnknownModel,
        })?;
        // Rates are a whole number of pico-dollars a token. A float sum of a few products of them is off by less than
        // half of one as long as the request costs under a hundred dollars, so rounding gives the exact amount.
        Usd::from_f64(price.total_price).ok_or(Unpriced::BadUsage)
    }

    /// The provider that the table takes a model for, when the attribute names none.
    pub(crate) fn provider_of(model: &str) -> Option<String> {
        let nothing = genai_prices::Usage::new();
        let price = Calculator::bundled().calculate(&PriceRequest::new(model, &nothing)).ok()?;
        Some(price.provider_id)
    }

    fn table_id(provider: &str) -> &str {
        let alias = ALIASES.iter().find(|(name, _)| name.eq_ignore_ascii_case(provider));
        alias.map_or(provider, |(_, id)| id)
    }

    /// The usage in the units of the table. A zero is left out: it costs nothing, and not every model has every unit.
    fn quantities(usage: &Usage) -> genai_prices::Usage {
        let units = [
            ("input_tokens", usage.input_tokens),
            ("output_tokens", usage.output_tokens),
            ("cache_read_tokens", usage.cache_read_tokens),
            ("cache_write_tokens", usage.cache_write_tokens),
            ("cache_write_1h_tokens", usage.cache_write_1h_tokens),
            ("output_reasoning_tokens", usage.reasoning_tokens),
            ("input_audio_tokens", usage.input_audio_tokens),
            ("output_audio_tokens", usage.output_audio_tokens),
            ("input_image_tokens", usage.input_image_tokens),
            ("output_image_tokens", usage.output_image_tokens),
            ("web_searches", usage.web_searches),
        ];
        let mut quantities = genai_prices::Usage::new();
        for (unit, quantity) in units.into_iter().filter(|(_, quantity)| *quantity > 0) {
            quantities.insert(unit, quantity as f64);
        }
        quantities
    }
}

/// Without the feature `prices` every request is unpriced, and says so.
#[cfg(not(feature = "prices"))]
mod no_table {
    use super::*;

    pub(crate) fn warm() {}

    pub(crate) fn cost(_: &str, _: &str, _: &Usage, _: Option<&str>, _: SystemTime) -> Result<Usd, Unpriced> {
        Err(Unpriced::NoTable)
    }

    pub(crate) fn provider_of(_: &str) -> Option<String> {
        None
    }
}
