//! Reads mutated answers for as many seconds as it is told, and ends with a panic at the first that breaks a rule.
//!
//! `cargo run --release --package taximeter-tests --bin fuzz_usage -- 600 [SEED]`

use serde_json::{Map, Value, json};
use taximeter_tests::fuzz;
use taximeter_tests::payloads::payloads;
use taximeter_tests::random::Random;
use taximeter_tests::usage_rules::must_hold;

fn main() {
    let corpus = corpus();
    let make = |random: &mut Random| (*random.pick(&PROVIDERS), *random.pick(&APIS), stream(&corpus, random));
    fuzz::run(
        make,
        |(provider, api, stream)| must_hold(provider, api, stream),
        |(provider, api, stream)| format!("{provider} {api:?} {}", Value::from(stream.clone())),
    );
}

const PROVIDERS: [&str; 8] = ["openai", "anthropic", "gemini", "bedrock", "xai", "perplexity", "cohere", ""];

const APIS: [&str; 8] = [
    "",
    "openai.chat",
    "openai.responses",
    "openai.images",
    "anthropic.messages",
    "xai.chat",
    "taximeter.usage",
    "mistral.ocr",
];

/// Whole answers, and the events of streams.
fn corpus() -> Vec<Value> {
    let whole = payloads().into_iter().map(|payload| payload.body);
    let events = [
        json!({"type": "message_start", "message": {"id": "m", "model": "claude-opus-4-6", "usage": {"input_tokens": 9, "output_tokens": 1}}}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 15}}),
        json!({"type": "message_stop", "amazon-bedrock-invocationMetrics": {"inputTokenCount": 9, "outputTokenCount": 15}}),
        json!({"type": "response.created", "response": {"id": "r1", "usage": null}}),
        json!({"type": "response.completed", "response": {"id": "r1", "usage": {"input_tokens": 3, "output_tokens": 4}}}),
        json!({"type": "response.done", "response": {"id": "r2", "usage": {"input_tokens": 3, "output_tokens": 4}}}),
        json!({"type": "message-end", "delta": {"usage": {"billed_units": {"input_tokens": 1, "output_tokens": 2}}}}),
        json!({"event_type": "interaction.complete", "interaction": {"id": "i", "usage": {"total_input_tokens": 7}}}),
        json!({"metadata": {"usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}}}),
        json!({"serverContent": {"turnComplete": true}, "usageMetadata": {"promptTokenCount": 5, "responseTokenCount": 2}}),
        json!({"choices": [{"finish_reason": "stop"}], "usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}}),
        json!({"event": "message_delta", "data": "{\"usage\":{\"output_tokens\":3}}"}),
        json!("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}"),
        json!("[DONE]"),
        json!({"model": "m", "usage": {"input_tokens": 5, "output_tokens": 2}, "taximeter": {
            "api": "taximeter.usage", "lower_bound": true, "cost": "0.5", "parts": [{"model": "n", "usage": {"input_tokens": 5, "output_tokens": 2}}]
        }}),
    ];
    whole.chain(events).collect()
}

fn stream(corpus: &[Value], random: &mut Random) -> Vec<Value> {
    let length = 1 + random.below(6);
    (0..length)
        .map(|_| {
            let mut event = random.pick(corpus).clone();
            for _ in 0..random.below(5) {
                mutate(&mut event, corpus, random);
            }
            event
        })
        .collect()
}

/// Changes one place in a value.
fn mutate(value: &mut Value, corpus: &[Value], random: &mut Random) {
    let place = place(value, random);
    match random.below(10) {
        0 => *place = Value::Null,
        1 => *place = number(random),
        2 => *place = json!(random.pick(&["", "12", "search", "AUDIO", "1h", "tokens", "\u{1F695}\u{301}"])),
        3 => *place = json!([place.take(), Value::Null]),
        4 => *place = json!({"usage": place.take()}),
        5 => *place = Value::String(place.to_string()),
        6 => {
            let mut other = random.pick(corpus).clone();
            *place = self::place(&mut other, random).take();
        }
        7 => {
            if let (Value::Object(fields), Value::Object(more)) = (&mut *place, random.pick(corpus)) {
                fields.extend(more.clone());
            }
        }
        8 => {
            if let Value::Object(fields) = place {
                let kept = random.next();
                *fields = std::mem::take(fields)
                    .into_iter()
                    .enumerate()
                    .filter(|(index, _)| kept >> (index % 64) & 1 == 1)
                    .map(|(_, field)| field)
                    .collect::<Map<_, _>>();
            }
        }
        _ => {
            if let Value::Array(items) = place {
                let items_before = items.clone();
                (0..random.below(40)).for_each(|_| items.extend(items_before.iter().take(8).cloned()));
            }
        }
    }
}

/// A value inside of a value, or itself.
fn place<'a>(value: &'a mut Value, random: &mut Random) -> &'a mut Value {
    let inside = match value {
        Value::Array(items) if !items.is_empty() && random.below(4) > 0 => items.len(),
        Value::Object(fields) if !fields.is_empty() && random.below(6) > 0 => fields.len(),
        _ => return value,
    };
    let index = random.below(inside as u64) as usize;
    let next = match value {
        Value::Array(items) => items.get_mut(index),
        Value::Object(fields) => fields.values_mut().nth(index),
        _ => None,
    };
    place(next.expect("the index is below the length"), random)
}

fn number(random: &mut Random) -> Value {
    let edges = [0, 1, 2, 9, 1 << 53, u64::MAX / 2, u64::MAX - 1, u64::MAX];
    match random.below(6) {
        0 => json!(random.below(1_000)),
        1 => json!(*random.pick(&edges)),
        2 => json!(-(random.below(1_000) as i64)),
        3 => json!(random.below(1_000) as f64),
        4 => json!(random.below(1_000) as f64 / 7.0),
        _ => json!(*random.pick(&[1e300, -1e300, 1e19, 1.8446744073709552e19, 5e-324, -0.0])),
    }
}
