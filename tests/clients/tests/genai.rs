//! The types of `genai` say what they hold, and the raw body beside them says the rest.

use genai::ModelIden;
use genai::adapter::AdapterKind;
use genai::chat::{
    CacheCreationDetails, ChatResponse, ChatStreamEvent, CompletionTokensDetails, MessageContent, PromptTokensDetails,
    StreamEnd, Usage as Counted,
};
use genai::embed::EmbedResponse;
use serde_json::{Value, json};
use taximeter::llm::{LlmChunk, LlmResponse, NoUsage, StreamUsage, Usage};
use taximeter_client_tests::priced;

/// As `genai` counts a message of Anthropic: the cache is a part of the prompt.
fn counted() -> Counted {
    Counted {
        prompt_tokens: Some(12_314),
        prompt_tokens_details: Some(PromptTokensDetails {
            cache_creation_tokens: Some(12_304),
            cache_creation_details: Some(CacheCreationDetails {
                ephemeral_5m_tokens: Some(12_000),
                ephemeral_1h_tokens: Some(304),
            }),
            cached_tokens: Some(7),
            audio_tokens: None,
        }),
        completion_tokens: Some(550),
        completion_tokens_details: Some(CompletionTokensDetails { reasoning_tokens: Some(50), ..Default::default() }),
        total_tokens: Some(12_864),
    }
}

fn expected() -> Usage {
    let mut usage = Usage::new(12_314, 550).cache_read(7).cache_write(12_304).reasoning(50);
    usage.cache_write_1h_tokens = 304;
    usage
}

fn response(usage: Counted, raw: Option<Value>) -> ChatResponse {
    ChatResponse {
        content: MessageContent::from_text("Hi"),
        reasoning_content: None,
        model_iden: ModelIden::new(AdapterKind::Anthropic, "claude-sonnet-4-5"),
        provider_model_iden: ModelIden::new(AdapterKind::Anthropic, "claude-sonnet-4-5-20250929"),
        stop_reason: None,
        usage,
        captured_raw_body: raw,
        response_id: Some("msg_1".to_owned()),
    }
}

#[test]
fn a_response_counts_as_the_client_does() {
    let reading = response(counted(), None).reading();
    assert_eq!(reading.usage, Ok(expected()));
    assert_eq!(reading.model.as_deref(), Some("claude-sonnet-4-5-20250929"));
    assert_eq!(reading.response_id.as_deref(), Some("msg_1"));
    let negative = Counted { completion_tokens: Some(-1), ..counted() };
    assert_eq!(response(negative, None).reading().usage, Err(NoUsage::Unreadable));
    assert_eq!(response(Counted::default(), None).reading().usage, Err(NoUsage::Missing));
}

#[test]
fn the_raw_body_says_what_the_client_leaves_out() {
    let raw = json!({"type": "message", "model": "claude-sonnet-4-5-20250929", "usage": {
        "input_tokens": 3, "output_tokens": 550, "cache_creation_input_tokens": 12_304, "cache_read_input_tokens": 7,
        "server_tool_use": {"web_search_requests": 2}, "service_tier": "batch", "inference_geo": "us"
    }});
    let reading = response(counted(), Some(raw)).reading();
    assert_eq!(reading.usage.map(|usage| (usage.input_tokens, usage.web_searches)), Ok((12_314, 2)));
    assert_eq!((reading.service_tier.as_deref(), reading.geo.as_deref()), (Some("batch"), Some("us")));

    let other = json!({"usage": {"prompt_tokens": 1, "completion_tokens": 1}});
    assert_eq!(
        response(counted(), Some(other)).reading().usage,
        Ok(expected()),
        "a body of another shape is not believed"
    );
}

#[test]
fn embeddings_have_no_output() {
    let model = ModelIden::new(AdapterKind::OpenAI, "text-embedding-3-small");
    let usage = Counted { prompt_tokens: Some(8), total_tokens: Some(8), ..Counted::default() };
    let response = EmbedResponse::new(Vec::new(), model.clone(), model, usage);
    assert_eq!(response.reading().usage, Ok(Usage::new(8, 0)));
}

#[test]
fn the_end_of_a_stream_says_the_usage() {
    let mut usage = StreamUsage::new("anthropic", "");
    ChatStreamEvent::Start.push_into(&mut usage);
    assert_eq!(usage.finish(), None);
    let end: Result<_, genai::Error> =
        Ok(ChatStreamEvent::End(StreamEnd { captured_usage: Some(counted()), ..StreamEnd::default() }));
    end.push_into(&mut usage);
    assert!(usage.is_complete());
    assert_eq!(usage.reading().usage, Ok(expected()));
    // USD per million tokens: input 3, read 0.30, written 3.75 (an hour 6.00), output 15
    // 3 x 3 + 7 x 0.30 + 12,000 x 3.75 + 304 x 6.00 + 550 x 15 = 9 + 2.1 + 45,000 + 1,824 + 8,250 millionths
    assert_eq!(priced("anthropic", "claude-sonnet-4-5", &usage), "0.0550851");
}
