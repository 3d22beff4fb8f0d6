//! What holds of every price.

use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;

use super::{Ask, Usages, cost, tree, user};
use crate::Usd;
use crate::llm::query::Unpriced;
use crate::llm::usage::{Part, Usage};

/// Models whose prices are of different kinds: flat, by the length of the prompt, by modality, by the hour, in a region.
const MODELS: [(&str, &str); 10] = [
    ("openai", "gpt-4o-mini"),
    ("openai", "gpt-5.4"),
    ("openai", "gpt-realtime"),
    ("openai", "gpt-6-sol"),
    ("anthropic", "claude-sonnet-4-5"),
    ("anthropic", "claude-haiku-5-5"),
    ("gemini", "gemini-2.5-pro"),
    ("bedrock", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("deepseek", "deepseek-v4-pro"),
    ("mistral", "voxtral-small-2507"),
];

fn price(model: (&str, &str), usage: &Usage, parts: &[Part], context: &[(String, String)]) -> Result<Usd, Unpriced> {
    // 2026-11-20 02:00 UTC, a busy hour in Beijing.
    let at = UNIX_EPOCH + Duration::from_secs(1_795_140_000);
    let ask = Ask { context, ..Ask::about(model.0, model.1, at) };
    cost(&ask, Usages { whole: usage, parts }).map(|cost| cost.cost)
}

/// A usage whose parts fit into their totals, with any numbers below a billion.
fn usages() -> impl Strategy<Value = Usage> {
    let count = || prop_oneof![3 => 0_u64..5_000, 1 => 0_u64..1_000_000_000];
    (proptest::collection::vec(count(), 9), 0_u64..100).prop_map(|(counts, searches)| {
        let [text, audio, read, write, hour, read_audio, output, reasoning, spoken] = counts[..] else {
            unreachable!()
        };
        Usage {
            input_tokens: text + audio + read + write + read_audio,
            input_audio_tokens: audio + read_audio,
            cache_read_tokens: read + read_audio,
            cache_read_audio_tokens: read_audio,
            cache_write_tokens: write,
            cache_write_1h_tokens: hour.min(write),
            output_tokens: output + reasoning + spoken,
            reasoning_tokens: reasoning,
            output_audio_tokens: spoken,
            web_searches: searches,
            ..Usage::default()
        }
    })
}

/// Values of JSON with texts and numbers of all kinds.
fn jsons() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        ".{0,12}".prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            proptest::collection::vec((".{0,6}", inner), 0..6)
                .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn models() -> impl Strategy<Value = (&'static str, &'static str)> {
    proptest::sample::select(MODELS.to_vec())
}

proptest! {
    /// Each kind of token at its own price, in integers: gpt-4o-mini in pico-dollars a token, for any count at all.
    #[test]
    fn a_cost_is_that_of_the_integer_oracle(fresh: u64, read: u64, output: u64) {
        let Some(input) = fresh.checked_add(read) else { return Ok(()) };
        let oracle = u128::from(fresh) * 150_000 + u128::from(read) * 75_000 + u128::from(output) * 600_000;
        let usage = Usage::new(input, output).cache_read(read);
        prop_assert_eq!(price(MODELS[0], &usage, &[], &[]), Ok(Usd::from_pico_dollars(oracle)));
    }

    /// The same in Europe, where a multiplier leaves fractions of pico-dollars: they are rounded once, half up.
    #[test]
    fn a_multiplier_is_applied_to_the_sum(input in 0_u64..1 << 60, output in 0_u64..1 << 60) {
        let context = [("data_residency".to_owned(), "eu".to_owned())];
        let usage = Usage::new(input, output);
        let sum = u128::from(input) * 1_100_000 + u128::from(output) * 4_400_000; // o4-mini
        let oracle = Usd::from_pico_dollars((sum * 11 + 5) / 10);
        prop_assert_eq!(price(("azure", "o4-mini"), &usage, &[], &context), Ok(oracle));
    }

    /// What is charged apart costs the sum of what each part costs alone.
    #[test]
    fn the_sum_of_the_parts_is_the_whole(model in models(), parts in proptest::collection::vec(usages(), 1..5)) {
        let mut whole = Usage::default();
        parts.iter().for_each(|part| whole.add(part));
        let alone: Result<Vec<Usd>, Unpriced> = parts.iter().map(|part| price(model, part, &[], &[])).collect();
        let parts: Vec<Part> = parts.into_iter().map(|usage| Part { model: None, usage }).collect();
        prop_assert_eq!(price(model, &whole, &parts, &[]), alone.map(|costs| costs.into_iter().sum()));
    }

    /// More of anything never costs less.
    #[test]
    fn a_price_rises_with_each_count(model in models(), usage in usages(), more in 1_u64..100_000, which in 0_usize..8) {
        let mut larger = usage.clone();
        match which {
            0 => larger.input_tokens += more,
            1 => (larger.input_tokens, larger.cache_read_tokens) = (usage.input_tokens + more, usage.cache_read_tokens + more),
            2 => (larger.input_tokens, larger.cache_write_tokens) = (usage.input_tokens + more, usage.cache_write_tokens + more),
            3 => (larger.input_tokens, larger.input_audio_tokens) = (usage.input_tokens + more, usage.input_audio_tokens + more),
            4 => larger.output_tokens += more,
            5 => (larger.output_tokens, larger.reasoning_tokens) = (usage.output_tokens + more, usage.reasoning_tokens + more),
            6 => larger.web_searches += more,
            _ => larger.cache_write_1h_tokens = usage.cache_write_tokens,
        }
        if let (Ok(less), Ok(more)) = (price(model, &usage, &[], &[]), price(model, &larger, &[], &[])) {
            prop_assert!(less <= more, "{less} {more}");
        }
    }

    /// No text hurts the reader of price files, and what serde_json writes it reads.
    #[test]
    fn any_text_is_read_safely(text in ".{0,80}", json in jsons()) {
        let _ = user::parse(text.as_bytes(), Path::new("."));
        let _ = user::parse(format!("[models]\n{text}").as_bytes(), Path::new("."));
        let _ = user::parse(format!("{{{text}").as_bytes(), Path::new("."));
        let written = serde_json::to_string_pretty(&serde_json::json!({ "root": json })).unwrap();
        prop_assert_eq!(tree::parse(&written).map(|_| ()), Ok(()), "{}", written);
    }

    /// Nobody's name of a model makes a search panic, or finds what is not there.
    #[test]
    fn any_name_is_looked_up_safely(provider in ".{0,20}", model in ".{0,60}") {
        let _ = price((&provider, &model), &Usage::new(1, 1), &[], &[]);
        let invented = format!("gpt-4o-mini-{model}x");
        prop_assert_eq!(price(("openai", &invented), &Usage::new(1, 1), &[], &[]), Err(Unpriced::UnknownModel));
    }
}
