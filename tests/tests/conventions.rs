//! The metrics and names of the GenAI conventions: those of v1.41, and the newer ones for a program that opts in.

use taximeter::Config;
use taximeter::llm::{LlmResponse, Reading, Usage};
use taximeter::llm_cost;
use taximeter_tests::memory::spans_of;
use taximeter_tests::numbers;
use taximeter_tests::page::Page;

/// What the provider of these tests answers.
struct Answer;

impl LlmResponse for Answer {
    fn reading(&self) -> Reading {
        let mut usage = Usage::new(1_000, 100).cache_write(400);
        usage.input_audio_tokens = 30;
        Reading::new(usage).model("claude-sonnet-4-5")
    }
}

#[derive(Debug, thiserror::Error)]
#[error("529")]
struct Overloaded;

#[llm_cost(model = "claude-sonnet-4-5", provider = "anthropic", feature = "conventions")]
fn ask(fails: bool) -> Result<Answer, Overloaded> {
    if fails { Err(Overloaded) } else { Ok(Answer) }
}

#[llm_cost(model = "text-embedding-3-small", provider = "openai", operation = "embeddings")]
fn embed() -> Usage {
    Usage::new(10, 0)
}

fn ask_all() {
    assert!(ask(false).is_ok());
    assert!(ask(true).is_err());
    embed();
}

/// The value of a metric of the conventions for the model that was asked and the one that answered.
fn value(page: &Page, name: &str, answered: &str, last: &str) -> Option<f64> {
    page.value(&format!(
        "gen_ai_client_{name}{{gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"anthropic\",\
         gen_ai_request_model=\"claude-sonnet-4-5\",gen_ai_response_model={answered:?},{last}}}"
    ))
}

const MODEL: &str = "claude-sonnet-4-5";

#[test]
fn the_conventions_are_those_in_use_and_the_newest_for_a_program_that_opts_in() {
    let before = spans_of(ask_all);
    assert_eq!(before[0].attributes["gen_ai.usage.cache_creation.input_tokens"], "400");
    let page = numbers::page();
    for newer in
        ["inference_duration_seconds", "inference_operation_input_tokens", "inference_usage_input_tokens_total"]
    {
        assert_eq!(page.samples_of(&format!("gen_ai_client_{newer}")).count(), 0, "{newer}");
    }
    for (kind, tokens) in [("input", 1_000.0), ("output", 100.0)] {
        let last = format!("gen_ai_token_type={kind:?}");
        assert_eq!(value(&page, "token_usage_sum", MODEL, &last), Some(tokens), "{kind}");
        assert_eq!(value(&page, "token_usage_count", MODEL, &last), Some(1.0), "{kind}");
    }
    for (answered, error_type) in [(MODEL, ""), ("", "Overloaded")] {
        let last = format!("error_type={error_type:?}");
        assert_eq!(value(&page, "operation_duration_seconds_count", answered, &last), Some(1.0), "{last}");
    }

    let opt_in = ("OTEL_SEMCONV_STABILITY_OPT_IN".to_owned(), "gen_ai_latest_experimental".to_owned());
    let _telemetry = Config::from_env_map("bot", [opt_in]).enable_prometheus(false).init();
    let after = spans_of(ask_all);
    assert_eq!(after[0].attributes["gen_ai.usage.cache_write.input_tokens"], "400");
    assert!(!after[0].attributes.contains_key("gen_ai.usage.cache_creation.input_tokens"));

    let page = numbers::page();
    for (answered, error_type, input, output) in [(MODEL, "", 1_000.0, 100.0), ("", "Overloaded", 0.0, 0.0)] {
        let last = format!("error_type={error_type:?}");
        for (name, expected) in [
            ("inference_duration_seconds_count", 1.0),
            ("operation_duration_seconds_count", 1.0), // that of before
            ("inference_operation_input_tokens_count", 1.0),
            ("inference_operation_input_tokens_sum", input),
            ("inference_operation_output_tokens_sum", output),
        ] {
            assert_eq!(value(&page, name, answered, &last), Some(expected), "{name} {last}");
        }
    }
    for (name, answered, modality, expected) in [
        ("input", MODEL, "unknown", Some(970.0)),
        ("input", MODEL, "audio", Some(30.0)),
        ("input", MODEL, "image", None),
        ("output", MODEL, "unknown", Some(100.0)),
        ("cache_write_input", MODEL, "unknown", Some(400.0)),
        ("cache_read_input", MODEL, "unknown", None),
        // Of what failed it is told that it took none.
        ("input", "", "unknown", Some(0.0)),
        ("output", "", "unknown", Some(0.0)),
    ] {
        let series = format!("inference_usage_{name}_tokens_total");
        let last = format!("gen_ai_token_modality={modality:?}");
        assert_eq!(value(&page, &series, answered, &last), expected, "{series} {last}");
    }
    // The old metric of tokens is gone: nothing was added to it. What is no inference keeps its old duration.
    assert_eq!(value(&page, "token_usage_count", MODEL, "gen_ai_token_type=\"input\""), Some(1.0));
    let embedding = "gen_ai_client_operation_duration_seconds_count{gen_ai_operation_name=\"embeddings\",\
                     gen_ai_provider_name=\"openai\",gen_ai_request_model=\"text-embedding-3-small\",\
                     gen_ai_response_model=\"\",error_type=\"\"}";
    assert_eq!(page.value(embedding), Some(2.0));
    // Ours stay.
    let by = r#"provider="anthropic",model="claude-sonnet-4-5",status="success",workflow="none",feature="conventions""#;
    assert_eq!(page.value(&format!("llm_requests_total{{{by}}}")), Some(2.0));
}
