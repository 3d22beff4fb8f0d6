//! A recorded answer costs what the provider's price list says, to the pico-dollar; what is not known is not free.

use futures::executor::block_on;
use serde_json::{Value, json};
use taximeter::llm::{self, Usage};
use taximeter::{Usd, Workflow, llm_cost, workflow};
use taximeter_tests::Page;
use taximeter_tests::memory::spans_of;
use taximeter_tests::numbers::{page, text};

/// The cost of one request whose body is `answer`, as the workflow around it sees it.
fn cost_of(answer: Value, call: impl FnOnce(Value)) -> Usd {
    #[workflow(name = "costs")]
    fn costs(answer: Value, call: impl FnOnce(Value)) -> Usd {
        call(answer);
        Workflow::current().expect("inside of a workflow").cost()
    }
    costs(answer, call)
}

fn usd(text: &str) -> Usd {
    text.parse().expect("an amount")
}

fn value(series: &str) -> Option<f64> {
    page().value(series)
}

#[test]
fn a_chat_completion_with_cached_and_reasoning_tokens() {
    #[llm_cost(model = "gpt-5-mini", provider = "openai", feature = "chat")]
    fn chat(body: Value) -> Result<Value, String> {
        Ok(body)
    }
    let answer = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-5-mini-2025-08-07",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "..."}, "finish_reason": "stop"}],
        "usage": {
            "prompt_tokens": 2_006, "completion_tokens": 300, "total_tokens": 2_306,
            "prompt_tokens_details": {"cached_tokens": 1_920, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 192, "audio_tokens": 0}
        }
    });
    let cost = cost_of(answer, |body| drop(chat(body)));
    // USD per million tokens: input 0.25, cached input 0.025, output 2.00
    //     86 input tokens     x 0.25  =  21.5
    //  1,920 cached tokens    x 0.025 =  48
    //    300 output tokens    x 2.00  = 600
    assert_eq!(cost, usd("0.0006695"));

    let by = r#"provider="openai",model="gpt-5-mini""#;
    let whose = r#"workflow="costs",feature="chat""#;
    assert_eq!(value(&format!("llm_cost_usd_total{{{by},{whose},status=\"success\"}}")), Some(0.000_669_5));
    assert_eq!(value(&format!("llm_requests_total{{{by},status=\"success\",{whose}}}")), Some(1.0));
    for (kind, tokens) in [("prompt", 2_006.0), ("completion", 300.0)] {
        assert_eq!(value(&format!("llm_tokens_total{{{by},token_type={kind:?},{whose}}}")), Some(tokens));
    }
    for (kind, tokens) in [("cache_read", 1_920.0), ("reasoning", 192.0)] {
        assert_eq!(value(&format!("llm_token_details_total{{{by},token_detail={kind:?}}}")), Some(tokens));
    }
}

#[test]
fn a_message_whose_input_leaves_the_cache_out() {
    #[llm_cost(model = "claude-sonnet-4-5", provider = "anthropic")]
    async fn message(body: Value) -> Value {
        body
    }
    let answer = json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5-20250929", "content": [],
        "usage": {
            "input_tokens": 3, "cache_creation_input_tokens": 12_304, "cache_read_input_tokens": 0, "output_tokens": 550,
            "cache_creation": {"ephemeral_5m_input_tokens": 12_304, "ephemeral_1h_input_tokens": 0},
            "service_tier": "standard"
        }
    });
    let cost = cost_of(answer, |body| drop(block_on(message(body))));
    // USD per million tokens: input 3.00, cache write (5 minutes) 3.75, output 15.00
    //      3 input tokens     x  3.00 =      9
    // 12,304 written tokens   x  3.75 = 46,140
    //    550 output tokens    x 15.00 =  8,250
    assert_eq!(cost, usd("0.054399"));
}

#[test]
fn an_answer_whose_thoughts_come_on_top_of_its_output() {
    #[llm_cost(model = "gemini-2.5-flash", provider = "gcp.gemini")]
    async fn generate(body: Value) -> Option<Value> {
        Some(body)
    }
    let answer = json!({
        "modelVersion": "gemini-2.5-flash", "responseId": "r1", "candidates": [],
        "usageMetadata": {
            "promptTokenCount": 10_000, "cachedContentTokenCount": 8_000, "candidatesTokenCount": 40,
            "thoughtsTokenCount": 160, "totalTokenCount": 10_200
        }
    });
    let cost = cost_of(answer, |body| drop(block_on(generate(body))));
    // USD per million tokens: input 0.30, cached input 0.03, output 2.50
    // 2,000 input tokens      x 0.30 = 600
    // 8,000 cached tokens     x 0.03 = 240
    //   200 output tokens     x 2.50 = 500
    assert_eq!(cost, usd("0.00134"));
}

#[test]
fn a_function_that_returns_only_text_reports_from_inside() {
    #[llm_cost(model = model, provider = "openai", feature = "reports")]
    fn summarise(model: &str, text: &str) -> String {
        assert!(llm::report(&Usage::new(1_000, 100)));
        text.to_uppercase()
    }
    let cost = cost_of(Value::Null, |_| assert_eq!(summarise("gpt-4o-mini", "short"), "SHORT"));
    // 1,000 x 0.15 + 100 x 0.60 = 210 millionths
    assert_eq!(cost, usd("0.00021"));
}

#[test]
fn the_span_of_a_request_says_what_it_took_and_what_it_cost() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai")]
    fn spanned() -> (String, Usage) {
        ("...".to_owned(), Usage::new(1_000, 100).cache_read(600))
    }
    let spans = spans_of(|| drop(spanned()));
    let attributes = &spans[0].attributes;
    // 400 x 0.15 + 600 x 0.075 + 100 x 0.60 = 165 millionths
    for (name, value) in [
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "openai"),
        ("gen_ai.request.model", "gpt-4o-mini"),
        ("gen_ai.usage.input_tokens", "1000"),
        ("gen_ai.usage.output_tokens", "100"),
        ("gen_ai.usage.cache_read.input_tokens", "600"),
        ("gen_ai.usage.cost", "0.000165"),
    ] {
        assert_eq!(attributes.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert_eq!((spans[0].name.as_str(), spans[0].kind.as_str()), ("chat gpt-4o-mini", "client"));
}

#[test]
fn what_is_not_known_is_counted_and_is_not_a_cost_of_zero() {
    #[llm_cost(model = "gpt-invented-7", provider = "openai", feature = "unknown")]
    fn unknown_model() -> Usage {
        Usage::new(10, 10)
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "silent")]
    fn silent() -> Result<Value, String> {
        Ok(json!({"model": "gpt-4o-mini", "choices": []}))
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "garbled")]
    fn garbled() -> Value {
        json!({"model": "gpt-4o-mini", "usage": {"prompt_tokens": -5, "completion_tokens": 1.5}})
    }
    unknown_model();
    silent().expect("an answer without usage is an answer");
    garbled();

    for (model, reason) in
        [("gpt-invented-7", "unknown_model"), ("gpt-4o-mini", "no_usage"), ("gpt-4o-mini", "bad_usage")]
    {
        let series = format!("llm_unpriced_requests_total{{provider=\"openai\",model={model:?},reason={reason:?}}}");
        assert_eq!(value(&series), Some(1.0), "{series}");
    }
    for (model, feature) in [("gpt-invented-7", "unknown"), ("gpt-4o-mini", "silent"), ("gpt-4o-mini", "garbled")] {
        let whose = format!("workflow=\"none\",feature={feature:?}");
        let request = format!("llm_requests_total{{provider=\"openai\",model={model:?},status=\"success\",{whose}}}");
        assert_eq!(value(&request), Some(1.0), "{request}");
    }
    let costs = page();
    assert!(costs.samples_of("llm_cost_usd_total").all(|(series, _)| series.label("model") != Some("gpt-invented-7")));
}

#[test]
fn a_failed_request_without_usage_is_a_request_with_an_error_and_no_cost() {
    #[llm_cost(model = "gpt-4o", provider = "openai", feature = "limited")]
    async fn limited() -> Result<Value, String> {
        Err("429 Too Many Requests".to_owned())
    }
    assert!(block_on(limited()).is_err());
    let page = page();
    let whose = r#"workflow="none",feature="limited""#;
    let request = format!("llm_requests_total{{provider=\"openai\",model=\"gpt-4o\",status=\"error\",{whose}}}");
    assert_eq!(page.value(&request), Some(1.0));
    let mut spent =
        page.samples_of("llm_cost_usd_total").filter(|(series, _)| series.label("feature") == Some("limited"));
    assert!(spent.all(|(_, dollars)| dollars == 0.0));
}

/// Requests and cost by feature: what has not happened is zero.
fn of(feature: &str) -> (f64, f64) {
    let page = page();
    let sum = |family| {
        let mine = page.samples_of(family).filter(|(series, _)| series.label("feature") == Some(feature));
        mine.map(|(_, value)| value).sum()
    };
    (sum("llm_requests_total"), sum("llm_cost_usd_total"))
}

#[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "inner")]
fn inner(answer: Option<Usage>) -> Result<(String, Usage), String> {
    Ok((String::new(), answer.ok_or("429")?))
}

#[test]
fn a_request_inside_of_a_request_is_counted_once() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "around")]
    fn around() -> Result<(String, Usage), String> {
        inner(Some(Usage::new(1_000_000, 0)))
    }
    let before = of("inner");
    assert!(around().is_ok());
    let after = of("inner");
    assert_eq!((after.0 - before.0, after.1 - before.1), (1.0, 0.15));
    assert_eq!(of("around"), (0.0, 0.0));
}

#[test]
fn a_request_that_fails_inside_of_a_request_is_one_failed_request() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "fails")]
    fn fails() -> Result<(String, Usage), String> {
        inner(None)
    }
    assert!(fails().is_err());
    assert_eq!(of("fails"), (0.0, 0.0));
}

#[test]
fn an_answer_of_its_own_counts_beside_the_requests_inside() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "falls_back")]
    fn falls_back() -> (String, Usage) {
        inner(None).unwrap_or_else(|_| ("from elsewhere".to_owned(), Usage::new(1_000_000, 0)))
    }
    falls_back();
    assert_eq!(of("falls_back"), (1.0, 0.15));

    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "reports_too")]
    fn reports_too() -> String {
        assert!(llm::report(&Usage::new(2_000_000, 0)));
        inner(Some(Usage::new(5, 5))).map_or_else(|error| error, |(text, _)| text)
    }
    reports_too();
    assert_eq!(of("reports_too"), (1.0, 0.3));

    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "asks_again")]
    fn asks_again() -> Value {
        identified("first");
        answer("second")
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "identified")]
    fn identified(id: &str) -> Value {
        answer(id)
    }
    fn answer(id: &str) -> Value {
        json!({"id": id, "model": "", "usage": {"prompt_tokens": 1_000_000, "completion_tokens": 0}})
    }
    asks_again();
    assert_eq!((of("asks_again"), of("identified")), ((1.0, 0.15), (1.0, 0.15)));
}

#[test]
fn a_reader_that_panics_makes_an_unpriced_request_and_leaves_the_call_alone() {
    struct Answer;

    impl llm::LlmResponse for Answer {
        fn reading(&self) -> llm::Reading {
            panic!("in the reader")
        }
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "unread")]
    async fn unread() -> Result<Answer, String> {
        Ok(Answer)
    }
    assert!(block_on(unread()).is_ok());
    assert_eq!(of("unread"), (1.0, 0.0));
    let series = r#"operation_duration_seconds_count{operation="unread",module="cost",status="success"}"#;
    assert_eq!(value(series), Some(1.0));
}

#[test]
fn what_was_not_called_yet_is_a_zero_and_not_a_hole() {
    #[llm_cost(model = "gpt-4o", provider = "openai", feature = "idle")]
    #[allow(dead_code)]
    fn idle() -> Usage {
        Usage::default()
    }
    let whose = r#"workflow="none",feature="idle""#;
    let by = r#"provider="openai",model="gpt-4o""#;
    for series in [
        format!("llm_requests_total{{{by},status=\"success\",{whose}}}"),
        format!("llm_tokens_total{{{by},token_type=\"prompt\",{whose}}}"),
        format!("llm_cost_usd_total{{{by},{whose},status=\"success\"}}"),
        "operation_duration_seconds_count{operation=\"idle\",module=\"cost\",status=\"success\"}".to_owned(),
    ] {
        assert_eq!(value(&series), Some(0.0), "{series}");
    }
}

/// Whoever looks while the model answers sees zeros, so that the first answer is an increase and not a beginning.
#[test]
fn the_series_of_a_request_in_a_workflow_are_zeros_while_it_is_answered() {
    const BY: &str = r#"provider="openai",model="gpt-5-mini""#;
    const WHOSE: &str = r#"workflow="watched",feature="watching""#;

    #[llm_cost(model = "gpt-5-mini", provider = "openai", feature = "watching")]
    fn ask() -> Value {
        let page = page();
        assert_eq!(page.value(&format!("llm_requests_total{{{BY},status=\"success\",{WHOSE}}}")), Some(0.0));
        assert_eq!(page.value(&format!("llm_requests_total{{{BY},status=\"error\",{WHOSE}}}")), Some(0.0));
        for status in ["success", "error", "cancelled"] {
            let series = format!("llm_cost_usd_total{{{BY},{WHOSE},status={status:?}}}");
            assert_eq!(page.value(&series), Some(0.0), "{series}");
        }
        assert_eq!(page.value(&format!("llm_tokens_total{{{BY},token_type=\"prompt\",{WHOSE}}}")), Some(0.0));
        json!({"model": "gpt-5-mini", "usage": {"prompt_tokens": 100, "completion_tokens": 1}})
    }
    #[workflow(name = "watched")]
    fn watched() {
        ask();
    }
    watched();
    // 100 x 0.25 + 1 x 2.00 = 27 millionths
    assert_eq!(value(&format!("llm_cost_usd_total{{{BY},{WHOSE},status=\"success\"}}")), Some(0.000_027));
}

/// The name of a model that somebody made up has no series beside the one that counts it.
#[test]
fn an_invented_model_has_no_series_before_its_answer() {
    #[llm_cost(model = model, provider = "openai", feature = "invented")]
    fn ask(model: &str) -> Value {
        assert_eq!(series_of("invented"), 0);
        json!({"model": model, "usage": {"prompt_tokens": 1, "completion_tokens": 1}})
    }
    ask("made-up-of-nothing");
    assert_eq!(series_of("invented"), 3, "the request, and its two kinds of tokens");
}

fn series_of(feature: &str) -> usize {
    let page = page();
    let families = ["llm_requests_total", "llm_tokens_total", "llm_cost_usd_total"];
    let is_of =
        |family: &&str| page.samples_of(family).filter(|(series, _)| series.label("feature") == Some(feature)).count();
    families.iter().map(is_of).sum()
}

/// What makes the first request quick asks no model and leaves no trace.
#[test]
fn a_rehearsal_is_not_counted() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "rehearsed")]
    fn never() -> Value {
        Value::Null
    }
    let spans = spans_of(llm::warm_prices);
    assert_eq!(spans.len(), 0, "{spans:#?}");
    assert!(!text().contains("rehearsal"));
    let gemini = |page: &Page| {
        page.samples_of("llm_requests_total").any(|(series, _)| series.label("provider") == Some("gemini"))
    };
    assert!(!gemini(&page()), "the rehearsal asks it, and no function of these tests");
    let _ = never;
}
