//! The types of `rig-core` say their counts, and their raw body says the rest.

use rig_core::completion::CompletionResponse;
use rig_core::message::{Api, Origin};
use rig_core::streaming::Relayed;
use serde_json::{Value, json};
use taximeter::llm::{LlmChunk, LlmResponse, NoUsage, StreamUsage, Usage};
use taximeter_client_tests::typed;

/// As `rig` counts a message of Anthropic: the cache is a part of the input.
fn response(raw: Value) -> Value {
    json!({
        "choice": [],
        "usage": {"input_tokens": 12_314, "output_tokens": 550, "total_tokens": 12_864, "cached_input_tokens": 7,
                  "cache_creation_input_tokens": 12_304, "reasoning_tokens": 50},
        "origin": {"api": "anthropic.messages", "provider": "anthropic", "model": "claude-sonnet-4-5",
                   "response_model": "claude-sonnet-4-5-20250929", "response_id": "msg_1"},
        "raw": raw
    })
}

#[test]
fn a_response_counts_as_the_client_does() {
    let reading = typed::<CompletionResponse>(&response(Value::Null)).reading();
    assert_eq!(reading.usage, Ok(Usage::new(12_314, 550).cache_read(7).cache_write(12_304).reasoning(50)));
    assert_eq!(reading.model.as_deref(), Some("claude-sonnet-4-5-20250929"));
    assert_eq!(reading.response_id.as_deref(), Some("msg_1"));

    let mut silent = response(Value::Null);
    silent["usage"] = json!({});
    assert_eq!(typed::<CompletionResponse>(&silent).reading().usage, Err(NoUsage::Missing));
}

#[test]
fn the_raw_body_says_what_the_client_leaves_out() {
    let raw = json!({"type": "message", "usage": {
        "input_tokens": 3, "output_tokens": 550, "cache_creation_input_tokens": 12_304, "cache_read_input_tokens": 7,
        "cache_creation": {"ephemeral_5m_input_tokens": 12_000, "ephemeral_1h_input_tokens": 304},
        "server_tool_use": {"web_search_requests": 2}, "service_tier": "priority"
    }});
    let reading = typed::<CompletionResponse>(&response(raw)).reading();
    let usage = reading.usage.expect("a usage");
    assert_eq!((usage.input_tokens, usage.cache_write_1h_tokens, usage.web_searches), (12_314, 304, 2));
    assert_eq!(reading.service_tier.as_deref(), Some("priority"));
}

#[test]
fn a_relayed_reply_says_it_when_it_is_done() {
    let origin = Origin::new(Api::from_static("anthropic.messages"), "anthropic", "claude-sonnet-4-5");
    let mut usage = StreamUsage::new("anthropic", "");
    Relayed::Origin(origin).push_into(&mut usage);
    assert_eq!(usage.finish(), None);
    let done: Result<_, String> = Ok(Relayed::Done(Box::new(typed(&response(Value::Null)))));
    done.push_into(&mut usage);
    assert!(usage.is_complete());
    assert_eq!(usage.reading().usage.map(|usage| usage.input_tokens), Ok(12_314));
}
