//! Usage from the types of the `async-openai` client, whole and in streams.
//!
//! The types keep what the API of OpenAI says. A compatible server's own fields, such as OpenRouter's `cost` and Groq's
//! `x_groq`, are lost by them, and a service tier that they do not know fails to parse; read the body as
//! `serde_json::Value` to keep those.

use ::async_openai::types::chat::{CreateChatCompletionResponse, CreateChatCompletionStreamResponse};
use ::async_openai::types::embeddings::CreateEmbeddingResponse;
use ::async_openai::types::responses::{OutputItem, Response, ResponseStreamEvent, Tool};
use serde::Serialize;
use serde_json::{Value, json};

use crate::llm::shapes::{self, Hint};
use crate::llm::stream::{LlmChunk, StreamUsage};
use crate::llm::usage::{LlmResponse, Reading};

impl LlmResponse for CreateChatCompletionResponse {
    fn reading(&self) -> Reading {
        let reasons = self.choices.iter().map(|choice| reason(&choice.finish_reason));
        let body = json!({
            "id": self.id, "model": self.model, "service_tier": value(&self.service_tier),
            "choices": reasons.collect::<Value>(), "usage": value(&self.usage)
        });
        read(&body, "openai.chat")
    }
}

impl LlmResponse for CreateEmbeddingResponse {
    fn reading(&self) -> Reading {
        read(&json!({"model": self.model, "usage": value(&self.usage)}), "openai.embeddings")
    }
}

impl LlmResponse for Response {
    fn reading(&self) -> Reading {
        read(&essence(self), "openai.responses")
    }
}

impl LlmChunk for CreateChatCompletionStreamResponse {
    /// The last chunk has the usage, if the request asks for it by `stream_options.include_usage`.
    fn push_into(&self, usage: &mut StreamUsage) {
        let reasons: Value = self.choices.iter().map(|choice| reason(&choice.finish_reason)).collect();
        let says_more = self.usage.is_some() || self.choices.iter().any(|choice| choice.finish_reason.is_some());
        if says_more || !usage.has_model() {
            usage.push(&json!({
                "id": self.id, "model": self.model, "service_tier": value(&self.service_tier), "choices": reasons,
                "usage": value(&self.usage)
            }));
        }
    }
}

impl LlmChunk for ResponseStreamEvent {
    fn push_into(&self, usage: &mut StreamUsage) {
        let (kind, response) = match self {
            ResponseStreamEvent::ResponseCreated(event) => ("response.created", &event.response),
            ResponseStreamEvent::ResponseCompleted(event) => ("response.completed", &event.response),
            ResponseStreamEvent::ResponseIncomplete(event) => ("response.incomplete", &event.response),
            ResponseStreamEvent::ResponseFailed(event) => ("response.failed", &event.response),
            _ => return,
        };
        usage.push(&json!({"type": kind, "response": essence(response)}));
    }
}

/// A choice without what it says: why it ended.
fn reason(finish: &impl Serialize) -> Value {
    json!({"finish_reason": value(finish)})
}

/// A response without what it says: its names, its counts, and the calls and tools that are charged.
fn essence(response: &Response) -> Value {
    json!({
        "id": response.id,
        "model": response.model,
        "service_tier": value(&response.service_tier),
        "usage": value(&response.usage),
        "tool_usage": value(&response.tool_usage),
        "output": response.output.iter().filter_map(charged).collect::<Value>(),
        "tools": response.tools.iter().flatten().filter_map(drawing).collect::<Value>(),
    })
}

fn charged(item: &OutputItem) -> Option<Value> {
    match item {
        OutputItem::WebSearchCall(call) => {
            let action = value(&call.action);
            Some(json!({"type": "web_search_call", "action": {"type": action.get("type")}}))
        }
        OutputItem::FileSearchCall(_) => Some(json!({"type": "file_search_call"})),
        OutputItem::CodeInterpreterCall(call) => {
            Some(json!({"type": "code_interpreter_call", "container_id": call.container_id}))
        }
        _ => None,
    }
}

fn drawing(tool: &Tool) -> Option<Value> {
    match tool {
        Tool::ImageGeneration(tool) => Some(json!({"type": "image_generation", "model": tool.model})),
        _ => None,
    }
}

pub(super) fn read(body: &Value, api: &str) -> Reading {
    shapes::read(body, Hint { api: Some(api), ..Hint::default() })
}

/// A part of an answer as the API spells it.
pub(super) fn value(part: &impl Serialize) -> Value {
    serde_json::to_value(part).unwrap_or_default()
}
