//! What a scrape of the quickstart says: every number of the calls that were made, read by a real Prometheus.

use taximeter_tests::{BOUND, Child, Page, Prometheus, http, port, program, prometheus, wait, wait_for};

const ROUND_FINISHED: &str = "round finished";

/// The quickstart, serving on a port of its own.
struct Quickstart {
    process: Child,
    port: u16,
}

impl Quickstart {
    /// Starts it and waits for the end of its first round.
    fn after_a_round() -> Self {
        let port = port::free_port();
        let mut command = program::example("quickstart");
        let process = Child::start(command.env("PROMETHEUS_PORT", port.to_string()));
        let quickstart = Self { process, port };
        wait_for("the first round to finish", || quickstart.rounds());
        quickstart
    }

    /// How many rounds have finished, if none is under way.
    fn rounds(&self) -> Option<usize> {
        let log = self.process.stdout();
        let resting = log.lines().last().is_some_and(|line| line.contains(ROUND_FINISHED));
        resting.then(|| log.matches(ROUND_FINISHED).count())
    }

    fn text(&self) -> String {
        http::get(self.port, "/metrics").expect("the quickstart serves its metrics").body
    }

    /// Between two rounds the page says what `round` says, as many times as there were rounds.
    fn assert_shows(&self, round: &str) {
        let mut differences = Vec::new();
        let agreed = wait::wait_at_most(BOUND, || {
            let rounds = self.rounds()?;
            let page = Page::parse(&self.text());
            // The next round may have begun while the page was on its way.
            if self.rounds()? != rounds {
                return None;
            }
            differences = page.differences(round, rounds as f64);
            differences.is_empty().then_some(())
        });
        assert!(agreed.is_some(), "{}", differences.join("\n"));
    }
}

/// What every round of five questions adds: three answers and one refusal by the rate limit from the small model, one
/// answer by the model that thinks.
const CALLS: &str = r#"
    operation_duration_seconds_count{operation="support.answer",module="quickstart",status="success"} 4
    operation_duration_seconds_count{operation="support.answer",module="quickstart",status="error"} 1
    operation_duration_seconds_count{operation="find_page",module="quickstart",status="success"} 5
    operation_duration_seconds_count{operation="ask",module="quickstart",status="success"} 3
    operation_duration_seconds_count{operation="ask",module="quickstart",status="error"} 1
    operation_duration_seconds_count{operation="investigate",module="quickstart",status="success"} 1
    operation_errors_total{operation="ask",module="quickstart",error_type="rate_limit_exceeded"} 1
    operation_errors_total{operation="support.answer",module="quickstart",error_type="OpenAIError"} 1
    operations_in_flight{operation="support.answer",module="quickstart"} 0
    operations_in_flight{operation="ask",module="quickstart"} 0

    workflow_duration_seconds_count{workflow="support.answer",status="success"} 4
    workflow_duration_seconds_count{workflow="support.answer",status="error"} 1
    workflows_active{workflow="support.answer"} 0

    llm_requests_total{provider="openai",model="gpt-4o-mini",status="success",workflow="support.answer",feature="answers"} 3
    llm_requests_total{provider="openai",model="gpt-4o-mini",status="error",workflow="support.answer",feature="answers"} 1
    llm_requests_total{provider="openai",model="gpt-5-mini",status="success",workflow="support.answer",feature="billing"} 1
    llm_request_duration_seconds_count{provider="openai",model="gpt-4o-mini",status="success"} 3
    llm_request_duration_seconds_count{provider="openai",model="gpt-4o-mini",status="error"} 1
    llm_request_duration_seconds_count{provider="openai",model="gpt-5-mini",status="success"} 1
    llm_time_to_first_token_seconds_count{provider="openai",model="gpt-5-mini"} 1
"#;

/// The function for the day the model refuses.
const NEVER_CALLED: &str = r#"
    operation_duration_seconds_count{operation="hand_over",module="quickstart",status="success"} 0
    operation_duration_seconds_sum{operation="hand_over",module="quickstart",status="success"} 0
    operations_in_flight{operation="hand_over",module="quickstart"} 0
"#;

/// From the `usage` blocks of examples/recorded/*.json: plain, cached and slow; reasoning.
const TOKENS: &str = r#"
    llm_tokens_total{provider="openai",model="gpt-4o-mini",token_type="prompt",workflow="support.answer",feature="answers"} 3073
    llm_tokens_total{provider="openai",model="gpt-4o-mini",token_type="completion",workflow="support.answer",feature="answers"} 622
    llm_token_details_total{provider="openai",model="gpt-4o-mini",token_detail="cache_read"} 1920

    llm_tokens_total{provider="openai",model="gpt-5-mini",token_type="prompt",workflow="support.answer",feature="billing"} 1338
    llm_tokens_total{provider="openai",model="gpt-5-mini",token_type="completion",workflow="support.answer",feature="billing"} 812
    llm_token_details_total{provider="openai",model="gpt-5-mini",token_detail="cache_read"} 1152
    llm_token_details_total{provider="openai",model="gpt-5-mini",token_detail="reasoning"} 640
"#;

/// In pico-dollars: a dollar for a million tokens is a million pico-dollars for one.
///
/// gpt-4o-mini costs 0.15 for input, 0.075 for cached input and 0.60 for output. Of the 2006 prompt tokens of the
/// cached reply 1920 were cached.
const ANSWERS: u64 = 412 * 150_000 + 58 * 600_000                      // plain.json
    + (2006 - 1920) * 150_000 + 1920 * 75_000 + 143 * 600_000          // cached.json
    + 655 * 150_000 + 421 * 600_000; // slow.json

/// gpt-5-mini costs 0.25, 0.025 and 2.00. The 640 tokens of reasoning are among the 812 of output.
const BILLING: u64 = (1338 - 1152) * 250_000 + 1152 * 25_000 + 812 * 2_000_000; // reasoning.json

#[test]
fn every_call_is_on_the_page() {
    let quickstart = Quickstart::after_a_round();
    quickstart.assert_shows(CALLS);
    quickstart.assert_shows(TOKENS);
}

#[test]
fn a_function_that_was_never_called_is_a_zero_and_not_a_hole() {
    Quickstart::after_a_round().assert_shows(NEVER_CALLED);
}

#[test]
fn the_cost_is_quantity_times_rate() {
    let answers = ANSWERS as f64 / 1e12;
    let billing = BILLING as f64 / 1e12;
    Quickstart::after_a_round().assert_shows(&format!(
        r#"
        llm_cost_usd_total{{provider="openai",model="gpt-4o-mini",workflow="support.answer",feature="answers",status="success"}} {answers}
        llm_cost_usd_total{{provider="openai",model="gpt-5-mini",workflow="support.answer",feature="billing",status="success"}} {billing}
        "#
    ));
}

#[test]
fn every_family_that_the_attributes_feed_is_on_the_page() {
    let page = Page::parse(&Quickstart::after_a_round().text());
    let families = [
        ("build_info", "gauge"),
        ("llm_cost_usd_total", "counter"),
        ("llm_request_duration_seconds", "histogram"),
        ("llm_requests_total", "counter"),
        ("llm_token_details_total", "counter"),
        ("llm_tokens_total", "counter"),
        ("llm_unpriced_requests_total", "counter"),
        ("operation_duration_seconds", "histogram"),
        ("operation_errors_total", "counter"),
        ("operations_in_flight", "gauge"),
        ("process_cpu_seconds_total", "counter"),
        ("taximeter_build_info", "gauge"),
        ("taximeter_dropped_total", "counter"),
        ("taximeter_internal_errors_total", "counter"),
        ("workflow_duration_seconds", "histogram"),
        ("workflows_active", "gauge"),
    ];
    for (family, kind) in families {
        assert_eq!(page.kind(family), Some(kind), "{family}");
    }
}

#[test]
fn the_page_in_the_readme_is_a_real_one() {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once("<!-- page:").expect("the README shows a page");
    let block =
        rest.split("```").nth(1).and_then(|block| block.strip_prefix("text")).expect("the page is a block of text");
    assert!(block.lines().count() > 5, "{block}");
    Quickstart::after_a_round().assert_shows(block);
}

#[test]
fn promtool_has_nothing_to_say() {
    let quickstart = Quickstart::after_a_round();
    let Some(words) = prometheus::lint(&quickstart.text()) else {
        return;
    };
    assert_eq!(words, "");
}

#[test]
fn a_real_prometheus_answers_the_questions_that_were_promised() {
    let quickstart = Quickstart::after_a_round();
    let Some(prometheus) = Prometheus::scraping(quickstart.port) else {
        return;
    };
    let questions = [
        "rate(operation_duration_seconds_sum[5m])",
        "histogram_quantile(0.95, rate(operation_duration_seconds_bucket[5m]))",
        "rate(operation_errors_total[5m])",
        "sum(llm_cost_usd_total) by (model)",
        "sum by (model) (rate(llm_tokens_total[1h]))",
        "sum(llm_cost_usd_total) / sum(llm_requests_total)",
    ];
    for question in questions {
        // A rate needs two scrapes; a quantile of nothing is no answer.
        wait_for(question, || prometheus.query(question).iter().any(|value| *value > 0.0).then_some(()));
    }
}
