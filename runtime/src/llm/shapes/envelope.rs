//! What stands around an answer: a line of a batch, an event of a stream or a session.

use serde_json::Value;

/// Envelopes in envelopes: the data of an event, the response of a line, its body.
const DEPTH_CAP: usize = 4;

/// The names that only an answer itself has.
const OWN: &[&str] = &["usage", "usageMetadata", "choices", "candidates", "usage_info"];

/// The answer in its envelopes.
pub(in crate::llm) fn open(body: &Value) -> &Value {
    let mut inside = body;
    for _ in 0..DEPTH_CAP {
        let Some(next) = content(inside) else { break };
        inside = next;
    }
    inside
}

fn content(envelope: &Value) -> Option<&Value> {
    if OWN.iter().any(|name| envelope.get(name).is_some_and(|value| !value.is_null())) {
        return None;
    }
    let object = |path: &str| envelope.pointer(path).filter(|content| content.is_object());
    let is = |kind: &str| envelope.get("type").is_some_and(|own| own == kind);
    // OpenAI: a line of a batch's results. Anthropic: the same. An event with its data.
    let content = object("/response/body").or_else(|| object("/result/message")).or_else(|| object("/data"));
    // A body beside the status of its response; events of responses and of a session; Gemini's batches.
    let content = content.or_else(|| envelope.get("status_code").and(object("/body")));
    let content = content.or_else(|| object("/response")).or_else(|| object("/interaction"));
    // Bedrock's `ConverseStream` and what Cohere and Anthropic send in a stream.
    content
        .or_else(|| object("/metadata").filter(|metadata| metadata.get("usage").is_some()))
        .or_else(|| if is("message-end") { object("/delta") } else { None })
        .or_else(|| if is("message_start") { object("/message") } else { None })
}
