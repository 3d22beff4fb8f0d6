//! The price table that `genai-prices` bundles: 47 providers, with the prices of each date.

use std::time::SystemTime;

use genai_prices::{Calculator, ErrorKind, PriceRequest};

use super::UNKNOWN;
use crate::Usd;
use crate::llm::query::Unpriced;
use crate::llm::usage::Usage;

/// Runs models on the caller's own machine, which charges nobody. That is a price, and it is zero.
const OLLAMA: &str = "ollama";

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

pub(in crate::llm) fn warm() {
    let _ = Calculator::bundled();
}

/// The cost of a request that `model` of `provider` answered at this time, on the tier that was served.
pub(in crate::llm) fn cost(
    provider: &str,
    model: &str,
    usage: &Usage,
    service_tier: Option<&str>,
    at: SystemTime,
) -> Result<Usd, Unpriced> {
    if provider.eq_ignore_ascii_case(OLLAMA) {
        return Ok(Usd::ZERO);
    }
    let quantities = quantities(usage);
    let mut request = PriceRequest::new(model, &quantities).with_timestamp(at);
    if provider != UNKNOWN {
        request = request.with_provider_id(table_id(provider));
    }
    if let Some(tier) = service_tier {
        request = request.with_price_context("service_tier", tier);
    }
    let price = Calculator::bundled().calculate(&request).map_err(|error| match error.kind() {
        ErrorKind::InvalidUsage => Unpriced::BadUsage,
        _ => Unpriced::UnknownModel,
    })?;
    let is_free = price.model_id.ends_with(":free");
    if price.total_price == 0.0 && !is_free && (usage.input_tokens > 0 || usage.output_tokens > 0) {
        return Err(Unpriced::NoPrice);
    }
    // Rates are a whole number of pico-dollars a token. A float sum of a few products of them is off by less than
    // half of one as long as the request costs under a hundred dollars, so rounding gives the exact amount.
    nearest(price.total_price).ok_or(Unpriced::BadUsage)
}

/// The provider that the table takes a model for, when the attribute names none.
pub(in crate::llm) fn provider_of(model: &str) -> Option<String> {
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

/// The amount of dollars that a float stands for, to the nearest pico-dollar; `None` for what is no amount.
fn nearest(dollars: f64) -> Option<Usd> {
    let pico_dollars = (dollars * 1e12).round();
    // The bound is far below what 128 bits hold and far above any price.
    (0.0..=1e30).contains(&pico_dollars).then_some(Usd::from_pico_dollars(pico_dollars as u128))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// 2026-11-21, for prices that do not change under the tests.
    fn day() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_219_200)
    }

    #[test]
    fn a_float_becomes_the_nearest_amount_or_none() {
        assert_eq!(nearest(0.1 + 0.2), "0.3".parse().ok());
        assert_eq!(nearest(0.0), Some(Usd::ZERO));
        for nonsense in [f64::NAN, f64::INFINITY, -0.1, 1e300] {
            assert_eq!(nearest(nonsense), None);
        }
    }

    #[test]
    fn cached_tokens_cost_their_own_price_and_are_not_charged_twice() {
        let usage = Usage::new(2_006, 300).cache_read(1_920).reasoning(192);
        // gpt-4o-mini, USD per million tokens: input 0.15, cached input 0.075, output 0.60
        // 86 x 0.15 + 1,920 x 0.075 + 300 x 0.60 = 12.9 + 144 + 180 = 336.9 millionths
        assert_eq!(cost("openai", "gpt-4o-mini-2024-07-18", &usage, None, day()), Ok("0.0003369".parse().unwrap()));
    }

    #[test]
    fn what_the_table_does_not_know_is_unknown_and_not_free() {
        for (provider, model) in [("openai", "gpt-invented"), ("nobody", "gpt-4o-mini"), (UNKNOWN, "invented")] {
            assert_eq!(
                cost(provider, model, &Usage::new(1, 1), None, day()),
                Err(Unpriced::UnknownModel),
                "{provider}"
            );
        }
    }

    #[test]
    fn a_model_without_a_price_is_not_free_unless_its_name_says_so() {
        let usage = Usage::new(10, 10);
        assert_eq!(cost("github-copilot", "gpt-4o", &usage, None, day()), Err(Unpriced::NoPrice));
        assert_eq!(cost("openrouter", "deepseek/deepseek-r1:free", &usage, None, day()), Ok(Usd::ZERO));
    }

    #[test]
    fn the_conventions_names_of_providers_are_understood() {
        let usage = Usage::new(1_000_000, 0);
        let google = cost("google", "gemini-2.5-flash", &usage, None, day());
        assert!(google.is_ok());
        for alias in ["gemini", "gcp.gemini", "GCP.Vertex_AI"] {
            assert_eq!(cost(alias, "gemini-2.5-flash", &usage, None, day()), google, "{alias}");
        }
    }

    #[test]
    fn a_model_tells_its_provider() {
        assert_eq!(provider_of("claude-sonnet-4-5").as_deref(), Some("anthropic"));
        assert_eq!(provider_of("invented"), None);
    }
}
