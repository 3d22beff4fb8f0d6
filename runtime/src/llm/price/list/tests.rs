//! The bundled table against its source: the data of `genai-prices`, and what that crate makes of it.
//!
//! A newer table: raise the version in `Cargo.toml` and here, run these tests with `TAXIMETER_BLESS=1`, look at the difference
//! in `runtime/data/prices.txt`, and say the new date in `BUNDLED_DATE`, which a test here compares.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use genai_prices::{Calculator, PriceRequest};

use super::table::{Table, day_of};
use super::{Ask, Cost, Usages, cost, snapshot, tree};
use crate::Usd;
use crate::llm::query::Unpriced;
use crate::llm::usage::Usage;

const HEADER: &str = "\
# The price table of genai-prices 0.2.1 (https://github.com/pydantic/genai-prices, commit 1964e1d; MIT, see LICENSE-genai-prices),
# with the lines of ours.txt. Written by a test, see runtime/src/llm/price/list/tests.rs; not to be edited.
";

/// Where cargo keeps the source of `genai-prices`.
fn source() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--offline", "--manifest-path"]);
    let output = cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).output().unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "genai-prices").unwrap();
    assert_eq!(package["version"], "0.2.1", "another snapshot has another date: see BUNDLED_DATE");
    PathBuf::from(package["manifest_path"].as_str().unwrap()).with_file_name("data/prices.json")
}

#[test]
fn the_bundled_table_is_that_of_genai_prices() {
    let json = std::fs::read_to_string(source()).unwrap();
    let table = snapshot::table(&tree::parse(&json).unwrap(), &Table::of(super::OURS)).unwrap();
    let text = table.lines().fold(HEADER.to_owned(), |text, line| text + line + "\n");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/prices.txt");
    if std::env::var_os("TAXIMETER_BLESS").is_some() {
        // The table is compiled in: the tests after this one see the new one when they are built again.
        std::fs::write(path, &text).unwrap();
    }
    let is_same = std::fs::read_to_string(path).unwrap() == text;
    assert!(is_same, "{path} is not the current table: run this test with TAXIMETER_BLESS=1");
}

#[test]
fn the_date_of_the_table_is_the_newest_on_which_its_source_compared_prices() {
    let json = std::fs::read_to_string(source()).unwrap();
    let dates =
        json.split("verified on ").skip(1).filter_map(|after| after.get(..10).filter(|date| day_of(date).is_some()));
    assert_eq!(dates.max(), Some(super::book::BUNDLED_DATE));
}

/// What we and the source make of the same usage.
fn both(
    provider: &str,
    model: &str,
    usage: &Usage,
    at: SystemTime,
    way: Option<(&str, &str)>,
) -> (Result<Usd, Unpriced>, Option<f64>) {
    let context: Vec<(String, String)> =
        way.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let ask = Ask { context: &context, ..Ask::about(provider, model, at) };
    let ours = cost(&ask, Usages { whole: usage, parts: &[] }).map(|Cost { cost, .. }| cost);
    let mut quantities = genai_prices::Usage::new();
    for (unit, quantity) in [
        ("input_tokens", usage.input_tokens),
        ("output_tokens", usage.output_tokens),
        ("cache_read_tokens", usage.cache_read_tokens),
        ("cache_write_tokens", usage.cache_write_tokens),
        ("cache_write_1h_tokens", usage.cache_write_1h_tokens),
        ("input_audio_tokens", usage.input_audio_tokens),
        ("output_audio_tokens", usage.output_audio_tokens),
        ("cache_audio_read_tokens", usage.cache_read_audio_tokens),
        ("input_image_tokens", usage.input_image_tokens),
        ("cache_image_read_tokens", usage.cache_read_image_tokens),
        ("output_image_tokens", usage.output_image_tokens),
        ("output_reasoning_tokens", usage.reasoning_tokens),
        ("web_searches", usage.web_searches),
        ("storage_searches", usage.file_searches),
    ] {
        quantities.insert(unit, quantity as f64);
    }
    let mut request = PriceRequest::new(model, &quantities).with_provider_id(provider).with_timestamp(at);
    if let Some((key, value)) = way {
        request = request.with_price_context(key, value);
    }
    (ours, Calculator::bundled().calculate(&request).ok().map(|price| price.total_price))
}

/// The names that a matching rule tells outright.
fn told<'a>(rule: &'a serde_json::Value, names: &mut Vec<&'a str>) {
    names.extend(rule["equals"].as_str());
    for rule in rule["or"].as_array().into_iter().flatten() {
        told(rule, names);
    }
}

fn is_near(ours: Usd, theirs: f64) -> bool {
    (ours.to_f64() - theirs).abs() <= 1e-11 + theirs * 1e-9
}

/// Every name that the source tells outright, and every way of processing that it has prices for.
#[test]
fn every_name_and_every_tier_of_the_source_costs_what_the_source_says() {
    let source: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(source()).unwrap()).unwrap();
    let at = UNIX_EPOCH + Duration::from_secs(1_795_219_200); // 2026-11-21
    let usage = Usage::new(345_678, 1_234).cache_read(1_000);
    let (mut compared, mut unknown, mut wrong) = (0, 0, Vec::new());
    let ours_alone =
        |id: &str, name: &str| super::OURS.lines().any(|line| line.starts_with(&format!("{id}\t{name}\t")));
    for provider in source.as_array().unwrap().iter().filter(|provider| provider["id"] != "deepseek") {
        let id = provider["id"].as_str().unwrap();
        // Fireworks charges half for a cached token where the source says nothing.
        let usage = if id == "fireworks" { Usage::new(345_678, 1_234) } else { usage.clone() };
        for model in provider["models"].as_array().unwrap() {
            let mut names = vec![model["id"].as_str().unwrap()];
            told(&model["match"], &mut names);
            let variants = model["price_variants"].as_array().into_iter().flatten();
            let ways = variants.filter_map(|variant| variant["when"].as_object()?.iter().next());
            let ways: Vec<_> = ways.map(|(key, value)| Some((key.as_str(), value.as_str().unwrap()))).collect();
            names.retain(|name| !ours_alone(id, name));
            for (name, way) in names.iter().flat_map(|name| ways.iter().chain([&None]).map(move |way| (name, *way))) {
                match both(id, name, &usage, at, way) {
                    (Ok(ours), Some(theirs)) if is_near(ours, theirs) => compared += 1,
                    (Err(Unpriced::NoPrice), Some(_)) | (Err(Unpriced::UnknownModel), None) => unknown += 1,
                    // The source does not know its own names, unless a rule tells them.
                    (Ok(_), None) if model["id"] == **name => unknown += 1,
                    (ours, theirs) => wrong.push(format!("{id}/{name} {way:?}: {ours:?} {theirs:?}")),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {compared} ({unknown} unknown):\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 3_500, "{compared}");
}

/// Each model of the source by its own id: the prices of today and of some days before, for short prompts and long ones.
#[test]
fn every_model_of_the_source_costs_what_the_source_says() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for provider in Calculator::bundled().providers().filter(|provider| provider.id() != "deepseek") {
        for model in provider.models() {
            for date in ["2025-03-01", "2026-11-21", "2027-02-01"] {
                let at =
                    UNIX_EPOCH + Duration::from_secs(u64::try_from(day_of(date).unwrap()).unwrap() * 86_400 + 40_000);
                for usage in [
                    Usage::new(1_234, 567),
                    Usage::new(345_678, 91),
                    Usage::new(5_000, 100).cache_read(1_000).reasoning(60),
                ] {
                    let (ours, theirs) = both(provider.id(), model.id(), &usage, at, None);
                    let (Ok(ours), Some(theirs)) = (ours, theirs) else { continue };
                    compared += 1;
                    if !is_near(ours, theirs) {
                        wrong.push(format!(
                            "{}/{} on {date}: {ours} {theirs} for {usage:?}",
                            provider.id(),
                            model.id()
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 18_000, "{compared}");
}
