//! What a provider itself says that a request cost. It knows best: discounts, routing and fees are in it.

use serde_json::{Number, Value};

use super::money::{self, Usd};

/// xAI charges in ticks of 10⁻¹⁰ USD (API reference, 2026-11).
const PICO_DOLLARS_A_TICK: u128 = 100;

/// The charge that an answer carries, if its provider puts one there.
///
/// - OpenRouter: `usage.cost`, and what the upstream provider charges to a key of the caller's own, which comes on top of
///   it only when `is_byok` says so (API reference, 2026-11).
/// - xAI: `usage.cost_in_usd_ticks`.
/// - Perplexity: `usage.cost.total_cost`.
pub(super) fn cost(body: &Value) -> Option<Usd> {
    let usage = body.get("usage")?;
    if let Some(ticks) = usage.get("cost_in_usd_ticks").and_then(Value::as_u64) {
        return Some(Usd::from_pico_dollars(u128::from(ticks) * PICO_DOLLARS_A_TICK));
    }
    match usage.get("cost")? {
        Value::Number(charged) => {
            let charged = decimal(charged)?;
            match usage.get("is_byok").and_then(Value::as_bool) {
                // What the upstream provider charges is then a part of the cost. Without it the cost is not known.
                Some(true) => {
                    Some(charged + decimal(usage.pointer("/cost_details/upstream_inference_cost")?.as_number()?)?)
                }
                _ => Some(charged),
            }
        }
        Value::Object(parts) => decimal(parts.get("total_cost")?.as_number()?),
        _ => None,
    }
}

/// The exact amount of a JSON number, rounded half up where it has more than twelve decimals; `None` for less than
/// nothing.
///
/// The number is read as its decimal text. As a float it would already be another one.
fn decimal(number: &Number) -> Option<Usd> {
    money::scaled(&number.to_string(), 12).map(Usd::from_pico_dollars)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn usd(text: &str) -> Option<Usd> {
        text.parse().ok()
    }

    #[test]
    fn each_provider_says_it_in_its_own_way() {
        assert_eq!(cost(&json!({"usage": {"cost": 0.00014}})), usd("0.00014"));
        assert_eq!(cost(&json!({"usage": {"cost_in_usd_ticks": 158_500}})), usd("0.00001585"));
        assert_eq!(cost(&json!({"usage": {"cost": {"input_tokens_cost": 0.1, "total_cost": 0.006}}})), usd("0.006"));
        assert_eq!(cost(&json!({"usage": {"prompt_tokens": 1}})), None);
        assert_eq!(cost(&json!({"usage": {"cost": null}})), None);
    }

    #[test]
    fn what_the_upstream_provider_charges_counts_only_for_a_key_of_ones_own() {
        let details = json!({"upstream_inference_cost": 0.002});
        let own = json!({"usage": {"cost": 0.0001, "is_byok": true, "cost_details": details}});
        let theirs = json!({"usage": {"cost": 0.002, "is_byok": false, "cost_details": details}});
        assert_eq!((cost(&own), cost(&theirs)), (usd("0.0021"), usd("0.002")));
        assert_eq!(cost(&json!({"usage": {"cost": 0, "is_byok": true}})), None, "a fee of zero is not a cost of zero");
    }

    #[test]
    fn a_number_is_its_decimal_text() {
        for (number, amount) in [
            (json!(0.1), "0.1"),
            (json!(1e-7), "0.0000001"),
            (json!(2.5e-12), "0.000000000003"),
            (json!(4.9e-13), "0"),
            (json!(3), "3"),
            (json!(1.25e3), "1250"),
            (json!(1e-300), "0"),
        ] {
            assert_eq!(decimal(number.as_number().unwrap()), usd(amount), "{number}");
        }
        for no_amount in [json!(-0.1), json!(-3), json!(1e40)] {
            assert_eq!(decimal(no_amount.as_number().unwrap()), None, "{no_amount}");
        }
    }
}
