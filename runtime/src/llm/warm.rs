//! What the first request of a program would have to do beside its work, done before.
//!
//! A first request would otherwise be the one that brings the price table and the code that reads it into memory, and makes
//! the series that it is counted in.

use std::hint::black_box;

use serde_json::{Value, json};

use super::price;
use super::record;
use super::spec::LlmSpec;
use super::usage::LlmResponse;
use crate::call;
use crate::linked;
use crate::metrics::LlmFamilies;
use crate::outcome::Verdict;
use crate::site::{Role, Said, Site};

/// What is rehearsed is counted here, where nobody looks.
pub(super) static REHEARSED: LlmFamilies = LlmFamilies::new();

/// The functions of the rehearsal, without spans and with them. The linker does not list them, so no page shows them.
static SITES: [[Site; 3]; 2] = [
    [site(&OPENAI.without_span()), site(&ANTHROPIC.without_span()), site(&GEMINI.without_span())],
    [site(&OPENAI), site(&ANTHROPIC), site(&GEMINI)],
];
const OPENAI: Said = said("openai", "gpt-4o-mini");
const ANTHROPIC: Said = said("anthropic", "claude-sonnet-4-5");
const GEMINI: Said = said("gemini", "gemini-2.5-flash");

const fn said(provider: &'static str, model: &'static str) -> Said {
    Said::nothing().llm(LlmSpec::new(provider, Some(model), None).rehearsed())
}

const fn site(said: &'static Said) -> Site {
    Site::new("taximeter", "rehearsal", file!(), line!()).with(said)
}

/// Makes everything ready, and rehearses a request. When it `has_spans`, the subscriber sees those of the rehearsal.
pub(super) fn run(has_spans: bool) {
    price::warm();
    record::show_zeros();
    let mut has_requests = false;
    for site in linked::sites() {
        has_requests |= matches!(site.said.role, Role::Llm(_));
        if matches!(site.said.role, Role::Llm(_) | Role::Workflow) {
            site.make_ready();
        }
    }
    // Where the linker lists no functions, those of the rehearsal would be taken for the program's.
    if has_requests {
        let [without, with] = &SITES;
        let sites = if has_spans { with } else { without };
        sites.iter().zip(answers()).for_each(|(site, answer)| rehearse(site, answer));
    }
}

/// A request from its beginning to its end, by the code that every request goes through.
fn rehearse(site: &'static Site, answer: Value) {
    let close =
        |closing: call::Closing<'_>, answer: &Value| closing.close_llm(Verdict::Success, Some(answer.reading()));
    black_box(call::call(site, close, || answer));
}

/// An answer of each of the shapes that most requests get.
fn answers() -> [Value; 3] {
    let chat = json!({
        "id": "0", "model": "gpt-4o-mini-2024-07-18", "service_tier": "default",
        "choices": [{"message": {}, "finish_reason": "stop"}],
        "usage": {
            "prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18,
            "prompt_tokens_details": {"cached_tokens": 1, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 1}
        }
    });
    let message = json!({
        "id": "0", "type": "message", "model": "claude-sonnet-4-5-20250929", "stop_reason": "end_turn",
        "usage": {
            "input_tokens": 9, "output_tokens": 9, "cache_creation_input_tokens": 1, "cache_read_input_tokens": 1,
            "cache_creation": {"ephemeral_5m_input_tokens": 1, "ephemeral_1h_input_tokens": 0}
        }
    });
    let content = json!({
        "responseId": "0", "modelVersion": "gemini-2.5-flash", "candidates": [{"finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 9, "thoughtsTokenCount": 1, "totalTokenCount": 19}
    });
    [chat, message, content]
}
