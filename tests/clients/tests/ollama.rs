//! The types of `ollama-rs` say their counts when they are done.

use ollama_rs::generation::chat::ChatMessageResponse;
use ollama_rs::generation::completion::GenerationResponse;
use serde_json::{Value, json};
use taximeter::llm::{LlmChunk, LlmResponse, NoUsage, StreamUsage, Usage};
use taximeter_client_tests::{priced, typed};

fn chat(done: bool) -> Value {
    let mut body = json!({
        "model": "llama3.2", "created_at": "2026-11-21T00:00:00Z", "message": {"role": "assistant", "content": "Hi"}, "done": done
    });
    if done {
        let counts = json!({"total_duration": 9, "load_duration": 1, "prompt_eval_count": 26, "prompt_eval_duration": 2,
                            "eval_count": 298, "eval_duration": 6});
        body.as_object_mut().expect("an object").extend(counts.as_object().expect("an object").clone());
    }
    body
}

#[test]
fn a_chat_says_its_counts_at_its_end() {
    let (open, done) = (typed::<ChatMessageResponse>(&chat(false)), typed::<ChatMessageResponse>(&chat(true)));
    assert_eq!(open.reading().usage, Err(NoUsage::Missing));
    assert_eq!(done.reading(), chat(true).reading());
    let mut usage = StreamUsage::new("ollama", "ollama.chat");
    let items: [Result<ChatMessageResponse, ()>; 2] = [Ok(open), Ok(done)];
    items.iter().for_each(|item| item.push_into(&mut usage));
    assert!(usage.is_complete());
    assert_eq!(usage.reading().usage, Ok(Usage::new(26, 298)));
    assert_eq!(priced("ollama", "llama3.2", &usage), "0", "nobody charges for it, which is known");
}

#[test]
fn a_generation_may_leave_its_prompt_out() {
    let body = |done: bool| {
        json!({"model": "llama3.2", "created_at": "2026-11-21T00:00:00Z", "response": "Hi", "done": done,
               "eval_count": if done { json!(5) } else { Value::Null }})
    };
    let done = typed::<GenerationResponse>(&body(true));
    assert_eq!(done.reading().usage, Ok(Usage::new(0, 5)));
    let mut usage = StreamUsage::new("ollama", "");
    vec![typed::<GenerationResponse>(&body(false)), done].push_into(&mut usage);
    assert!(usage.is_complete());
    assert_eq!(usage.reading().usage, Ok(Usage::new(0, 5)));
}
