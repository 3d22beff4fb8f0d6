//! What an answer cost, by the price lists of the providers: cases computed by hand, whose arithmetic stands beside them.
//!
//! The cases are in `tests/prices/*.json`: the provider's body, quantity times price for each line of the bill, and the sum.
//! A price is the one of the provider's page, not of our table.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
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
