//! Usage from the types of `genai`.
//!
//! Its counts have one meaning for all providers, which is ours too. Its types leave out the service tier, the place, and
//! the fees for searches, and the modalities but audio. They are in the raw body, which is read when the client keeps it:
//! `ChatOptions::default().with_capture_raw_body(true)`. A stream says its usage with `with_capture_usage(true)` alone, and
//! never a raw body.

use ::genai::chat::{ChatResponse, ChatStreamEvent, Usage as Counted};
use ::genai::embed::EmbedResponse;
use ::genai::{ModelIden, ModelName};

use super::raw;
use crate::llm::stream::{LlmChunk, StreamUsage};
use crate::llm::usage::{LlmResponse, NoUsage, Reading, Usage};

impl LlmResponse for ChatResponse {
    fn reading(&self) -> Reading {
        let reading = read(&self.usage, &self.provider_model_iden, self.captured_raw_body.as_ref());
        Reading { response_id: self.response_id.clone().or(reading.response_id), ..reading }
    }
}

impl LlmResponse for EmbedResponse {
    fn reading(&self) -> Reading {
        read(&self.usage, &self.provider_model_iden, self.captured_raw_body.as_ref())
    }
}

impl LlmResponse for Counted {
    fn reading(&self) -> Reading {
        Reading { usage: counted(self), ..Reading::without_usage(NoUsage::Missing) }
    }
}

impl LlmChunk for ChatStreamEvent {
    /// The last event has the usage, if the options ask for it.
    fn push_into(&self, usage: &mut StreamUsage) {
        if let ChatStreamEvent::End(end) = self
            && let Some(counts) = &end.captured_usage
        {
            let reading = counts.reading();
            usage.report(&Reading { response_id: end.captured_response_id.clone(), ..reading });
        }
    }
}

fn read(usage: &Counted, answered: &ModelIden, raw: Option<&serde_json::Value>) -> Reading {
    let reading = raw::refined(counted(usage), raw, answered.adapter_kind.as_lower_str());
    let name: &ModelName = &answered.model_name;
    Reading { model: Some(name.to_string()), ..reading }
}

fn counted(counts: &Counted) -> Result<Usage, NoUsage> {
    if counts.prompt_tokens.is_none() && counts.completion_tokens.is_none() {
        return Err(NoUsage::Missing);
    }
    let mut usage = Usage::new(count(counts.prompt_tokens)?, count(counts.completion_tokens)?);
    if let Some(details) = &counts.prompt_tokens_details {
        usage.cache_read_tokens = count(details.cached_tokens)?;
        usage.cache_write_tokens = count(details.cache_creation_tokens)?;
        usage.input_audio_tokens = count(details.audio_tokens)?;
        let kept = details.cache_creation_details.as_ref();
        usage.cache_write_1h_tokens = count(kept.and_then(|kept| kept.ephemeral_1h_tokens))?;
    }
    if let Some(details) = &counts.completion_tokens_details {
        usage.reasoning_tokens = count(details.reasoning_tokens)?;
        usage.output_audio_tokens = count(details.audio_tokens)?;
    }
    usage.checked()
}

fn count(count: Option<i32>) -> Result<u64, NoUsage> {
    u64::try_from(count.unwrap_or(0)).map_err(|_| NoUsage::Unreadable)
}
