//! What holds of the usage of any answer: it makes sense or is refused, and reading it again changes nothing.

use proptest::prelude::*;
use serde_json::{Map, Value};
use taximeter::llm::{LlmResponse, StreamUsage, Usage};
use taximeter_tests::payloads::{Payload, payloads};
use taximeter_tests::usage_rules::must_hold;

/// Any JSON, most of it of the names that providers use.
fn json() -> impl Strategy<Value = Value> {
    let names = names();
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..100_u64).prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        proptest::sample::select(names.clone()).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, move |inside| {
        let name = prop_oneof![8 => proptest::sample::select(names.clone()), 1 => ".{0,8}"];
        prop_oneof![
            1 => proptest::collection::vec(inside.clone(), 0..4).prop_map(Value::from),
            4 => proptest::collection::btree_map(name, inside, 0..8)
                .prop_map(|fields| Value::Object(Map::from_iter(fields))),
        ]
    })
}

/// The names and the texts in the recorded answers.
fn names() -> Vec<String> {
    fn collect(value: &Value, names: &mut Vec<String>) {
        match value {
            Value::String(text) => names.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
            Value::Object(fields) => fields.iter().for_each(|(name, value)| {
                names.push(name.clone());
                collect(value, names);
            }),
            _ => {}
        }
    }
    let events =
        ["message_start", "message_delta", "message-end", "delta", "data", "event", "serverContent", "turnComplete"];
    let mut names: Vec<String> = events.map(str::to_owned).into();
    payloads().iter().for_each(|payload| collect(&payload.body, &mut names));
    names.sort();
    names.dedup();
    names
}

/// A recorded answer in which one count is another.
fn changed() -> impl Strategy<Value = (Payload, Value)> {
    let index = 0..payloads().len();
    (index, any::<prop::sample::Index>(), json()).prop_map(|(index, at, value)| {
        let payload = payloads().swap_remove(index);
        let mut body = payload.body.clone();
        let mut leaves = Vec::new();
        leaves_of(&body, String::new(), &mut leaves);
        *body.pointer_mut(&leaves[at.index(leaves.len())]).expect("a leaf") = value;
        (payload, body)
    })
}

fn leaves_of(value: &Value, path: String, leaves: &mut Vec<String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(name, value)| leaves_of(value, format!("{path}/{name}"), leaves));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(index, value)| leaves_of(value, format!("{path}/{index}"), leaves));
        }
        _ => leaves.push(path),
    }
}

/// A usage whose details fit into their totals.
fn usage() -> impl Strategy<Value = Usage> {
    proptest::array::uniform8(0..1_000_000_u64).prop_map(|[plain, read, written, hour, out, reasoning, audio, fees]| {
        let mut usage = Usage::new(plain + read + written, out + reasoning).cache_read(read).cache_write(written);
        usage.cache_write_1h_tokens = hour.min(written);
        usage.reasoning_tokens = reasoning;
        usage.input_audio_tokens = audio.min(usage.input_tokens);
        usage.cache_read_audio_tokens = (audio / 2).min(read).min(usage.input_audio_tokens);
        (usage.web_searches, usage.pages, usage.input_audio_milliseconds) = (fees % 7, fees % 5, fees);
        usage
    })
}

proptest! {
    #[test]
    fn any_json_makes_sense_or_is_refused(events in proptest::collection::vec(json(), 1..4)) {
        must_hold("openai", "", &events);
        must_hold("xai", "anthropic.messages", &events);
    }

    #[test]
    fn an_answer_with_anything_in_the_place_of_a_count_makes_sense_or_is_refused((payload, body) in changed()) {
        must_hold(payload.provider, payload.api, std::slice::from_ref(&body));
        must_hold(payload.provider, "", &[payload.body, body]);
    }

    #[test]
    fn a_usage_survives_the_body_that_it_is_written_into(usage in usage()) {
        let mut stream = StreamUsage::new("openai", "");
        stream.report(&usage);
        let body = stream.finish().expect("a usage");
        prop_assert_eq!(body.reading().usage, Ok(usage.clone()));
        let mut again = StreamUsage::new("openai", "openai.chat");
        again.push(&body);
        prop_assert_eq!(again.reading().usage, Ok(usage));
    }
}
