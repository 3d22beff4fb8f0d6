//! What the tests of the client types share.

use serde_json::Value;
use taximeter::llm::{LlmResponse, PriceQuery};

/// The client's type, parsed from the body that its provider sends.
pub fn typed<T: serde::de::DeserializeOwned>(body: &Value) -> T {
    serde_json::from_value(body.clone()).unwrap_or_else(|error| panic!("{error}: {body}"))
}

/// What an answer cost, as text.
pub fn priced(provider: &str, model: &str, answer: &impl LlmResponse) -> String {
    let priced = PriceQuery::new(provider, model).price_reading(&answer.reading());
    priced.map_or_else(|reason| reason.to_string(), |priced| priced.cost.to_string())
}

/// The examples of the page about clients.
#[doc = include_str!("../../docs/clients.md")]
#[cfg(doctest)]
pub struct Page;
