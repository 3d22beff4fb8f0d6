//! Usage from the types of `ollama-rs`.
//!
//! A chat response whose prompt was still in the model's memory has no `prompt_eval_count`; the client's type cannot hold
//! that, so the counts of such an answer are lost. Its embeddings have no counts at all. Read the body as
//! `serde_json::Value` for both.

use ::ollama_rs::generation::chat::ChatMessageResponse;
use ::ollama_rs::generation::completion::GenerationResponse;

use crate::llm::stream::{LlmChunk, StreamUsage};
use crate::llm::usage::{LlmResponse, NoUsage, Reading, Usage};

impl LlmResponse for ChatMessageResponse {
    fn reading(&self) -> Reading {
        let counts = self.final_data.as_ref().filter(|_| self.done);
        let usage = counts.map(|counts| Usage::new(counts.prompt_eval_count, counts.eval_count));
        read(usage, &self.model)
    }
}

impl LlmResponse for GenerationResponse {
    fn reading(&self) -> Reading {
        let is_told = self.done && (self.prompt_eval_count.is_some() || self.eval_count.is_some());
        let count = |count: Option<u64>| count.unwrap_or(0);
        let usage = is_told.then(|| Usage::new(count(self.prompt_eval_count), count(self.eval_count)));
        read(usage, &self.model)
    }
}

impl LlmChunk for ChatMessageResponse {
    fn push_into(&self, usage: &mut StreamUsage) {
        if self.done {
            usage.report(self);
        }
    }
}

impl LlmChunk for GenerationResponse {
    fn push_into(&self, usage: &mut StreamUsage) {
        if self.done {
            usage.report(self);
        }
    }
}

fn read(usage: Option<Usage>, model: &str) -> Reading {
    Reading { usage: usage.ok_or(NoUsage::Missing), ..Reading::without_usage(NoUsage::Missing) }.model(model)
}
