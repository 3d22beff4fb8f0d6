//! Usage from the types of `aws-sdk-bedrockruntime`: of `Converse`, of `InvokeModel`, and of both in streams.
//!
//! Nothing is left out of the counts. But a response names no model, so the attribute has to; only a prompt router says
//! which one it took.

use ::aws_sdk_bedrockruntime::operation::converse::ConverseOutput;
use ::aws_sdk_bedrockruntime::operation::invoke_model::InvokeModelOutput;
use ::aws_sdk_bedrockruntime::types::{
    CacheDetail, ConverseStreamMetadataEvent, ConverseStreamOutput, PromptRouterTrace, ResponseStream, ServiceTier,
    TokenUsage,
};
use serde_json::{Value, json};

use crate::llm::shapes::{self, Hint};
use crate::llm::stream::{LlmChunk, StreamUsage};
use crate::llm::usage::{LlmResponse, NoUsage, Reading};

const PROVIDER: &str = "aws.bedrock";

impl LlmResponse for ConverseOutput {
    fn reading(&self) -> Reading {
        let router = self.trace.as_ref().and_then(|trace| trace.prompt_router.as_ref());
        read(&body(self.usage.as_ref(), self.service_tier.as_ref(), router))
    }
}

impl LlmResponse for TokenUsage {
    fn reading(&self) -> Reading {
        read(&body(Some(self), None, None))
    }
}

impl LlmResponse for InvokeModelOutput {
    /// Reads the body, which has the shape of the model's vendor.
    fn reading(&self) -> Reading {
        let Ok(body) = serde_json::from_slice::<Value>(self.body.as_ref()) else {
            return Reading::without_usage(NoUsage::Missing);
        };
        let reading = read(&body);
        let served = self.service_tier.as_ref().map(|tier| tier.as_str().to_owned());
        Reading { service_tier: served.or(reading.service_tier), ..reading }
    }
}

impl LlmChunk for ConverseStreamOutput {
    fn push_into(&self, usage: &mut StreamUsage) {
        if let ConverseStreamOutput::Metadata(metadata) = self {
            metadata.push_into(usage);
        }
    }
}

impl LlmChunk for ConverseStreamMetadataEvent {
    fn push_into(&self, usage: &mut StreamUsage) {
        let router = self.trace.as_ref().and_then(|trace| trace.prompt_router.as_ref());
        usage.push(&json!({"metadata": body(self.usage.as_ref(), self.service_tier.as_ref(), router)}));
    }
}

impl LlmChunk for ResponseStream {
    /// The piece is an event of the model's vendor.
    fn push_into(&self, usage: &mut StreamUsage) {
        if let ResponseStream::Chunk(part) = self
            && let Some(Ok(event)) = part.bytes.as_ref().map(|bytes| serde_json::from_slice::<Value>(bytes.as_ref()))
        {
            usage.push(&event);
        }
    }
}

fn read(body: &Value) -> Reading {
    shapes::read(body, Hint { provider: Some(PROVIDER), api: None })
}

/// The body as the service sent it.
fn body(usage: Option<&TokenUsage>, tier: Option<&ServiceTier>, router: Option<&PromptRouterTrace>) -> Value {
    json!({
        "usage": usage.map(counts),
        "serviceTier": tier.map(|tier| json!({"type": tier.r#type.as_str()})),
        "trace": router.map(|router| json!({"promptRouter": {"invokedModelId": router.invoked_model_id}})),
    })
}

fn counts(usage: &TokenUsage) -> Value {
    let kept = |detail: &CacheDetail| json!({"ttl": detail.ttl.as_str(), "inputTokens": detail.input_tokens});
    json!({
        "inputTokens": usage.input_tokens,
        "outputTokens": usage.output_tokens,
        "totalTokens": usage.total_tokens,
        "cacheReadInputTokens": usage.cache_read_input_tokens,
        "cacheWriteInputTokens": usage.cache_write_input_tokens,
        "cacheDetails": usage.cache_details.iter().flatten().map(kept).collect::<Value>(),
    })
}
