//! The user's prices go above the table, a mistake in them changes nothing, and a running program can change them.

use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use taximeter::llm::{self, CostSource, PriceQuery, Priced, Unpriced};
use taximeter_tests::{Child, http, port, program, wait_for};

/// The prices belong to the process, so one test at a time; each begins and ends with the bundled table.
struct Alone(#[allow(dead_code)] MutexGuard<'static, ()>);

fn alone() -> Alone {
    static ONE: Mutex<()> = Mutex::new(());
    let guard = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    llm::reset_prices();
    Alone(guard)
}

impl Drop for Alone {
    fn drop(&mut self) {
        llm::reset_prices();
    }
}

fn chat(provider: &str, model: &str) -> Result<(String, CostSource), Unpriced> {
    chat_of(provider, model, model)
}

/// A million tokens in, half of them cached, and a million out, answered under another name.
fn chat_of(provider: &str, asked: &str, answered: &str) -> Result<(String, CostSource), Unpriced> {
    let body = json!({"model": answered, "usage": {
        "prompt_tokens": 1_000_000, "completion_tokens": 1_000_000, "prompt_tokens_details": {"cached_tokens": 500_000}
    }});
    let said = |priced: Priced| (priced.cost.to_string(), priced.source);
    PriceQuery::new(provider, asked).price(&body).map(said)
}

fn own(cost: &str) -> Result<(String, CostSource), Unpriced> {
    Ok((cost.to_owned(), CostSource::User))
}

fn listed(cost: &str) -> Result<(String, CostSource), Unpriced> {
    Ok((cost.to_owned(), CostSource::Table))
}

/// The example of the documentation.
fn documented() -> String {
    let page = include_str!("../../docs/prices.md");
    let after = page.split("```toml\n").nth(1).expect("an example");
    after.split("```").next().expect("its end").to_owned()
}

#[test]
fn the_documented_example_does_what_it_says() {
    let _alone = alone();
    assert_eq!(chat("openai", "house-model-2"), Err(Unpriced::UnknownModel));
    llm::set_prices(documented()).unwrap();

    assert_eq!(chat("openai", "house-model-2"), own("1.42")); // 0.5 x 0.40 + 0.5 x 0.04 + 1.20
    assert_eq!(chat("nobody-knows-it", "house-model-2"), own("1.42"));
    assert_eq!(chat("openai", "gpt-4o-mini-2024-07-18"), own("1.05")); // 0.5 x 0.12 + 0.5 x 0.06 + 0.96 for a long prompt
    assert_eq!(chat("azure", "gpt-4o-mini"), own("0.605625")); // the price is OpenAI's: 0.7125 x 0.85
    assert_eq!(chat("azure", "support-bot"), own("10.09375")); // (0.5 x 2.50 + 0.5 x 1.25 + 10) x 0.85
    assert_eq!(chat("openai", "support-bot"), Err(Unpriced::UnknownModel));
    let batch = PriceQuery::new("groq", "house-model-2").context("processing", "batch");
    let line = json!({"usage": {"prompt_tokens": 1_000_000, "completion_tokens": 1_000_000}});
    assert_eq!(batch.price(&line).map(|priced| priced.cost.to_string()), Ok("0.8".to_owned()));
    assert_eq!(llm::prices_date().map(|(date, _)| date).as_deref(), Some("2026-11-21"));
}

#[test]
fn the_rust_of_the_documentation_is_that_of_the_library() {
    let page = include_str!("../../docs/prices.md");
    for name in ["load_prices", "set_prices", "reset_prices"] {
        assert!(page.contains(&format!("taximeter::llm::{name}")), "{name}");
    }
}

#[test]
fn mistake_12_a_users_price_has_a_cache_price_too_and_no_token_is_charged_twice() {
    let _alone = alone();
    llm::set_prices("[models.\"openai/gpt-4o\"]\ninput = 2\ncache_read = 1\noutput = 8").unwrap();
    assert_eq!(chat("openai", "gpt-4o"), own("9.5")); // 0.5 x 2 + 0.5 x 1 + 8
}

#[test]
fn mistake_23_an_application_inference_profile_has_the_price_of_what_the_user_says_it_runs() {
    let _alone = alone();
    let arn = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2c3";
    let body = json!({"usage": {"inputTokens": 1_000, "outputTokens": 100, "totalTokens": 1_100}});
    let price = || PriceQuery::new("bedrock", arn).price(&body).map(|priced| priced.cost.to_string());
    assert_eq!(price(), Err(Unpriced::UnknownModel));
    llm::set_prices(documented()).unwrap();
    assert_eq!(price(), Ok("0.00495".to_owned())); // (1,000 x 3 + 100 x 15) x 1.1 in Europe
}

#[test]
fn a_zero_that_the_user_writes_is_a_price() {
    let _alone = alone();
    llm::set_prices("[models.free-model]\ninput = 0\noutput = 0").unwrap();
    assert_eq!(chat("groq", "free-model"), own("0"));
}

#[test]
fn what_the_user_names_no_price_for_is_unpriced() {
    let _alone = alone();
    llm::set_prices("[models.house]\ninput = 1").unwrap();
    assert_eq!(chat("openai", "house"), Err(Unpriced::NoPrice), "it has output");
}

#[test]
fn a_name_that_only_begins_like_the_users_model_is_not_it() {
    let _alone = alone();
    llm::set_prices("[models.house]\ninput = 1\noutput = 1").unwrap();
    assert_eq!(chat("openai", "house-2026-01-31"), own("2"));
    assert_eq!(chat("openai", "house-of-cards"), Err(Unpriced::UnknownModel));
}

#[test]
fn a_provider_that_nobody_else_knows_can_have_prices() {
    let _alone = alone();
    llm::set_prices(
        "[models.\"house/fast\"]\ninput = 1\noutput = 1\n[models.\"openai/gpt-4o\"]\ninput = 2\noutput = 2",
    )
    .unwrap();
    assert_eq!(chat("house", "fast"), own("2"));
    assert_eq!(chat("other", "fast"), Err(Unpriced::UnknownModel));
    assert_eq!(chat("openai", "openai/gpt-4o"), own("4"));
    assert_eq!(chat("litellm", "house/fast"), own("2"));
}

#[test]
fn what_the_user_called_a_model_counts_when_the_answer_names_nobody_knows_what() {
    let _alone = alone();
    llm::set_prices("[models.house]\ninput = 1\noutput = 1").unwrap();
    assert_eq!(chat_of("openai", "house", "llama-3-70b-q4"), own("2"));
    assert_eq!(chat_of("openai", "house", "gpt-4o-mini"), listed("0.7125"), "the answer knows better");
}

#[test]
fn a_mistake_changes_nothing_and_is_told_with_its_place() {
    let _alone = alone();
    llm::set_prices("[models.house]\ninput = 1\noutput = 1").unwrap();
    for (file, line, column) in [
        ("[models.house]\ninput = 2\noutput = -1", 3, 10),
        ("[models.house]\ninput = = 2", 2, 9),
        ("{\"models\": {\"house\": {\"input\": 2, \"outptu\": 3}}}", 1, 35),
        ("[{\"id\": \"openai\"}]", 1, 2),
    ] {
        let error = llm::set_prices(file).unwrap_err();
        assert_eq!((error.line(), error.column()), (Some(line), Some(column)), "{error}");
        assert_eq!(chat("openai", "house"), own("2"));
    }
    assert!(
        llm::load_prices("no/such/file.toml")
            .unwrap_err()
            .to_string()
            .starts_with("`no/such/file.toml`: cannot be read")
    );
    assert_eq!(chat("openai", "house"), own("2"));
}

#[test]
fn a_snapshot_takes_the_place_of_the_whole_table() {
    let _alone = alone();
    let snapshot = r#"[{"id": "openai", "name": "OpenAI", "models": [
        {"id": "gpt-9", "match": {"starts_with": "gpt-9"}, "prices": {"input_mtok": 1.5, "output_mtok": 6}}]}]"#;
    llm::set_prices(snapshot).unwrap();
    assert_eq!(chat("openai", "gpt-9-2027-01-31"), listed("7.5"));
    assert_eq!(chat("openai", "gpt-4o"), Err(Unpriced::UnknownModel));
    assert_eq!(llm::prices_date(), None, "nobody says how old it is");

    let folder = std::env::temp_dir().join(format!("taximeter-prices-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("table.json"), snapshot).unwrap();
    let file = folder.join("prices.toml");
    std::fs::write(&file, "date = \"2026-01-01\"\nsnapshot = \"table.json\"\n[multipliers]\nopenai = 0.5\n").unwrap();
    llm::load_prices(&file).unwrap();
    assert_eq!(chat("openai", "gpt-9"), own("3.75"));
    assert_eq!(llm::prices_date().map(|(date, _)| date).as_deref(), Some("2026-01-01"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn threads_that_price_see_the_old_prices_or_the_new_ones() {
    let _alone = alone();
    let file = |price: u64| format!("[models.house]\ninput = {price}\noutput = {price}");
    llm::set_prices(file(1)).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..500 {
                    let cost = chat("openai", "house").unwrap().0;
                    assert!(["2", "20"].contains(&cost.as_str()), "{cost}");
                }
            });
        }
        for turn in 0..100 {
            llm::set_prices(file(if turn % 2 == 0 { 10 } else { 1 })).unwrap();
        }
    });
}

fn serving(port: u16, file: &str) -> Child {
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_serving")));
    Child::start(command.env("PROMETHEUS_PORT", port.to_string()).env("TAXIMETER_PRICES", file))
}

fn health(port: u16) -> Value {
    wait_for("the port", || {
        let answer = http::get(port, "/healthz").ok()?;
        serde_json::from_str(&answer.body).ok()
    })
}

/// A file of this test with this content.
fn file(name: &str, content: &str) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("taximeter-{}-{name}", std::process::id()));
    std::fs::write(&path, content).unwrap();
    path
}

#[test]
fn mistake_29_the_age_of_the_table_can_be_seen() {
    let fresh = port::free_port();
    let _program = serving(fresh, "");
    assert_eq!(health(fresh)["prices"]["date"], "2026-10-26");

    let (old, path) = (port::free_port(), file("old.toml", "date = \"2020-02-29\""));
    let program = serving(old, &path.to_string_lossy());
    let health = health(old);
    assert_eq!(health["prices"]["date"], "2020-02-29");
    let warning = health["prices"]["warning"].as_str().expect("a warning");
    assert!(warning.starts_with("the price table is of 2020-02-29, "), "{warning}");
    wait_for("the warning in the log", || program.stdout().contains("the price table is of 2020-02-29").then_some(()));
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_price_file_with_a_mistake_is_one_warning_and_a_problem() {
    let (port, path) = (port::free_port(), file("bad.toml", "[models.house]\ninput = \"cheap\""));
    let program = serving(port, &path.to_string_lossy());
    let health = health(port);
    assert_eq!(health["status"], "degraded");
    assert_eq!(health["problems"][0]["area"], "prices");
    let message = health["problems"][0]["message"].as_str().expect("a message");
    let expected = "the price file of `TAXIMETER_PRICES` is not used: line 2, column 9: `cheap` is no price";
    assert!(message.starts_with(expected), "{message}");
    wait_for("the warning", || program.stdout().contains("line 2, column 9").then_some(()));
    std::fs::remove_file(path).unwrap();
}
