//! What an answer cost, by the price lists of the providers: cases computed by hand, whose arithmetic stands beside them.
//!
//! The cases are in `tests/prices/*.json`: the provider's body, quantity times price for each line of the bill, and the sum.
//! A price is the one of the provider's page, not of our table.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use taximeter::Usd;
use taximeter::llm::{CostSource, PriceQuery, Priced, Unpriced};

/// The cases of all files, by file and name.
fn cases() -> BTreeMap<(String, String), Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("prices");
    let mut cases = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("the folder of the cases") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a file");
        let file: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let family = path.file_stem().expect("a name").to_string_lossy().into_owned();
        for case in file["cases"].as_array().expect("a list of cases") {
            let name = case["name"].as_str().expect("a name").to_owned();
            let twin = cases.insert((family.clone(), name.clone()), case.clone());
            assert!(twin.is_none(), "{family}: two cases are called {name:?}");
        }
    }
    cases
}

/// A date `2026-11-21` (at noon) or a time `2026-11-21T02:00:00Z`.
fn time(text: &str) -> SystemTime {
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<i64>().ok());
    let (year, month, day) = (number(0..4).unwrap(), number(5..7).unwrap(), number(8..10).unwrap());
    let hour = if text.len() == 10 { 12 } else { number(11..13).unwrap() };
    // Days from the civil calendar, by counting.
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let months = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let years: i64 = (1970..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
    let before: i64 = months.iter().take(usize::try_from(month - 1).unwrap()).sum();
    let leap_day = i64::from(month > 2 && is_leap(year));
    let days = years + before + leap_day + day - 1;
    UNIX_EPOCH + Duration::from_secs(u64::try_from(days * 86_400 + hour * 3_600).unwrap())
}

fn query(case: &Value) -> PriceQuery {
    let text = |name: &str| case[name].as_str().unwrap_or_else(|| panic!("{name} of {case}"));
    let mut query = PriceQuery::new(text("provider"), text("model")).at(time(text("at")));
    if let Some(api) = case["api"].as_str() {
        query = query.api(api);
    }
    for (key, value) in case["context"].as_object().into_iter().flatten() {
        query = query.context(key, value.as_str().expect("a text"));
    }
    query
}

fn price(case: &Value) -> Result<Priced, Unpriced> {
    query(case).price(&case["body"])
}

/// The digits of a decimal as a whole number, and how many of them stand after the point.
fn decimal(text: &str) -> (i128, u32) {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    (format!("{whole}{fraction}").parse().expect("a decimal"), fraction.len() as u32)
}

/// The sum of the lines in pico-dollars, as a bill would add it up: exact, and rounded half up once.
fn sum(lines: &[Value]) -> u128 {
    // Every line times this is a whole number of pico-dollars.
    const PARTS: i128 = 3_600_000 * 1_000_000;
    let mut total = 0_i128;
    for line in lines {
        let (price, price_digits) = decimal(line["price"].as_str().expect("a price"));
        let (times, times_digits) = decimal(line["times"].as_str().unwrap_or("1"));
        let per: i128 = match line["per"].as_str().expect("per what") {
            "M" => 1_000_000,
            "k" => 1_000,
            "min" => 60_000,
            "h" => 3_600_000,
            "1" => 1,
            other => panic!("per {other:?}"),
        };
        let quantity = i128::from(line["quantity"].as_u64().expect("a quantity"));
        let product = quantity * price * times * PARTS * 1_000_000_000_000;
        let divisor = per * 10_i128.pow(price_digits + times_digits);
        assert_eq!(product % divisor, 0, "{line}");
        total += product / divisor;
    }
    u128::try_from((total + PARTS / 2) / PARTS).expect("no negative amount")
}

#[test]
fn the_sum_of_a_cases_lines_is_its_cost() {
    for ((family, name), case) in cases() {
        let Some(cost) = case["cost"].as_str() else { continue };
        let lines = case["lines"].as_array().expect("lines");
        assert_eq!(cost.parse::<Usd>().expect("an amount").pico_dollars(), sum(lines), "{family}: {name}");
    }
}

#[test]
fn every_case_costs_what_the_price_list_says() {
    let cases = cases();
    let mut wrong = Vec::new();
    for ((family, name), case) in &cases {
        let found = price(case).map(|priced| priced.cost.to_string()).map_err(|reason| format!("{reason:?}"));
        let expected = match case["cost"].as_str() {
            Some(cost) => Ok(cost.to_owned()),
            None => Err(case["unpriced"].as_str().expect("a reason").to_owned()),
        };
        if found != expected {
            wrong.push(format!("{family}: {name}: {found:?} instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn there_are_cases_for_every_provider() {
    let cases = cases();
    assert!(cases.len() >= 100, "{}", cases.len());
    let providers: Vec<&str> = cases.values().filter_map(|case| case["provider"].as_str()).collect();
    for provider in [
        "openai",
        "azure",
        "anthropic",
        "gemini",
        "vertex_ai",
        "bedrock",
        "mistral",
        "cohere",
        "deepseek",
        "xai",
        "groq",
        "openrouter",
        "together",
        "fireworks",
        "perplexity",
        "ollama",
    ] {
        assert!(providers.contains(&provider), "{provider}");
    }
}

#[test]
fn the_provider_goes_before_the_table() {
    let cases = cases();
    let source = |name: &str| price(&cases[&("others".to_owned(), name.to_owned())]).map(|priced| priced.source);
    assert_eq!(source("openrouter says what it charges"), Ok(CostSource::Provider));
    assert_eq!(source("grok 3"), Ok(CostSource::Table));
    assert_eq!(source("a model on one's own machine costs nothing"), Ok(CostSource::Table));
}

/// The cost of the case of this name.
#[track_caller]
fn check(family: &str, name: &str) {
    let cases = cases();
    let case = &cases[&(family.to_owned(), name.to_owned())];
    let cost = case["cost"].as_str().ok_or(case["unpriced"].as_str().unwrap_or_default());
    let found = price(case).map(|priced| priced.cost.to_string()).map_err(|reason| format!("{reason:?}"));
    assert_eq!(found.as_deref().map_err(String::as_str), cost, "{name}");
}

/// Mistakes that other tools made with prices, each by its number in the list of known problems: the case of that name.
macro_rules! mistakes {
    ($($family:literal $name:ident)*) => {
        $(#[test]
        fn $name() {
            check($family, stringify!($name));
        })*
    };
}

mistakes! {
    "openai" mistake_1_the_cached_part_of_the_prompt_is_subtracted_once
    "gemini" mistake_2_the_cached_part_of_a_gemini_prompt_is_subtracted_once
    "anthropic" mistake_3_the_cache_write_is_charged_once
    "anthropic" mistake_4_a_write_costs_a_quarter_more_and_a_read_a_tenth
    "anthropic" mistake_5_read_and_write_in_one_answer
    "gemini" mistake_6_implicit_cached_tokens_without_details
    "openai" mistake_7_tokens_written_to_the_cache
    "openai" mistake_7_tokens_written_to_the_cache_of_a_response_on_the_flex_tier
    "others" mistake_8_the_cached_part_of_a_grok_prompt
    "others" mistake_9_cached_tokens_on_fireworks_cost_half_unless_the_model_says_otherwise
    "openai" mistake_10_tier_long_prompt_and_cache_at_once
    "openai" mistake_11_a_long_prompt_makes_cache_writes_dearer_too
    "gemini" mistake_18_gemini_is_charged_by_tokens_and_not_by_characters
    "anthropic" mistake_26_a_long_cached_prompt_is_not_42_times_as_dear
    "bedrock" mistake_27_the_completion_is_not_the_total_without_the_prompt
    "others" mistake_33_cached_tokens_do_not_have_the_full_price
    "bedrock" mistake_39_an_application_profile_names_no_model
    "bedrock" mistake_40_models_of_openai_count_the_cache_as_input
    "others" mistake_42_a_key_of_ones_own_adds_what_the_upstream_charges
    "others" mistake_42_without_a_key_of_ones_own_the_upstream_is_in_the_charge
}

#[test]
fn a_price_ten_million_times_is_exact() {
    let body = json!({"model": "gpt-4o-mini", "usage": {
        "prompt_tokens": 2_006, "completion_tokens": 300, "prompt_tokens_details": {"cached_tokens": 1_920}
    }});
    let one = PriceQuery::new("openai", "gpt-4o-mini").at(time("2026-06-01")).price(&body).expect("a price").cost;
    let whole: Usd = std::iter::repeat_n(one, 10_000_000).sum();
    assert_eq!(whole.to_string(), "3369"); // 0.0003369 each; ten million additions of the float are off
    assert_eq!(Some(whole), one.checked_mul(10_000_000));
}

#[test]
fn a_price_is_that_of_the_calls_own_day() {
    let cost = |day: &str| {
        let body = json!({"usageMetadata": {"promptTokenCount": 1_000_000, "candidatesTokenCount": 0}});
        PriceQuery::new("gemini", "gemini-3.8-flash").at(time(day)).price(&body).expect("a price").cost.to_string()
    };
    assert_eq!(cost("2026-11-21"), "0.75");
    assert_eq!(cost("2027-01-01"), "1.5", "announced for the new year");
}

#[test]
fn an_invented_model_has_no_price() {
    for (provider, model) in [
        ("openai", "gpt-4o-mini-invented"),
        ("openai", "gpt-4o-minix"),
        ("openai", "gpt-4o-2024-13-45"),
        ("openai", "o3-mini-ultra"),
        ("openai", "text-moderation-of-mine"),
        ("anthropic", "claude-sonnet-4-5-foo"),
        ("anthropic", "claude-3-haiku-turbo"),
        ("anthropic", "claude-2x"),
        ("gemini", "gemini-2.5-pro-max"),
        ("gemini", "my-gemini-1.5-pro"),
        ("bedrock", "amazon.nova-lite-ultra-v1:0"),
        ("bedrock", "xx.anthropic.claude-haiku-4-5-20251001-v1:0"),
        ("cohere", "command-light-invented"),
        ("deepseek", "deepseek-v4-proximate"),
        ("mistral", "magistral-small-x"),
        ("azure", "my-o4-mini-deployment"),
        ("cerebras", "cerebras/gpt-oss-120b-fast"),
        ("", "gpt-4o-mini-invented"),
        ("litellm", "openai/gpt-4o-mini-invented"),
        ("openai", ""),
    ] {
        let body = json!({"model": model, "usage": {"prompt_tokens": 1, "completion_tokens": 1}});
        let found = PriceQuery::new(provider, model).price(&body);
        assert_eq!(found, Err(Unpriced::UnknownModel), "{provider} {model}");
    }
}

#[test]
fn dates_versions_and_real_aliases_have_the_price_of_their_model() {
    for (provider, name, model) in [
        ("openai", "gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("openai", "GPT-4o-Mini", "gpt-4o-mini"),
        ("openai", "gpt-4o-audio-preview-2024-12-17", "gpt-4o-audio-preview"),
        ("anthropic", "claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("anthropic", "claude-haiku-4-5@20251001", "claude-haiku-4-5"),
        ("anthropic", "claude-3-7-sonnet-20250219", "claude-3-7-sonnet-latest"),
        ("gemini", "gemini-2.5-pro-preview-05-06", "gemini-2.5-pro"),
        ("gemini", "models/gemini-2.0-flash-001", "gemini-2.0-flash"),
        ("vertex_ai", "claude-opus-4-5@20251101", "claude-opus-4-5"),
        ("bedrock", "anthropic.claude-3-haiku-20240307-v1:0:200k", "anthropic.claude-3-haiku-20240307-v1:0"),
        ("mistral", "mistral/mistral-large-2411", "mistral-large-2411"),
        ("xai", "grok-4", "grok-4-0709"),
        ("openrouter", "openai/gpt-4o-mini", "openai/gpt-4o-mini"),
    ] {
        let body = json!({"usage": {"prompt_tokens": 1_000_000, "completion_tokens": 1_000}});
        let cost = |model: &str| {
            PriceQuery::new(provider, model).at(time("2026-11-01")).price(&body).map(|priced| priced.cost)
        };
        assert!(cost(model).is_ok(), "{provider} {model}: {:?}", cost(model));
        assert_eq!(cost(name), cost(model), "{provider} {name}");
    }
}

#[test]
fn the_names_of_the_conventions_are_understood() {
    for (alias, provider, model) in [
        ("aws.bedrock", "bedrock", "amazon.nova-lite-v1:0"),
        ("az.ai.openai", "azure", "gpt-4o"),
        ("azure.ai.inference", "azure", "gpt-4o"),
        ("azure.ai.openai", "azure", "gpt-4o"),
        ("gcp.gemini", "gemini", "gemini-2.5-flash"),
        ("GCP.Vertex_AI", "vertex_ai", "gemini-2.5-flash"),
        ("gcp.gen_ai", "google", "gemini-2.5-flash"),
        ("mistral_ai", "mistral", "mistral-large-2411"),
        ("moonshot_ai", "moonshotai", "kimi-k2"),
        ("x_ai", "xai", "grok-4"),
    ] {
        let body = json!({"usage": {"prompt_tokens": 1_000_000, "completion_tokens": 1_000}});
        let cost = |provider: &str| PriceQuery::new(provider, model).price(&body).map(|priced| priced.cost);
        assert!(cost(provider).is_ok(), "{provider} {model}");
        assert_eq!(cost(alias), cost(provider), "{alias}");
    }
}
