//! Usage from the types of `rig-core`.
//!
//! Its counts have one meaning for all providers, which is ours too. How long cache writes are kept, the service tier, the
//! place and the fees are only in the response's `raw` body, and are read from there. The items of a stream carry no
//! counts at all: when the stream is over, report the finished response.
//!
//! ```ignore
//! let mut stream = model.stream(request).await?;
//! while let Some(item) = stream.next().await { /* ... */ }
//! taximeter::llm::report(&stream.finish().await?);
//! ```
//!
//! What rig calculates from a catalogue of its own is not what a provider charged, and is left out.

use ::rig_core::completion::{CompletionResponse, Usage as Counted};
use ::rig_core::streaming::{Item, Relayed, StreamEvent};

use super::raw;
use crate::llm::stream::{LlmChunk, StreamUsage};
use crate::llm::usage::{LlmResponse, NoUsage, Reading, Usage};

impl LlmResponse for CompletionResponse {
    fn reading(&self) -> Reading {
        let reading = raw::refined(counted(&self.usage), Some(&self.raw), &self.origin.provider);
        Reading {
            model: self.origin.response_model.clone().or(reading.model).or_else(|| Some(self.origin.model.clone())),
            response_id: self.origin.response_id.clone().or(reading.response_id),
            lower_bound: self.aborted.is_some(),
            ..reading
        }
    }
}

impl LlmResponse for Counted {
    fn reading(&self) -> Reading {
        Reading { usage: counted(self), ..Reading::without_usage(NoUsage::Missing) }
    }
}

impl LlmChunk for Item<StreamEvent> {
    /// Says nothing: the finished response does.
    fn push_into(&self, _: &mut StreamUsage) {}
}

impl LlmChunk for Relayed {
    fn push_into(&self, usage: &mut StreamUsage) {
        if let Relayed::Done(response) = self {
            usage.report(response.as_ref());
        }
    }
}

fn counted(counted: &Counted) -> Result<Usage, NoUsage> {
    if counted.input_tokens.is_none() && counted.output_tokens.is_none() {
        return Err(NoUsage::Missing);
    }
    Usage::new(counted.input_tokens.unwrap_or(0), counted.output_tokens.unwrap_or(0))
        .cache_read(counted.cached_input_tokens.unwrap_or(0))
        .cache_write(counted.cache_creation_input_tokens.unwrap_or(0))
        .reasoning(counted.reasoning_tokens.unwrap_or(0))
        .checked()
}
