//! The types of `async-openai` say what their raw bodies say.

use async_openai::types::audio::{
    CreateTranscriptionResponseDiarizedJson, CreateTranscriptionResponseJson, CreateTranscriptionResponseStreamEvent,
    CreateTranscriptionResponseVerboseJson,
};
use async_openai::types::chat::{CreateChatCompletionResponse, CreateChatCompletionStreamResponse};
use async_openai::types::embeddings::CreateEmbeddingResponse;
use async_openai::types::images::{ImageEditStreamEvent, ImageGenStreamEvent, ImagesResponse};
use async_openai::types::responses::{Response, ResponseStreamEvent};
use serde_json::{Value, json};
use taximeter::llm::{LlmChunk, LlmResponse, Reading, StreamUsage};
use taximeter_client_tests::{priced, typed};

fn chat() -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-5-mini-2025-08-07",
        "service_tier": "flex",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
        "usage": {
            "prompt_tokens": 2006, "completion_tokens": 300, "total_tokens": 2306,
            "prompt_tokens_details": {"cached_tokens": 1920, "audio_tokens": 0, "cache_write_tokens": 80},
            "completion_tokens_details": {"reasoning_tokens": 192, "audio_tokens": 0}
        }
    })
}

fn response(kind: &str) -> Value {
    json!({
        "id": "resp_1", "object": "response", "created_at": 1, "model": "gpt-5", "status": kind, "service_tier": "priority",
        "output": [
            {"type": "web_search_call", "id": "w1", "status": "completed", "action": {"type": "search", "query": "taxi"}},
            {"type": "web_search_call", "id": "w2", "status": "completed", "action": {"type": "open_page", "url": "https://a.example"}},
            {"type": "code_interpreter_call", "id": "c1", "status": "completed", "container_id": "box", "code": "1", "outputs": []}
        ],
        "tools": [], "usage": {
            "input_tokens": 36, "input_tokens_details": {"cached_tokens": 4},
            "output_tokens": 87, "output_tokens_details": {"reasoning_tokens": 64}, "total_tokens": 123
        }
    })
}

#[test]
fn responses_read_as_their_bodies() {
    let body = chat();
    assert_eq!(typed::<CreateChatCompletionResponse>(&body).reading(), body.reading());
    let body = response("completed");
    let reading = typed::<Response>(&body).reading();
    assert_eq!(reading, body.reading());
    let usage = reading.usage.expect("a usage");
    assert_eq!((usage.web_searches, usage.code_sessions, usage.reasoning_tokens), (1, 1, 64));
    let body = json!({
        "object": "list", "model": "text-embedding-3-small", "data": [], "usage": {"prompt_tokens": 8, "total_tokens": 8}
    });
    assert_eq!(typed::<CreateEmbeddingResponse>(&body).reading(), body.reading());
}

fn drawn() -> Value {
    json!({
        "input_tokens": 50, "output_tokens": 1_056, "total_tokens": 1_106,
        "input_tokens_details": {"text_tokens": 10, "image_tokens": 40}
    })
}

fn heard() -> Value {
    json!({
        "type": "tokens", "input_tokens": 1_000, "output_tokens": 100, "total_tokens": 1_100,
        "input_token_details": {"text_tokens": 10, "audio_tokens": 990}
    })
}

#[test]
fn images_and_transcriptions_read_as_their_bodies() {
    let body = json!({"created": 1, "data": [], "usage": drawn()});
    let image = typed::<ImagesResponse>(&body);
    assert_eq!(image.reading(), body.reading());
    assert_eq!(image.reading().usage.map(|usage| usage.output_image_tokens), Ok(1_056));

    let plain = json!({"text": "Hi", "usage": heard()});
    assert_eq!(typed::<CreateTranscriptionResponseJson>(&plain).reading(), plain.reading());
    assert_eq!(plain.reading().usage.map(|usage| usage.input_audio_tokens), Ok(990));
    let told_apart = json!({"task": "transcribe", "duration": 9.5, "text": "Hi", "segments": [], "usage": heard()});
    assert_eq!(typed::<CreateTranscriptionResponseDiarizedJson>(&told_apart).reading(), told_apart.reading());
    let verbose = json!({
        "language": "en", "duration": 9.5, "text": "Hi", "usage": {"type": "duration", "seconds": 10.0}
    });
    assert_eq!(typed::<CreateTranscriptionResponseVerboseJson>(&verbose).reading(), verbose.reading());
    assert_eq!(verbose.reading().usage.map(|usage| usage.input_audio_milliseconds), Ok(10_000));
}

#[test]
fn streams_of_images_and_of_a_transcription_say_it_in_their_last_event() {
    let image = |kind: &str| {
        json!({
            "type": kind, "b64_json": "", "created_at": 1, "size": "1024x1024", "quality": "high", "background": "opaque",
            "output_format": "png", "usage": drawn()
        })
    };
    let of = |event: &Value, typed: &dyn LlmChunk| {
        let mut usages = [StreamUsage::new("openai", ""), StreamUsage::new("openai", "")];
        usages[0].push(event);
        typed.push_into(&mut usages[1]);
        usages.map(|usage| (usage.reading(), usage.is_complete()))
    };
    let generated = image("image_generation.completed");
    let [raw, own] = of(&generated, &typed::<ImageGenStreamEvent>(&generated));
    assert_eq!((raw.1, &raw), (true, &own));
    let edited = image("image_edit.completed");
    let [raw, own] = of(&edited, &typed::<ImageEditStreamEvent>(&edited));
    assert_eq!((raw.1, &raw), (true, &own));
    let done = json!({"type": "transcript.text.done", "text": "Hi", "usage": heard()});
    let [raw, own] = of(&done, &typed::<CreateTranscriptionResponseStreamEvent>(&done));
    assert_eq!((raw.1, &raw), (true, &own));
}

#[test]
fn a_stream_of_chunks_reads_as_its_events() {
    let chunk = |choices: Value, usage: Value| json!({"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-mini", "choices": choices, "usage": usage});
    let choice = |reason: Value| json!([{"index": 0, "delta": {"content": "Hi"}, "finish_reason": reason}]);
    let events = [
        chunk(choice(Value::Null), Value::Null),
        chunk(choice(json!("stop")), Value::Null),
        chunk(json!([]), json!({"prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100})),
    ];
    let typed: Vec<Result<CreateChatCompletionStreamResponse, String>> =
        events.iter().map(|event| Ok(typed(event))).collect();
    let (early, late) = (streamed(&typed[..2]), streamed(&typed));
    assert_eq!((early.is_complete(), early.finish()), (false, None));
    assert!(late.is_complete());
    assert_eq!(late.reading(), streamed(&events).reading());
    // USD per million tokens: input 0.15, output 0.60: 1,000 x 0.15 + 100 x 0.60 = 210 millionths
    assert_eq!(priced("openai", "gpt-4o-mini", &late), "0.00021");
}

#[test]
fn a_stream_of_a_response_reads_as_its_events_however_it_ends() {
    for end in ["completed", "incomplete", "failed"] {
        let events = [
            json!({"type": "response.created", "sequence_number": 0, "response": {
                "id": "resp_1", "object": "response", "created_at": 1, "model": "gpt-5", "status": "in_progress", "output": []
            }}),
            json!({"type": "response.output_text.delta", "sequence_number": 1, "item_id": "i", "output_index": 0,
                   "content_index": 0, "delta": "Hi", "logprobs": []}),
            json!({"type": format!("response.{end}"), "sequence_number": 2, "response": response(end)}),
        ];
        let typed: Vec<ResponseStreamEvent> = events.iter().map(typed).collect();
        assert_eq!(streamed(&typed[..2]).finish(), None);
        let (typed, raw) = (streamed(&typed), streamed(&events));
        assert!(typed.is_complete());
        let expected: Reading = raw.reading();
        assert_eq!(typed.reading(), expected);
    }
}

fn streamed(items: &[impl LlmChunk]) -> StreamUsage {
    let mut usage = StreamUsage::new("openai", "");
    items.iter().for_each(|item| item.push_into(&mut usage));
    usage
}
