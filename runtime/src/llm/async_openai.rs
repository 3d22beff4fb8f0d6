//! Usage from the response types of the `async-openai` client.
//!
//! The types keep what the API of OpenAI says. A compatible server's own fields, such as OpenRouter's `cost`, are lost
//! by them; read the body as `serde_json::Value` to keep those.

use ::async_openai::types::chat::{CompletionUsage, CreateChatCompletionResponse};
use ::async_openai::types::embeddings::CreateEmbeddingResponse;
use ::async_openai::types::responses::{OutputItem, Response, ResponseUsage};
use serde_json::Value;

use super::usage::{LlmResponse, NoUsage, Reading, Usage};

impl LlmResponse for CreateChatCompletionResponse {
    fn reading(&self) -> Reading {
        Reading {
            usage: self.usage.as_ref().ok_or(NoUsage::Missing).and_then(of_chat),
            model: Some(self.model.clone()),
            response_id: Some(self.id.clone()),
            service_tier: self.service_tier.as_ref().and_then(spelled),
            ..Reading::without_usage(NoUsage::Missing)
        }
    }
}

impl LlmResponse for Response {
    fn reading(&self) -> Reading {
        let searches = self.output.iter().filter(|item| matches!(item, OutputItem::WebSearchCall(_))).count();
        Reading {
            usage: self.usage.as_ref().ok_or(NoUsage::Missing).and_then(|usage| of_response(usage, searches)),
            model: Some(self.model.clone()),
            response_id: Some(self.id.clone()),
            service_tier: self.service_tier.as_ref().and_then(spelled),
            ..Reading::without_usage(NoUsage::Missing)
        }
    }
}

impl LlmResponse for CreateEmbeddingResponse {
    fn reading(&self) -> Reading {
        Reading::new(Usage::new(self.usage.prompt_tokens.into(), 0)).model(self.model.clone())
    }
}

fn of_chat(usage: &CompletionUsage) -> Result<Usage, NoUsage> {
    let mut read = Usage::new(usage.prompt_tokens.into(), usage.completion_tokens.into());
    if let Some(details) = &usage.prompt_tokens_details {
        read.cache_read_tokens = details.cached_tokens.unwrap_or(0).into();
        read.cache_write_tokens = count(details.cache_write_tokens)?;
        read.input_audio_tokens = details.audio_tokens.unwrap_or(0).into();
        read.input_image_tokens = count(details.image_tokens)?;
    }
    if let Some(details) = &usage.completion_tokens_details {
        read.reasoning_tokens = details.reasoning_tokens.unwrap_or(0).into();
        read.output_audio_tokens = details.audio_tokens.unwrap_or(0).into();
    }
    checked(read)
}

fn of_response(usage: &ResponseUsage, web_searches: usize) -> Result<Usage, NoUsage> {
    let mut read = Usage::new(usage.input_tokens.into(), usage.output_tokens.into())
        .cache_read(usage.input_tokens_details.cached_tokens.into())
        .cache_write(count(usage.input_tokens_details.cache_write_tokens)?)
        .reasoning(usage.output_tokens_details.reasoning_tokens.into());
    read.web_searches = web_searches as u64;
    checked(read)
}

fn checked(usage: Usage) -> Result<Usage, NoUsage> {
    if usage.is_consistent() { Ok(usage) } else { Err(NoUsage::Unreadable) }
}

fn count(count: Option<i64>) -> Result<u64, NoUsage> {
    u64::try_from(count.unwrap_or(0)).map_err(|_| NoUsage::Unreadable)
}

/// A tier as the API spells it.
fn spelled(tier: &impl serde::Serialize) -> Option<String> {
    match serde_json::to_value(tier) {
        Ok(Value::String(tier)) => Some(tier),
        _ => None,
    }
}
