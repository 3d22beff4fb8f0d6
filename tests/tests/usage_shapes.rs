//! The usage of every provider's answer is read, whatever is known beside the answer.

use serde_json::{Value, json};
use taximeter::llm::{LlmResponse, NoUsage, PriceQuery, Reading, StreamUsage, Unpriced};
use taximeter_tests::payloads::payloads;

/// The reading of a body of which it is known who sent it.
fn read(provider: &str, api: &str, body: &Value) -> Reading {
    let mut usage = StreamUsage::new(provider, api);
    usage.push(body);
    usage.reading()
}

#[test]
fn each_answer_is_read_by_its_api() {
    for payload in payloads() {
        let reading = read(payload.provider, payload.api, &payload.body);
        assert_eq!(reading.usage, Ok(payload.usage), "{}: {}", payload.provider, payload.name);
        assert!(!reading.lower_bound, "{}: {}", payload.provider, payload.name);
    }
}

#[test]
fn each_answer_is_read_by_its_shape_alone() {
    for payload in payloads() {
        if payload.name == "xAI without a total" {
            continue; // the one that nothing but its provider's name tells apart
        }
        assert_eq!(payload.body.reading().usage, Ok(payload.usage), "{}: {}", payload.provider, payload.name);
    }
}

#[test]
fn an_api_that_the_answer_contradicts_or_that_nobody_knows_leaves_it_to_the_shape() {
    for payload in payloads().into_iter().filter(|payload| payload.provider != "xai") {
        for api in ["anthropic.messages", "ollama.chat", "mistral.ocr", "made.up", ""] {
            // Without details both spell the same names, and only the fees outside of the usage tell.
            let is_same_names = payload.name == "a response whose searches the provider has counted"
                || payload.name == "a response that has drawn";
            if !(is_same_names && api == "anthropic.messages") {
                let reading = read(payload.provider, api, &payload.body);
                assert_eq!(reading.usage, Ok(payload.usage.clone()), "{}: {} as {api}", payload.provider, payload.name);
            }
        }
    }
}

#[test]
fn a_stream_gives_a_body_that_reads_the_same_and_again() {
    for payload in payloads() {
        let mut first = StreamUsage::new(payload.provider, payload.api);
        first.push(&payload.body);
        let body = first.finish().expect("a usage");
        assert_eq!(body.reading().usage, Ok(payload.usage.clone()), "{}: {body}", payload.name);
        let mut second = StreamUsage::new(payload.provider, "");
        second.push(&body);
        assert_eq!(second.reading().usage, Ok(payload.usage), "{}: {body}", payload.name);
        assert_eq!(second.reading().parts, first.reading().parts, "{}", payload.name);
    }
}

#[test]
fn what_is_charged_apart_is_told_apart() {
    let by_name = |name: &str| {
        let payload = payloads().into_iter().find(|payload| payload.name == name).expect("a payload");
        let reading = payload.body.reading();
        let parts = reading.parts.iter();
        let parts: Vec<_> =
            parts.map(|part| (part.model.clone(), part.usage.input_tokens, part.usage.output_tokens)).collect();
        assert_eq!(parts.iter().map(|part| part.1).sum::<u64>(), payload.usage.input_tokens);
        parts
    };
    let own = |input, output| (None, input, output);
    let of = |model: &str, input, output| (Some(model.to_owned()), input, output);
    assert_eq!(by_name("a response that has drawn"), [own(100, 20), of("gpt-image-1.5", 50, 4_000)]);
    let samplings = by_name("a message of several samplings");
    assert_eq!(samplings, [own(1_500, 100), of("claude-sonnet-4-5", 40, 4), own(30, 5)]);
}

#[test]
fn an_answer_says_who_gave_it_where_and_how() {
    let of = |reading: Reading| {
        [reading.model, reading.response_id, reading.service_tier, reading.speed, reading.geo]
            .map(Option::unwrap_or_default)
    };
    let payload =
        |name: &str| payloads().into_iter().find(|payload| payload.name == name).expect("a payload").body.reading();
    assert_eq!(
        of(payload("a message with both kinds of cache")),
        ["claude-sonnet-4-5", "m1", "standard", "fast", "us"]
    );
    assert_eq!(of(payload("an answer with every modality")), ["gemini-3-pro", "r1", "flex", "", ""]);
    assert_eq!(of(payload("a blocked answer of Vertex")), ["gemini-2.5-flash", "", "standard", "", ""]);
    assert_eq!(of(payload("Claude counts the cache beside the input")), ["", "", "flex", "", ""]);
    assert_eq!(of(payload("a line of a batch")), ["gpt-4o-mini", "c1", "default", "", ""]);
    let routed = json!({"trace": {"promptRouter": {"invokedModelId": "anthropic.claude-haiku-4-5"}}, "usage": {"inputTokens": 1}});
    assert_eq!(of(routed.reading())[0], "anthropic.claude-haiku-4-5");
}

#[test]
fn a_count_that_is_no_count_is_refused_wherever_it_stands() {
    let wrong =
        [json!(-1), json!(1.5), json!("12"), json!(true), json!([1]), json!({}), json!(1e30), json!(1e16), json!(-0.5)];
    for path in [
        "/usage/prompt_tokens",
        "/usage/completion_tokens",
        "/usage/prompt_tokens_details/cached_tokens",
        "/usage/completion_tokens_details/reasoning_tokens",
    ] {
        for count in &wrong {
            let mut body = json!({"model": "gpt-4o-mini", "usage": {
                "prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20,
                "prompt_tokens_details": {"cached_tokens": 1}, "completion_tokens_details": {"reasoning_tokens": 1}
            }});
            *body.pointer_mut(path).expect("a count") = count.clone();
            assert_eq!(body.reading().usage, Err(NoUsage::Unreadable), "{path} = {count}");
            assert_eq!(PriceQuery::new("openai", "gpt-4o-mini").price(&body), Err(Unpriced::BadUsage));
        }
    }
    let whole = json!({"usage": {"prompt_tokens": 12.0, "completion_tokens": 1}});
    assert_eq!(
        whole.reading().usage.map(|usage| usage.input_tokens),
        Ok(12),
        "a whole number that is written as a float"
    );
    let large = json!({"usage": {"prompt_tokens": u64::MAX, "completion_tokens": 1}});
    assert_eq!(large.reading().usage.map(|usage| usage.input_tokens), Ok(u64::MAX));
}

#[test]
fn parts_above_their_total_and_sums_that_overflow_are_refused() {
    for usage in [
        json!({"prompt_tokens": 1, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 2}}),
        json!({"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2, "completion_tokens_details": {"reasoning_tokens": 2}}),
        json!({"prompt_tokens": 9, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 5, "cache_write_tokens": 5}}),
        json!({"input_tokens": u64::MAX, "cache_read_input_tokens": 1, "output_tokens": 1}),
        json!({"input_tokens": 1, "output_tokens": 1, "cache_creation_input_tokens": 1,
               "cache_creation": {"ephemeral_1h_input_tokens": 2}}),
        json!({"input_tokens": 1, "output_tokens": 1, "iterations": [
            {"input_tokens": u64::MAX, "output_tokens": 1}, {"input_tokens": 1, "output_tokens": 1}
        ]}),
        json!({"inputTokens": 1, "outputTokens": u64::MAX, "totalTokens": 1}),
    ] {
        let body = json!({ "usage": usage });
        assert_eq!(body.reading().usage, Err(NoUsage::Unreadable), "{body}");
    }
}
