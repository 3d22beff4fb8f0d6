//! Language models: what they cost, what they may cost, and the names of their telemetry.

use std::fs;

use taximeter_tests::temporary::Folder;

use crate::{Ran, both, by_default, ran};

/// What a million tokens cost.
fn cost(ran: &Ran) -> f64 {
    // Those of requests that fail begin at zero as well.
    let is_it = |line: &&str| line.starts_with("llm_cost_usd_total{") && line.contains("status=\"success\"");
    let line = ran.stderr.lines().find(|line| is_it(line) && line.contains("gpt-4o-mini"));
    let line = line.unwrap_or_else(|| panic!("no cost: {}", ran.stderr));
    line.rsplit(' ').next().and_then(|cost| cost.parse().ok()).expect("a number")
}

#[test]
fn default_of_prices() {
    assert_eq!(cost(&by_default(&["ask", "page"])), 0.15);
}

#[test]
fn prices_is_seen() {
    let folder = Folder::new("prices");
    let (ours, other) = (folder.path().join("ours.toml"), folder.path().join("other.toml"));
    fs::write(&ours, "[models.gpt-4o-mini]\ninput = 7\noutput = 7\n").expect("a file");
    fs::write(&other, "[models.gpt-4o-mini]\ninput = 9\noutput = 9\n").expect("a file");
    let (ours, other) = (ours.display().to_string(), other.display().to_string());
    for ran in both(&format!("prices={ours}"), ("TAXIMETER_PRICES", &ours), &other, &["ask", "page"]) {
        assert_eq!(cost(&ran), 7.0);
    }
}

#[test]
fn default_of_budget() {
    assert!(!by_default(&["ask", "page"]).stderr.contains("llm_budget_usd{"));
}

#[test]
fn budget_is_seen() {
    let said = by_default(&["budget=25 USD", "ask", "page"]).stderr;
    for (name, value) in [("llm_budget_usd", " 25"), ("llm_budget_spent_usd", " 0.15")] {
        let line = said.lines().find(|line| line.starts_with(&format!("{name}{{budget=\"answers\"")));
        assert!(line.is_some_and(|line| line.ends_with(value)), "{line:?}");
    }
}

/// The newest conventions come with metrics of their own.
fn has_new_metrics(ran: &Ran) -> bool {
    ran.stderr.contains("gen_ai_client_inference_duration_seconds_count{")
}

#[test]
fn default_of_latest_conventions() {
    assert!(!has_new_metrics(&by_default(&["ask", "page"])));
}

#[test]
fn latest_conventions_is_seen() {
    let variable = ("OTEL_SEMCONV_STABILITY_OPT_IN", "gen_ai_latest_experimental");
    assert!(has_new_metrics(&ran(&[variable], &["ask", "page"])));
}
