//! Why a model stopped, as each provider says it.

use serde_json::Value;

/// The most answers of one request that are asked.
const ANSWERS_CAP: usize = 16;
/// The most bytes of a reason: it is one word.
const WORD_CAP: usize = 64;

/// One reason for each answer: of OpenAI's choices, Gemini's candidates, or the one of everybody else.
pub(super) fn reasons(body: &Value) -> Vec<String> {
    let answers = ["choices", "candidates"].iter().find_map(|name| body.get(name)?.as_array());
    let answers = answers.map_or(std::slice::from_ref(body), Vec::as_slice);
    let words = ["finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason"];
    let reason = |answer: &Value| {
        let word = words.iter().find_map(|name| answer.get(name)?.as_str())?;
        (word.len() <= WORD_CAP).then(|| word.to_owned())
    };
    answers.iter().take(ANSWERS_CAP).filter_map(reason).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_provider_says_it_in_its_own_way() {
        for (body, expected) in [
            (json!({"choices": [{"finish_reason": "stop"}, {"finish_reason": "length"}]}), vec!["stop", "length"]),
            (json!({"candidates": [{"finishReason": "MAX_TOKENS"}]}), vec!["MAX_TOKENS"]),
            (json!({"type": "message", "stop_reason": "end_turn"}), vec!["end_turn"]),
            (json!({"stopReason": "tool_use"}), vec!["tool_use"]),
            (json!({"done": true, "done_reason": "stop"}), vec!["stop"]),
            (json!({"choices": [{"finish_reason": null}]}), vec![]),
            (json!({"stop_reason": "x".repeat(65)}), vec![]),
            (json!("text"), vec![]),
        ] {
            assert_eq!(reasons(&body), expected, "{body}");
        }
    }
}
