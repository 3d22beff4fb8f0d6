//! What holds however much is recorded: exact sums, and a bounded page.

use std::collections::HashSet;

use serde_json::json;
use taximeter::llm::{self, PriceQuery, Usage};
use taximeter::{Usd, llm_cost};
use taximeter_tests::numbers::page;

/// Dollars as they stand on the page, summed as whole pico-dollars.
fn spent(feature: &str) -> Usd {
    let page = page();
    let mine = page.samples_of("llm_cost_usd_total").filter(|(series, _)| series.label("feature") == Some(feature));
    mine.map(|(_, dollars)| dollars.to_string().parse::<Usd>().expect("an amount")).sum()
}

#[test]
fn two_hundred_thousand_costs_of_four_threads_sum_exactly_on_the_page() {
    const THREADS: u64 = 4;
    const CALLS: u64 = 20;
    const REPORTS: u64 = 2_500;

    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "many")]
    fn ask(first: u64) -> u64 {
        // Each answer says what it cost: 1 to 2,500 pico-dollars.
        for number in first..first + REPORTS {
            let cost = Usd::from_pico_dollars(u128::from(number % REPORTS + 1));
            assert!(llm::report(&llm::Reading::new(Usage::new(1, 1)).cost(cost)));
        }
        first
    }
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| (0..CALLS).for_each(|call| _ = ask(call * REPORTS)));
        }
    });
    // 80 times the sum of 1 to 2,500
    let oracle = u128::from(THREADS * CALLS * (REPORTS * (REPORTS + 1) / 2));
    assert_eq!(oracle, 250_100_000);
    assert_eq!(spent("many"), Usd::from_pico_dollars(oracle));
    let requests = page().samples_of("llm_requests_total").map(|(_, count)| count).sum::<f64>();
    assert_eq!(requests, 200_000.0);
}

#[test]
fn invented_names_of_models_leave_the_page_bounded_and_the_sums_exact() {
    #[llm_cost(model = "auto", provider = "openai", feature = "hostile")]
    fn ask(number: u32) -> serde_json::Value {
        json!({
            "model": format!("invented-{number}"), "id": format!("chatcmpl-{number}"),
            "usage": {"prompt_tokens": 3, "completion_tokens": 2, "cost": 0.000_001}
        })
    }
    (0..20_000).for_each(|number| drop(ask(number)));
    let page = page();
    for (family, sum) in [("llm_requests_total", 20_000.0), ("llm_tokens_total", 100_000.0)] {
        let series: Vec<_> = page.samples_of(family).collect();
        assert!(series.len() <= 2_002, "{family} has {} series", series.len());
        assert_eq!(series.iter().map(|(_, value)| value).sum::<f64>(), sum, "{family}");
    }
    // 20,000 millionths
    assert_eq!(spent("hostile") + spent("other"), "0.02".parse().expect("an amount"));
    let models: HashSet<_> =
        page.samples_of("llm_cost_usd_total").filter_map(|(series, _)| series.label("model")).collect();
    assert!(models.contains("other"), "{} models", models.len());
}

#[test]
fn every_reason_of_an_unpriced_request_is_told() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "reasons")]
    fn ask(answer: &serde_json::Value) -> &serde_json::Value {
        answer
    }
    let usage = json!({"prompt_tokens": 1, "completion_tokens": 1});
    for (answer, reason) in [
        (json!({"model": "gpt-4o-mini"}), "no_usage"),
        (json!({"model": "gpt-4o-mini", "usage": {"prompt_tokens": -1, "completion_tokens": 1}}), "bad_usage"),
        (json!({"model": "invented", "usage": usage}), "unknown_model"),
    ] {
        ask(&answer);
        let model = answer["model"].as_str().expect("it names one");
        let series = format!("llm_unpriced_requests_total{{provider=\"openai\",model={model:?},reason={reason:?}}}");
        assert_eq!(page().value(&series), Some(1.0), "{series}");
        assert!(PriceQuery::new("openai", "gpt-4o-mini").price(&answer).is_err());
    }
}
