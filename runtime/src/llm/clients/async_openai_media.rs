//! Usage of images and transcriptions from the types of the `async-openai` client, whole and in streams.

use ::async_openai::types::audio::{
    CreateTranscriptionResponseDiarizedJson, CreateTranscriptionResponseJson, CreateTranscriptionResponseStreamEvent,
    CreateTranscriptionResponseVerboseJson,
};
use ::async_openai::types::images::{ImageEditStreamEvent, ImageGenStreamEvent, ImagesResponse};
use serde_json::json;

use super::async_openai::{read, value};
use crate::llm::stream::{LlmChunk, StreamUsage};
use crate::llm::usage::{LlmResponse, Reading};

impl LlmResponse for ImagesResponse {
    /// The answer does not name its model: the attribute does.
    fn reading(&self) -> Reading {
        read(&json!({"created": self.created, "data": [], "usage": value(&self.usage)}), "openai.images")
    }
}

/// Transcriptions do not name their model: the attribute does.
macro_rules! transcription {
    ($($response:ty),+) => {
        $(impl LlmResponse for $response {
            fn reading(&self) -> Reading {
                read(&json!({"usage": value(&self.usage)}), "openai.transcription")
            }
        })+
    };
}
transcription!(
    CreateTranscriptionResponseJson,
    CreateTranscriptionResponseDiarizedJson,
    CreateTranscriptionResponseVerboseJson
);

impl LlmChunk for CreateTranscriptionResponseStreamEvent {
    fn push_into(&self, usage: &mut StreamUsage) {
        if let CreateTranscriptionResponseStreamEvent::TranscriptTextDone(done) = self {
            usage.push(&json!({"type": "transcript.text.done", "usage": value(&done.usage)}));
        }
    }
}

impl LlmChunk for ImageGenStreamEvent {
    fn push_into(&self, usage: &mut StreamUsage) {
        if let ImageGenStreamEvent::Completed(done) = self {
            usage.push(&json!({"type": "image_generation.completed", "usage": value(&done.usage)}));
        }
    }
}

impl LlmChunk for ImageEditStreamEvent {
    fn push_into(&self, usage: &mut StreamUsage) {
        if let ImageEditStreamEvent::Completed(done) = self {
            usage.push(&json!({"type": "image_edit.completed", "usage": value(&done.usage)}));
        }
    }
}
