//! The newest names of the GenAI conventions, and their metrics, are there for a program that opts in.

use taximeter::Config;
use taximeter::llm::Usage;
use taximeter::llm_cost;
use taximeter_tests::memory::spans_of;
use taximeter_tests::numbers::page;

#[llm_cost(model = "claude-sonnet-4-5", provider = "anthropic", feature = "conventions")]
fn ask(fails: bool) -> Result<(String, Usage), String> {
    if fails { Err("529".to_owned()) } else { Ok((String::new(), Usage::new(1_000, 100).cache_write(400))) }
}

#[test]
fn the_newest_conventions_are_for_a_program_that_opts_in() {
    let before = spans_of(|| drop(ask(false)));
    assert_eq!(before[0].attributes["gen_ai.usage.cache_creation.input_tokens"], "400");
    assert_eq!(page().samples_of("gen_ai_client_token_usage_count").count(), 0);

    let opt_in = ("OTEL_SEMCONV_STABILITY_OPT_IN".to_owned(), "gen_ai_latest_experimental".to_owned());
    let _telemetry = Config::from_env_map("bot", [opt_in]).enable_prometheus(false).init();
    let after = spans_of(|| {
        assert!(ask(false).is_ok());
        assert!(ask(true).is_err());
    });
    assert_eq!(after[0].attributes["gen_ai.usage.cache_write.input_tokens"], "400");
    assert!(!after[0].attributes.contains_key("gen_ai.usage.cache_creation.input_tokens"));

    let page = page();
    let whose = |answered: &str| {
        format!(
            "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"anthropic\",\
             gen_ai_request_model=\"claude-sonnet-4-5\",gen_ai_response_model={answered:?}"
        )
    };
    for (kind, tokens) in [("input", 1_000.0), ("output", 100.0)] {
        let labels = format!("{{{},gen_ai_token_type={kind:?}}}", whose(""));
        assert_eq!(page.value(&format!("gen_ai_client_token_usage_sum{labels}")), Some(tokens), "{labels}");
        assert_eq!(page.value(&format!("gen_ai_client_token_usage_count{labels}")), Some(1.0), "{labels}");
    }
    for error_type in ["", "_OTHER"] {
        let series =
            format!("gen_ai_client_operation_duration_seconds_count{{{},error_type={error_type:?}}}", whose(""));
        assert_eq!(page.value(&series), Some(1.0), "{series}");
    }
    // Ours stay.
    let by = r#"provider="anthropic",model="claude-sonnet-4-5",status="success",workflow="none",feature="conventions""#;
    assert_eq!(page.value(&format!("llm_requests_total{{{by}}}")), Some(2.0));
}
