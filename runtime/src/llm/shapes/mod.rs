//! The bodies of providers' answers, told apart by the API that was asked or by the names that each has to itself.
//!
//! Which parts a total includes is the provider's choice; each shape says so, and makes the totals of [`Usage`] from it
//! once. A count is a whole number that is not negative; a name that is absent or `null` is not a zero, but it adds
//! nothing.

mod anthropic;
mod bedrock;
mod cohere;
mod counts;
pub(super) mod envelope;
mod finish;
pub(super) mod gemini;
pub(super) mod mark;
pub(super) mod mistral;
mod ollama;
pub(super) mod openai;
pub(super) mod plain;
mod shape;

use serde_json::Value;

use super::reported;
use super::usage::{NoUsage, Part, Reading, Usage};
pub(super) use counts::list;
use counts::{Counts, sum};

/// What the caller knows of a body beside the body.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hint<'a> {
    /// The provider that answered.
    pub(super) provider: Option<&'a str>,
    /// The API that was asked: `openai.chat`, `anthropic.messages`. Without it, and where the body has another shape than
    /// that API gives, the shape decides.
    pub(super) api: Option<&'a str>,
}

/// Reads the body of an answer of any provider that is known here, or the part of it that holds model and usage.
pub(super) fn read(body: &Value, hint: Hint<'_>) -> Reading {
    let body = envelope::open(body);
    let hint = mark::hint(body, hint);
    let mut reading = about(body);
    match taken(body, hint) {
        Ok(Taken { usage, parts }) => {
            reading.usage = Ok(usage);
            reading.parts = parts;
        }
        Err(reason) => reading.usage = Err(reason),
    }
    plain::read_mark(body, &mut reading);
    reading
}

/// What the answer says of itself beside its usage.
fn about(body: &Value) -> Reading {
    let text = |names: &[&str]| names.iter().find_map(|name| body.get(name)?.as_str()).map(str::to_owned);
    // Not a JSON pointer: that is decoded anew each time.
    let said = |path: &[&str]| {
        let found = path.iter().try_fold(body, |at, name| at.get(name))?;
        found.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    };
    Reading {
        model: text(&["model", "modelVersion"]).or_else(|| said(&["trace", "promptRouter", "invokedModelId"])),
        response_id: text(&["id", "responseId", "response_id"]),
        service_tier: said(&["service_tier"])
            .or_else(|| said(&["usage", "service_tier"]))
            .or_else(|| said(&["serviceTier", "type"]))
            .or_else(|| said(&["serviceTier"]))
            .or_else(|| gemini::tier(body)),
        finish_reasons: finish::reasons(body),
        speed: said(&["usage", "speed"]),
        geo: said(&["usage", "inference_geo"]),
        cost: reported::cost(body),
        ..Reading::without_usage(NoUsage::Missing)
    }
}

/// What an answer took, as a whole and by what is charged apart.
struct Taken {
    usage: Usage,
    /// Empty when all of it is charged as one.
    parts: Vec<Part>,
}

impl Taken {
    /// The sum of parts, each of which must make sense by itself.
    fn of(parts: Vec<Part>) -> Result<Taken, NoUsage> {
        let usage = parts.iter().try_fold(Usage::default(), |sum, part| {
            sum.checked_add(&part.usage.clone().checked()?).ok_or(NoUsage::Unreadable)
        })?;
        let is_one = matches!(parts.as_slice(), [] | [Part { model: None, .. }]);
        Ok(Taken { usage, parts: if is_one { Vec::new() } else { parts } })
    }
}

impl From<Usage> for Taken {
    fn from(usage: Usage) -> Taken {
        Taken { usage, parts: Vec::new() }
    }
}

fn taken(body: &Value, hint: Hint<'_>) -> Result<Taken, NoUsage> {
    let (shape, counts) = shape::of(body, hint).ok_or(NoUsage::Missing)?;
    let taken = shape.read(body, counts, hint)?;
    taken.usage.checked().map(|usage| Taken { usage, parts: taken.parts })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn usage(body: Value) -> Result<Usage, NoUsage> {
        read(&body, Hint::default()).usage
    }

    #[test]
    fn every_shape_gives_totals_that_include_their_details() {
        let chat = json!({"usage": {
            "prompt_tokens": 2006, "completion_tokens": 300, "total_tokens": 2306,
            "prompt_tokens_details": {"cached_tokens": 1920, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 192}
        }});
        assert_eq!(usage(chat), Ok(Usage::new(2006, 300).cache_read(1920).reasoning(192)));

        let responses = json!({"usage": {
            "input_tokens": 36, "input_tokens_details": {"cached_tokens": 4},
            "output_tokens": 87, "output_tokens_details": {"reasoning_tokens": 64}, "total_tokens": 123
        }});
        assert_eq!(usage(responses), Ok(Usage::new(36, 87).cache_read(4).reasoning(64)));

        let anthropic = json!({"type": "message", "usage": {
            "input_tokens": 3, "output_tokens": 550, "cache_creation_input_tokens": 12304, "cache_read_input_tokens": 7
        }});
        assert_eq!(usage(anthropic), Ok(Usage::new(12314, 550).cache_read(7).cache_write(12304)));

        let gemini = json!({"usageMetadata": {
            "promptTokenCount": 100, "cachedContentTokenCount": 40, "candidatesTokenCount": 20,
            "thoughtsTokenCount": 30, "toolUsePromptTokenCount": 5, "totalTokenCount": 155
        }});
        assert_eq!(usage(gemini), Ok(Usage::new(105, 50).cache_read(40).reasoning(30)));
    }

    #[test]
    fn bedrock_counts_the_cache_as_the_models_owner_does_and_its_total_tells() {
        let claude = json!({"usage": {
            "inputTokens": 3, "outputTokens": 550, "totalTokens": 12_864,
            "cacheReadInputTokens": 7, "cacheWriteInputTokens": 12_304,
            "cacheDetails": [{"ttl": "1h", "inputTokens": 304}, {"ttl": "5m", "inputTokens": 12_000}]
        }, "serviceTier": {"type": "flex"}});
        let expected =
            Usage { cache_write_1h_tokens: 304, ..Usage::new(12_314, 550).cache_read(7).cache_write(12_304) };
        assert_eq!(read(&claude, Hint::default()).service_tier.as_deref(), Some("flex"));
        assert_eq!(usage(claude), Ok(expected));

        let gpt = json!({"usage": {
            "inputTokens": 1_000, "outputTokens": 50, "totalTokens": 1_050, "cacheReadInputTokens": 900
        }});
        assert_eq!(usage(gpt), Ok(Usage::new(1_000, 50).cache_read(900)));
    }

    #[test]
    fn a_message_of_several_samplings_is_billed_for_all_of_them() {
        let body = json!({"type": "message", "usage": {
            "input_tokens": 30, "output_tokens": 5, "server_tool_use": {"web_search_requests": 2},
            "iterations": [
                {"type": "compaction", "input_tokens": 1_000, "output_tokens": 100, "cache_read_input_tokens": 500},
                {"type": "message", "input_tokens": 30, "output_tokens": 5}
            ]
        }});
        let expected = Usage { web_searches: 2, ..Usage::new(1_530, 105).cache_read(500) };
        assert_eq!(usage(body), Ok(expected));
    }

    #[test]
    fn cohere_counts_what_it_bills_and_not_its_own_preamble() {
        let body = json!({"usage": {
            "billed_units": {"input_tokens": 5, "output_tokens": 418}, "tokens": {"input_tokens": 71, "output_tokens": 418}
        }});
        assert_eq!(usage(body), Ok(Usage::new(5, 418)));
    }

    #[test]
    fn ollama_leaves_out_a_prompt_that_it_still_knew() {
        assert_eq!(usage(json!({"done": true, "prompt_eval_count": 26, "eval_count": 298})), Ok(Usage::new(26, 298)));
        assert_eq!(usage(json!({"done": true, "eval_count": 298})), Ok(Usage::new(0, 298)));
        assert_eq!(usage(json!({"done": false, "message": {"content": "The"}})), Err(NoUsage::Missing));
    }

    #[test]
    fn reasoning_on_top_of_the_completion_is_told_by_the_total() {
        let usage_of = |total: u64| {
            json!({"usage": {
                "prompt_tokens": 100, "completion_tokens": 20, "total_tokens": total,
                "completion_tokens_details": {"reasoning_tokens": 300}
            }})
        };
        assert_eq!(usage(usage_of(420)), Ok(Usage::new(100, 320).reasoning(300)));
        assert_eq!(
            usage(usage_of(120)),
            Err(NoUsage::Unreadable),
            "more reasoning than output, and the total does not hold it"
        );
    }

    #[test]
    fn deepseek_says_the_cached_tokens_under_names_of_its_own_too() {
        let body = json!({"usage": {
            "prompt_tokens": 100, "completion_tokens": 5, "prompt_cache_hit_tokens": 64, "prompt_cache_miss_tokens": 36
        }});
        assert_eq!(usage(body), Ok(Usage::new(100, 5).cache_read(64)));
    }

    #[test]
    fn the_answer_says_who_gave_it() {
        let body = json!({"id": "chatcmpl-1", "model": "gpt-4o-mini-2024-07-18", "service_tier": "flex"});
        let reading = read(&body, Hint::default());
        assert_eq!(reading.response_id.as_deref(), Some("chatcmpl-1"));
        assert_eq!(reading.model.as_deref(), Some("gpt-4o-mini-2024-07-18"));
        assert_eq!(reading.service_tier.as_deref(), Some("flex"));
        assert_eq!(
            read(&json!({"modelVersion": "gemini-2.5-flash"}), Hint::default()).model.as_deref(),
            Some("gemini-2.5-flash")
        );
    }

    #[test]
    fn a_missing_usage_is_not_a_zero() {
        for body in
            [json!({}), json!({"usage": null}), json!({"usage": {"prompt_tokens": null}}), json!("text"), json!([])]
        {
            assert_eq!(usage(body.clone()), Err(NoUsage::Missing), "{body}");
        }
        assert_eq!(usage(json!({"usage": {"prompt_tokens": 0, "completion_tokens": 0}})), Ok(Usage::new(0, 0)));
    }

    #[test]
    fn a_count_that_is_no_count_is_refused() {
        for count in [json!(-1), json!(1.5), json!("12"), json!(1e30), json!([1]), json!(18446744073709551616.0)] {
            let body = json!({"usage": {"prompt_tokens": count, "completion_tokens": 1}});
            assert_eq!(usage(body.clone()), Err(NoUsage::Unreadable), "{body}");
        }
        let above = json!({"usage": {"prompt_tokens": 1, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 2}}});
        assert_eq!(usage(above), Err(NoUsage::Unreadable));
        let overflow = json!({"usage": {"input_tokens": u64::MAX, "cache_read_input_tokens": 1, "output_tokens": 1}});
        assert_eq!(usage(overflow), Err(NoUsage::Unreadable));
    }
}
