//! The types of `aws-sdk-bedrockruntime` say what the service sent.

use aws_sdk_bedrockruntime::operation::converse::ConverseOutput;
use aws_sdk_bedrockruntime::operation::invoke_model::InvokeModelOutput;
use aws_sdk_bedrockruntime::primitives::Blob;
use aws_sdk_bedrockruntime::types::{
    CacheDetail, CacheTtl, ConverseStreamMetadataEvent, ConverseStreamOutput, MessageStopEvent, PayloadPart,
    ResponseStream, ServiceTier, ServiceTierType, StopReason, TokenUsage,
};
use serde_json::{Value, json};
use taximeter::llm::{LlmChunk, LlmResponse, NoUsage, StreamUsage, Usage};

fn counts() -> TokenUsage {
    let kept = |ttl, tokens| CacheDetail::builder().ttl(ttl).input_tokens(tokens).build().expect("a detail");
    TokenUsage::builder()
        .input_tokens(3)
        .output_tokens(550)
        .total_tokens(12_864)
        .cache_read_input_tokens(7)
        .cache_write_input_tokens(12_304)
        .cache_details(kept(CacheTtl::OneHour, 304))
        .cache_details(kept(CacheTtl::FiveMinutes, 12_000))
        .build()
        .expect("a usage")
}

fn expected() -> Usage {
    let mut usage = Usage::new(12_314, 550).cache_read(7).cache_write(12_304);
    usage.cache_write_1h_tokens = 304;
    usage
}

fn flex() -> ServiceTier {
    ServiceTier::builder().r#type(ServiceTierType::Flex).build().expect("a tier")
}

#[test]
fn converse_counts_the_cache_beside_the_input() {
    let output =
        ConverseOutput::builder().stop_reason(StopReason::EndTurn).usage(counts()).service_tier(flex()).build();
    let reading = output.expect("an answer").reading();
    assert_eq!((reading.usage, reading.service_tier.as_deref()), (Ok(expected()), Some("flex")));
    assert_eq!(reading.model, None, "only the request names the model");

    let silent = ConverseOutput::builder().stop_reason(StopReason::EndTurn).build().expect("an answer");
    assert_eq!(silent.reading().usage, Err(NoUsage::Missing));
    let negative = TokenUsage::builder().input_tokens(-1).output_tokens(1).total_tokens(0).build().expect("a usage");
    assert_eq!(negative.reading().usage, Err(NoUsage::Unreadable));
}

#[test]
fn a_stream_says_it_in_its_metadata_after_the_message_has_stopped() {
    let stop = MessageStopEvent::builder().stop_reason(StopReason::EndTurn).build().expect("an event");
    let metadata = ConverseStreamMetadataEvent::builder().usage(counts()).service_tier(flex()).build();
    let mut usage = StreamUsage::new("bedrock", "bedrock.converse");
    ConverseStreamOutput::MessageStop(stop).push_into(&mut usage);
    assert_eq!(usage.finish(), None);
    ConverseStreamOutput::Metadata(metadata).push_into(&mut usage);
    assert!(usage.is_complete());
    assert_eq!(usage.reading().usage, Ok(expected()));
    assert_eq!(usage.reading().service_tier.as_deref(), Some("flex"));
}

#[test]
fn an_invoked_model_answers_in_its_vendors_shape() {
    let body = json!({"id": "msg_1", "type": "message", "model": "claude-sonnet-4-5-20250929", "usage": {
        "input_tokens": 3, "cache_creation_input_tokens": 12_304, "cache_read_input_tokens": 7, "output_tokens": 550,
        "cache_creation": {"ephemeral_5m_input_tokens": 12_000, "ephemeral_1h_input_tokens": 304}
    }});
    let output = |body: Vec<u8>| {
        InvokeModelOutput::builder().body(Blob::new(body)).content_type("application/json").build().expect("an answer")
    };
    assert_eq!(output(body.to_string().into_bytes()).reading().usage, Ok(expected()));
    assert_eq!(output(b"no JSON".to_vec()).reading().usage, Err(NoUsage::Missing));

    let event =
        |event: Value| ResponseStream::Chunk(PayloadPart::builder().bytes(Blob::new(event.to_string())).build());
    let events = [
        event(json!({"type": "message_start", "message": body})),
        event(json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 600}})),
        event(
            json!({"type": "message_stop", "amazon-bedrock-invocationMetrics": {"inputTokenCount": 3, "outputTokenCount": 600}}),
        ),
    ];
    let mut usage = StreamUsage::new("bedrock", "");
    events.iter().for_each(|event| event.push_into(&mut usage));
    assert!(usage.is_complete());
    let mut longer = expected();
    longer.output_tokens = 600;
    assert_eq!(usage.reading().usage, Ok(longer));
}
