//! Mistakes that others have made with usage, each one as the report of it says, and what is right.

use futures::FutureExt;
use serde_json::{Value, json};
use taximeter::llm::{LlmResponse, NoUsage, PriceQuery, StreamUsage, Unpriced, Usage};
use taximeter::llm_cost;
use taximeter_tests::memory::spans_of;
use taximeter_tests::numbers::page;

fn usage(body: &Value) -> Usage {
    body.reading().usage.unwrap_or_else(|reason| panic!("{reason:?}: {body}"))
}

fn stream(provider: &str, events: &[Value]) -> StreamUsage {
    events.iter().fold(StreamUsage::new(provider, ""), |mut usage, event| {
        usage.push(event);
        usage
    })
}

/// The sum of a family over the series of one feature.
fn spent(family: &str, feature: &str) -> f64 {
    let page = page();
    page.samples_of(family).filter(|(series, _)| series.label("feature") == Some(feature)).map(|(_, value)| value).sum()
}

fn message_start() -> Value {
    json!({"type": "message_start", "message": {
        "id": "msg_1", "type": "message", "model": "claude-sonnet-4-5-20250929",
        "usage": {"input_tokens": 1_000, "cache_read_input_tokens": 500, "cache_creation_input_tokens": 0, "output_tokens": 1}
    }})
}

fn message_delta(output: u64, reason: Value) -> Value {
    json!({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": output}})
}

/// BerriAI/litellm#35127: cached tokens were lost where a model of OpenAI answers in the words of Anthropic.
#[test]
fn mistake_13_cached_tokens_of_an_anthropic_shaped_answer_from_an_openai_model() {
    let translated = json!({"type": "message", "model": "gpt-5", "usage": {
        "input_tokens": 100, "cache_read_input_tokens": 900, "output_tokens": 10
    }});
    assert_eq!(usage(&translated), Usage::new(1_000, 10).cache_read(900));
    let half_translated = json!({"type": "message", "model": "gpt-5", "usage": {
        "input_tokens": 1_000, "input_tokens_details": {"cached_tokens": 900}, "output_tokens": 10
    }});
    assert_eq!(usage(&half_translated), Usage::new(1_000, 10).cache_read(900));
}

/// BerriAI/litellm#13245: a client that disconnects took the spending out of the books.
#[test]
fn mistake_14_a_request_whose_caller_goes_away_is_still_a_request() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "mistake_14")]
    async fn ask() -> (String, Usage) {
        std::future::pending().await
    }
    assert!(ask().now_or_never().is_none());
    assert_eq!(spent("llm_requests_total", "mistake_14"), 1.0);
    let page = page();
    let cancelled = r#"llm_unpriced_requests_total{provider="openai",model="gpt-4o-mini",reason="cancelled"}"#;
    assert_eq!(page.value(cancelled), Some(1.0), "what it cost is unknown, and not zero");
}

/// BerriAI/litellm#14457: the usage of a stream that was left early was lost.
#[test]
fn mistake_15_a_stream_that_is_left_early_costs_at_least_what_it_has_told() {
    let left = stream("anthropic", &[message_start(), message_delta(40, Value::Null)]);
    assert!(!left.is_complete());
    let body = left.finish().expect("the input is known");
    let priced = PriceQuery::new("anthropic", "claude-sonnet-4-5").price(&body).expect("a price");
    // USD per million tokens: input 3.00, read from the cache 0.30, output 15.00
    // 1,000 x 3.00 + 500 x 0.30 + 40 x 15.00 = 3,000 + 150 + 600 millionths
    assert_eq!(priced.cost.to_string(), "0.00375");
    assert!(priced.lower_bound);
}

/// BerriAI/litellm#30667: a stream that fails half-way logged no usage.
#[test]
fn mistake_16_a_stream_that_fails_half_way_has_used_its_input() {
    let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    let failed = stream("anthropic", &[message_start(), error]);
    let reading = failed.reading();
    assert_eq!(reading.usage, Ok(Usage::new(1_500, 1).cache_read(500)));
    assert!(reading.lower_bound);
}

/// BerriAI/litellm#37992: a usage of zero was taken for none.
#[test]
fn mistake_17_zero_is_not_absent() {
    let zero =
        json!({"model": "gpt-4o-mini", "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}});
    assert_eq!(zero.reading().usage, Ok(Usage::new(0, 0)));
    assert_eq!(PriceQuery::new("openai", "gpt-4o-mini").price(&zero).expect("a price").cost.to_string(), "0");
    for absent in [json!({}), json!({"usage": null}), json!({"usage": {}}), json!({"usage": {"prompt_tokens": null}})] {
        assert_eq!(absent.reading().usage, Err(NoUsage::Missing), "{absent}");
        assert_eq!(PriceQuery::new("openai", "gpt-4o-mini").price(&absent), Err(Unpriced::NoUsage));
    }
    let streamed = stream("openai", &[json!({"choices": [], "usage": zero["usage"]})]);
    assert_eq!(streamed.reading().usage, Ok(Usage::new(0, 0)));
}

/// An answer with every detail.
fn detailed() -> Value {
    json!({"model": "gpt-4o-mini-2024-07-18", "usage": {
        "prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100,
        "prompt_tokens_details": {"cached_tokens": 600}, "completion_tokens_details": {"reasoning_tokens": 40}
    }})
}

/// langfuse/langfuse#10592: cached tokens were added to an input that holds them.
#[test]
fn mistake_19_details_are_never_added_to_the_total() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "mistake_19")]
    fn ask() -> Value {
        detailed()
    }
    ask();
    assert_eq!(spent("llm_tokens_total", "mistake_19"), 1_100.0);
}

/// langfuse/langfuse#12306: the input on the span has to hold the cache, which Anthropic leaves out of it.
#[test]
fn mistake_20_the_input_on_the_span_holds_the_cache() {
    #[llm_cost(model = "claude-sonnet-4-5", provider = "anthropic")]
    fn message() -> Value {
        json!({"type": "message", "usage": {
            "input_tokens": 3, "cache_read_input_tokens": 500, "cache_creation_input_tokens": 100, "output_tokens": 9
        }})
    }
    let spans = spans_of(|| drop(message()));
    let attribute = |name: &str| spans[0].attributes.get(name).map(String::as_str);
    assert_eq!(attribute("gen_ai.usage.input_tokens"), Some("603"));
    assert_eq!(attribute("gen_ai.usage.cache_read.input_tokens"), Some("500"));
}

/// langfuse/langfuse#14725: a backend takes every number under `gen_ai.usage` that it does not know for more tokens.
#[test]
fn mistake_21_only_names_of_the_conventions_stand_under_usage() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "mistake_21")]
    fn ask() -> Value {
        detailed()
    }
    let known = [
        "input_tokens",
        "output_tokens",
        "cache_read.input_tokens",
        "cache_creation.input_tokens",
        "cache_write.input_tokens",
        "reasoning.output_tokens",
        "cost",
    ];
    let spans = spans_of(|| drop(ask()));
    let names = spans[0].attributes.keys().filter_map(|name| name.strip_prefix("gen_ai.usage."));
    let unknown: Vec<_> = names.filter(|name| !known.contains(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// langfuse/langfuse#8808: totals that a provider repeats in every chunk were added up.
#[test]
fn mistake_22_totals_that_are_repeated_in_every_chunk() {
    let chunk = |candidates: u64, reason: Value| {
        json!({"modelVersion": "gemini-2.5-flash", "candidates": [{"finishReason": reason}], "usageMetadata": {
            "promptTokenCount": 100, "candidatesTokenCount": candidates, "totalTokenCount": 100 + candidates
        }})
    };
    let events = [chunk(3, Value::Null), chunk(9, Value::Null), chunk(20, json!("STOP"))];
    assert_eq!(stream("gemini", &events).reading().usage, Ok(Usage::new(100, 20)));
}

/// Arize-ai/phoenix#13379: what is in the total and in no part was booked as output.
#[test]
fn mistake_28_no_part_is_derived_from_the_total() {
    let bedrock = json!({"usage": {
        "inputTokens": 10, "outputTokens": 5, "totalTokens": 1_015, "cacheReadInputTokens": 1_000
    }});
    assert_eq!(usage(&bedrock), Usage::new(1_010, 5).cache_read(1_000));
    let chat = json!({"usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 500}});
    assert_eq!(usage(&chat), Usage::new(10, 5));
    let total_only = json!({"usage": {"total_tokens": 500}});
    assert_eq!(total_only.reading().usage, Err(NoUsage::Missing));
}

/// microsoft/agent-framework#7143: the seed of a stream was added to its final totals.
#[test]
fn mistake_34_what_a_stream_begins_with_is_not_added_to_what_it_ends_with() {
    let events = [message_start(), message_delta(90, json!("end_turn")), json!({"type": "message_stop"})];
    let whole = stream("anthropic", &events);
    assert!(whole.is_complete());
    assert_eq!(whole.reading().usage, Ok(Usage::new(1_500, 90).cache_read(500)));
}

/// griptape-ai/griptape#2275: a hundred cumulative deltas made 5,050 tokens of 100.
#[test]
fn mistake_35_cumulative_deltas_are_not_added_up() {
    let deltas =
        (1..=100).map(|count| message_delta(count, if count == 100 { json!("end_turn") } else { Value::Null }));
    let events: Vec<_> = std::iter::once(message_start()).chain(deltas).collect();
    assert_eq!(stream("anthropic", &events).reading().usage.map(|usage| usage.output_tokens), Ok(100));
}

/// ccusage/ccusage#938: of several records of one message the first was kept, and it was a partial one.
#[test]
fn mistake_36_the_last_word_on_a_message_counts() {
    let message = |output: u64| {
        json!({"id": "msg_1", "type": "message", "model": "claude-sonnet-4-5", "usage": {
            "input_tokens": 10, "cache_read_input_tokens": 0, "output_tokens": output
        }})
    };
    assert_eq!(stream("anthropic", &[message(1), message(80)]).reading().usage, Ok(Usage::new(10, 80)));
    let realtime = |output: u64| json!({"type": "response.done", "response": {"id": "resp_1", "usage": {"input_tokens": 10, "output_tokens": output}}});
    assert_eq!(stream("openai", &[realtime(1), realtime(80)]).reading().usage, Ok(Usage::new(10, 80)));
}

/// ax-llm/ax PR 516: totals that are priced as they grow are priced by the wrong tier until they cross into the next.
#[test]
fn mistake_37_a_stream_that_grows_into_another_tier_is_priced_once_and_whole() {
    let chunk = |prompt: u64, candidates: u64, reason: Value| {
        json!({"modelVersion": "gemini-2.5-pro", "candidates": [{"finishReason": reason}], "usageMetadata": {
            "promptTokenCount": prompt, "candidatesTokenCount": candidates, "totalTokenCount": prompt + candidates
        }})
    };
    let events = [chunk(150_000, 10, Value::Null), chunk(250_000, 1_000, json!("STOP"))];
    let body = stream("gemini", &events).finish().expect("a usage");
    let query = PriceQuery::new("gemini", "gemini-2.5-pro");
    let priced = query.price(&body).expect("a price");
    // USD per million tokens above 200,000: input 2.50, output 15.00
    // 250,000 x 2.50 + 1,000 x 15.00 = 625,000 + 15,000 millionths
    assert_eq!(priced.cost.to_string(), "0.64");
    assert_eq!(query.price(&events[1]).expect("a price").cost, priced.cost);
}

/// traceroot-ai/traceroot#1172: tokens were guessed for functions around the one that has asked.
#[test]
fn mistake_38_nothing_is_guessed() {
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "mistake_38_inside")]
    fn inside() -> (String, Usage) {
        ("four words of text".to_owned(), Usage::new(10, 4))
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "mistake_38_around")]
    fn around() -> String {
        inside().0
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "mistake_38_alone")]
    fn alone() -> String {
        "four words of text".to_owned()
    }
    around();
    alone();
    assert_eq!(spent("llm_tokens_total", "mistake_38_inside"), 14.0);
    assert_eq!(spent("llm_tokens_total", "mistake_38_around"), 0.0);
    assert_eq!(spent("llm_tokens_total", "mistake_38_alone"), 0.0);
    assert_eq!(spent("llm_requests_total", "mistake_38_alone"), 1.0);
}

/// danny-avila/LibreChat#12855: Gemini's prompt holds the cache already; its total tells how the parts add up.
#[test]
fn mistake_41_the_cached_tokens_of_gemini_are_in_its_prompt() {
    let body = json!({"modelVersion": "gemini-2.5-flash", "usageMetadata": {
        "promptTokenCount": 10_000, "cachedContentTokenCount": 8_000, "candidatesTokenCount": 40, "thoughtsTokenCount": 160,
        "toolUsePromptTokenCount": 100, "totalTokenCount": 10_300
    }});
    let usage = usage(&body);
    assert_eq!(usage, Usage::new(10_100, 200).cache_read(8_000).reasoning(160));
    assert_eq!(usage.input_tokens + usage.output_tokens, 10_300);
}
