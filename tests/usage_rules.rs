//! What holds of the usage of any answer, be it made of nonsense.

use serde_json::Value;
use taximeter::llm::{LlmResponse, NoUsage, Reading, StreamUsage, Usage};

/// The longest body that a stream may leave, whatever was pushed into it.
const BODY_CAP: usize = 1 << 20;

/// Panics when these events, as one stream and each as a whole body, break a rule.
pub fn must_hold(provider: &str, api: &str, events: &[Value]) {
    let mut stream = StreamUsage::new(provider, api);
    for event in events {
        must_make_sense(&event.reading());
        stream.push(event);
    }
    let reading = stream.reading();
    must_make_sense(&reading);
    assert_eq!(stream.finish().is_none(), reading.usage == Err(NoUsage::Missing), "{stream:?}");
    if reading.usage.is_ok() {
        assert_eq!(reading.lower_bound, !stream.is_complete(), "{stream:?}");
    }
    if let Some(body) = stream.finish() {
        assert!(body.to_string().len() <= BODY_CAP, "a body of {} bytes", body.to_string().len());
        let mut again = StreamUsage::new(provider, api);
        again.push(&body);
        assert_eq!(again.reading().usage, reading.usage, "read again: {body}");
        assert_eq!(again.reading().lower_bound, reading.lower_bound, "read again: {body}");
    }
}

/// A usage that is read has details that fit into their totals, and is the sum of its parts.
fn must_make_sense(reading: &Reading) {
    let Ok(usage) = &reading.usage else { return };
    details_must_fit(usage);
    for part in &reading.parts {
        details_must_fit(&part.usage);
    }
    if !reading.parts.is_empty() {
        let sum =
            |count: fn(&Usage) -> u64| reading.parts.iter().map(|part| u128::from(count(&part.usage))).sum::<u128>();
        assert_eq!(sum(|part| part.input_tokens), u128::from(usage.input_tokens), "{reading:?}");
        assert_eq!(sum(|part| part.output_tokens), u128::from(usage.output_tokens), "{reading:?}");
        assert_eq!(sum(|part| part.web_searches), u128::from(usage.web_searches), "{reading:?}");
    }
}

fn details_must_fit(usage: &Usage) {
    let fit = |parts: &[u64], total: u64| {
        let sum: u128 = parts.iter().copied().map(u128::from).sum();
        assert!(sum <= u128::from(total), "{usage:?}");
    };
    fit(&[usage.cache_read_tokens, usage.cache_write_tokens], usage.input_tokens);
    fit(&[usage.input_audio_tokens, usage.input_image_tokens, usage.input_video_tokens], usage.input_tokens);
    fit(&[usage.output_audio_tokens, usage.output_image_tokens], usage.output_tokens);
    fit(&[usage.reasoning_tokens], usage.output_tokens);
    fit(&[usage.cache_write_1h_tokens], usage.cache_write_tokens);
    fit(
        &[usage.cache_read_audio_tokens, usage.cache_read_image_tokens, usage.cache_read_video_tokens],
        usage.cache_read_tokens,
    );
}
