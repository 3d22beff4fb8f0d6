//! What the words of `#[llm_cost]` change: where usage is read, what the span is called, what the price depends on.

use futures::executor::block_on;
use serde_json::{Value, json};
use taximeter::llm::{self, Usage};
use taximeter::{Usd, Workflow, llm_cost, workflow};
use taximeter_tests::memory::spans_of;
use taximeter_tests::numbers::page;

/// What a call costs, as the workflow around it sees it.
fn cost_of(call: impl FnOnce()) -> Usd {
    #[workflow(name = "words")]
    fn words(call: impl FnOnce()) -> Usd {
        call();
        Workflow::current().expect("inside of a workflow").cost()
    }
    words(call)
}

fn usd(text: &str) -> Usd {
    text.parse().expect("an amount")
}

/// The sum of a family over the series of a feature.
fn sum(family: &str, feature: &str) -> f64 {
    let page = page();
    page.samples_of(family).filter(|(series, _)| series.label("feature") == Some(feature)).map(|(_, value)| value).sum()
}

/// An answer of a client that knows nothing of Taximeter.
struct Answer {
    prompt: u64,
    completion: u64,
    body: Value,
}

fn answer() -> Answer {
    let body = json!({"model": "gpt-4o-mini", "usage": {"prompt_tokens": 1_000, "completion_tokens": 100}});
    Answer { prompt: 1_000, completion: 100, body }
}

#[test]
fn usage_is_read_from_any_value_by_a_closure() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", usage = |answer| Usage::new(answer.prompt, answer.completion))]
    fn plain() -> Answer {
        answer()
    }
    #[llm_cost(
        model = "gpt-4o-mini",
        provider = "openai",
        feature = "closures",
        usage = |ret| ret.as_ref().ok().map(|answer| Usage::new(answer.prompt, answer.completion))
    )]
    async fn tried(fails: bool) -> Result<Answer, String> {
        if fails { Err("429".to_owned()) } else { Ok(answer()) }
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", usage = |answer| &answer.body)]
    fn borrowed() -> Answer {
        answer()
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", usage = usage_of)]
    fn by_function() -> Answer {
        answer()
    }
    fn usage_of(answer: &Answer) -> Usage {
        Usage::new(answer.prompt, answer.completion)
    }
    // 1,000 x 0.15 + 100 x 0.60 = 210 millionths
    assert_eq!(cost_of(|| drop(plain())), usd("0.00021"));
    assert_eq!(cost_of(|| drop(block_on(tried(false)))), usd("0.00021"));
    assert_eq!(cost_of(|| drop(borrowed())), usd("0.00021"));
    assert_eq!(cost_of(|| drop(by_function())), usd("0.00021"));

    assert_eq!(cost_of(|| drop(block_on(tried(true)))), Usd::ZERO);
    assert_eq!(sum("llm_requests_total", "closures"), 2.0, "the failed one is a request too");
}

#[test]
fn a_closure_that_panics_makes_an_unpriced_request_and_leaves_the_value_alone() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "panicking", usage = |_| -> Usage { panic!("in it") })]
    fn panicking() -> u8 {
        7
    }
    assert_eq!(panicking(), 7);
    assert_eq!((sum("llm_requests_total", "panicking"), sum("llm_cost_usd_total", "panicking")), (1.0, 0.0));
}

#[test]
fn an_operation_names_the_span() {
    #[llm_cost(model = "text-embedding-3-small", provider = "openai", operation = "embeddings")]
    fn embed() -> Usage {
        Usage::new(1_000, 0)
    }
    const RERANK: &str = "rerank";

    #[llm_cost(model = "rerank-v3.5", provider = "cohere", operation = RERANK)]
    fn rerank() -> Usage {
        Usage::new(1, 0)
    }
    let spans = spans_of(|| {
        embed();
        rerank();
    });
    let names: Vec<_> = spans.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, ["embeddings text-embedding-3-small", "rerank rerank-v3.5"]);
    assert_eq!(spans[0].attributes["gen_ai.operation.name"], "embeddings");
}

#[test]
fn spans_call_providers_as_the_conventions_do_and_numbers_as_the_attribute_does() {
    #[llm_cost(model = "gemini-2.5-flash", provider = "gemini", feature = "names")]
    fn named() -> Usage {
        Usage::new(10, 10)
    }
    let spans = spans_of(|| _ = named());
    assert_eq!(spans[0].attributes["gen_ai.provider.name"], "gcp.gemini");
    let page = page();
    let mut requests =
        page.samples_of("llm_requests_total").filter(|(series, _)| series.label("feature") == Some("names"));
    assert!(requests.all(|(series, _)| series.label("provider") == Some("gemini")));
}

#[test]
fn a_report_and_a_returned_answer_of_another_id_are_two_attempts() {
    fn body(id: &str) -> Value {
        json!({"id": id, "model": "gpt-4o-mini", "usage": {"prompt_tokens": 1_000_000, "completion_tokens": 0}})
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "attempts")]
    fn attempts() -> Value {
        // The first answer was cut off, so the loop asks again; the provider bills both.
        assert!(llm::report(&body("first")));
        body("second")
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "the same")]
    fn told_twice() -> Value {
        assert!(llm::report(&body("only")));
        body("only")
    }
    assert_eq!(cost_of(|| drop(attempts())), usd("0.3"));
    assert_eq!(sum("llm_requests_total", "attempts"), 2.0);
    assert_eq!(cost_of(|| drop(told_twice())), usd("0.15"));
    assert_eq!(sum("llm_requests_total", "the same"), 1.0);
}
#[test]
fn a_price_depends_on_what_the_context_says() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", context(processing = "batch"))]
    fn batch() -> Usage {
        Usage::new(1_000_000, 0)
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", context(processing = mode))]
    fn by_argument(mode: String) -> (String, Usage) {
        (mode, Usage::new(1_000_000, 0))
    }
    // A batch costs half of 0.15 USD a million.
    assert_eq!(cost_of(|| _ = batch()), usd("0.075"));
    assert_eq!(cost_of(|| drop(by_argument("batch".to_owned()))), usd("0.075"));
}

#[test]
fn prompt_and_completion_are_recorded_only_when_they_are_named_and_then_redacted_and_capped() {
    const SECRET: &str = "sk-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH";

    #[llm_cost(model = "gpt-4o-mini", provider = "openai")]
    fn silent(prompt: &str) -> (String, Usage) {
        (format!("you said {prompt}"), Usage::new(1, 1))
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", capture(prompt, completion))]
    async fn told(prompt: String) -> Result<(String, Usage), String> {
        Ok((format!("you said {prompt}"), Usage::new(1, 1)))
    }
    let prompt = format!("my key is {SECRET}, {}", "and so on ".repeat(10_000));
    let spans = spans_of(|| {
        silent(&prompt);
        assert!(block_on(told(prompt.clone())).is_ok());
    });
    assert!(!format!("{:?}", spans[0]).contains("my key is"), "{:?}", spans[0]);
    for name in ["prompt", "completion"] {
        let text = &spans[1].attributes[name];
        assert!(text.contains("my key is") && !text.contains(SECRET), "{name}: {text}");
        assert!(text.len() < 10_000, "{name} has {} bytes", text.len());
    }
}

#[test]
fn a_span_says_why_the_model_stopped_on_which_tier_and_where() {
    #[llm_cost(model = "gpt-4o-mini", provider = "azure", fields(server.address = "eastus.example.com"))]
    fn ask() -> Value {
        json!({
            "id": "chatcmpl-1", "model": "gpt-4o-mini", "service_tier": "default",
            "choices": [{"finish_reason": "stop"}, {"finish_reason": "length"}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 2}
        })
    }
    let spans = spans_of(|| drop(ask()));
    for (name, value) in [
        ("gen_ai.provider.name", "azure.ai.openai"),
        ("gen_ai.response.finish_reasons", "stop,length"),
        ("openai.response.service_tier", "default"),
        ("server.address", "eastus.example.com"),
        ("taximeter.cost.source", "table"),
    ] {
        assert_eq!(spans[0].attributes.get(name).map(String::as_str), Some(value), "{name}");
    }
}
