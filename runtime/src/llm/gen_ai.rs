//! The metrics of the GenAI conventions, of the generation that was asked for.
//!
//! By default those of v1.41, which is what is in use. With the opt-in those of `semantic-conventions-genai`, where an
//! inference has a duration of its own, its tokens are counters by modality, and requests that failed took none. What is no
//! inference keeps the old name of its duration there, and has no metric for tokens. (Both texts as of 2026-11.)

use std::ops::ControlFlow;

use super::convention;
use super::record::Ending;
use super::scope::LlmScope;
use super::usage::{Reading, Usage};
use crate::metrics::Page;
use crate::metrics::family::{Count, Family, LlmDurations, TokenCounts};
use crate::metrics::histogram::Spread;
use crate::metrics::names;
use crate::outcome::Outcome;

/// The operations that infer. A word of the program's own is none that anybody knows.
const INFERENCES: [&str; 3] = ["chat", "generate_content", "text_completion"];

/// The modality of what an answer does not tell apart.
const UNKNOWN: &str = "unknown";

/// The families of both generations.
pub(crate) struct GenAiFamilies {
    operation_duration: Family<Spread<LlmDurations>>,
    operation_first_chunk: Family<Spread<LlmDurations>>,
    token_usage: Family<Spread<TokenCounts>>,
    inference_duration: Family<Spread<LlmDurations>>,
    inference_first_chunk: Family<Spread<LlmDurations>>,
    /// Input, output.
    inference_tokens: [Family<Spread<TokenCounts>>; 2],
    /// Input, output, cache read, cache write, reasoning.
    usage: [Family<Count>; 5],
}

impl GenAiFamilies {
    pub(crate) const fn new() -> GenAiFamilies {
        GenAiFamilies {
            operation_duration: Family::new(&names::GEN_AI_OPERATION_DURATION),
            operation_first_chunk: Family::new(&names::GEN_AI_OPERATION_FIRST_CHUNK),
            token_usage: Family::new(&names::GEN_AI_TOKEN_USAGE),
            inference_duration: Family::new(&names::GEN_AI_INFERENCE_DURATION),
            inference_first_chunk: Family::new(&names::GEN_AI_INFERENCE_FIRST_CHUNK),
            inference_tokens: [
                Family::new(&names::GEN_AI_INFERENCE_INPUT_TOKENS),
                Family::new(&names::GEN_AI_INFERENCE_OUTPUT_TOKENS),
            ],
            usage: [
                Family::new(&names::GEN_AI_USAGE_INPUT_TOKENS),
                Family::new(&names::GEN_AI_USAGE_OUTPUT_TOKENS),
                Family::new(&names::GEN_AI_USAGE_CACHE_READ_TOKENS),
                Family::new(&names::GEN_AI_USAGE_CACHE_WRITE_TOKENS),
                Family::new(&names::GEN_AI_USAGE_REASONING_TOKENS),
            ],
        }
    }

    /// Shows all of them, in the order of their names' table.
    pub(crate) fn show(&self, page: &mut dyn Page) -> ControlFlow<()> {
        self.operation_duration.show(page)?;
        self.operation_first_chunk.show(page)?;
        self.token_usage.show(page)?;
        self.inference_duration.show(page)?;
        self.inference_first_chunk.show(page)?;
        self.inference_tokens.iter().try_for_each(|family| family.show(page))?;
        self.usage.iter().try_for_each(|family| family.show(page))
    }
}

/// A call, as the labels of the conventions tell it.
pub(super) struct Told<'a> {
    scope: &'a LlmScope,
    answered: &'a str,
    error_type: &'a str,
}

/// What the label `error_type` says: nothing of a success, and of a call that nobody waits for that it was cancelled.
pub(super) fn error_type(ending: Ending) -> String {
    match (ending.outcome, ending.error) {
        (Outcome::Success, _) => String::new(),
        (_, Some(error)) => error.label(),
        (outcome, None) => outcome.label().to_owned(),
    }
}

impl<'a> Told<'a> {
    pub(super) fn new(scope: &'a LlmScope, answer: Option<&'a Reading>, error_type: &'a str) -> Told<'a> {
        let answered = answer.and_then(|answer| answer.model.as_deref()).unwrap_or_default();
        Told { scope, answered, error_type }
    }

    fn families(&self) -> &'static GenAiFamilies {
        &self.scope.families().gen_ai
    }

    fn labels(&self, last: &'a str) -> [&'a str; 5] {
        let scope = self.scope;
        let provider = convention::provider(scope.provider());
        [scope.operation(), provider, scope.requested_model(), self.answered, last]
    }

    fn is_inference(&self) -> bool {
        INFERENCES.contains(&self.scope.operation())
    }

    /// Records how long the call took, and how long its first item.
    pub(super) fn duration(&self, ending: Ending) {
        let families = self.families();
        let (whole, first) = match convention::is_latest() && self.is_inference() {
            true => (&families.inference_duration, &families.inference_first_chunk),
            false => (&families.operation_duration, &families.operation_first_chunk),
        };
        let labels = self.labels(self.error_type);
        whole.with(&labels).record_duration(ending.elapsed);
        if let (Some(time), Some((_, labels))) = (ending.first, labels.split_last()) {
            first.with(labels).record_duration(time);
        }
    }

    /// Records what one request took.
    pub(super) fn tokens(&self, usage: &Usage) {
        if !convention::is_latest() {
            for (kind, count) in [("input", usage.input_tokens), ("output", usage.output_tokens)] {
                self.families().token_usage.with(&self.labels(kind)).record(count);
            }
        } else if self.is_inference() {
            self.inferred(usage);
        }
    }

    /// A request that failed without an answer took no tokens, which the newer generation wants to be told.
    pub(super) fn failed(&self) {
        if convention::is_latest() && self.is_inference() {
            self.inferred(&Usage::default());
        }
    }

    fn inferred(&self, usage: &Usage) {
        let families = self.families();
        for (family, count) in families.inference_tokens.iter().zip([usage.input_tokens, usage.output_tokens]) {
            family.with(&self.labels(self.error_type)).record(count);
        }
        for ((family, tokens), position) in families.usage.iter().zip(by_modality(usage)).zip(0..) {
            for (modality, count) in tokens {
                // Of input and output there is always a series; of their parts, and of the modalities, when there are some.
                if count > 0 || position < 2 && modality == UNKNOWN {
                    family.with(&self.labels(modality)).add(count);
                }
            }
        }
    }
}

/// The tokens of each counter, in the order of the families: audio, images, and what the answer does not tell apart.
fn by_modality(usage: &Usage) -> [[(&'static str, u64); 3]; 5] {
    let split = |total: u64, audio: u64, image: u64| {
        let rest = total.saturating_sub(audio).saturating_sub(image);
        [("audio", audio), ("image", image), (UNKNOWN, rest)]
    };
    [
        split(usage.input_tokens, usage.input_audio_tokens, usage.input_image_tokens),
        split(usage.output_tokens, usage.output_audio_tokens, usage.output_image_tokens),
        split(usage.cache_read_tokens, usage.cache_read_audio_tokens, usage.cache_read_image_tokens),
        split(usage.cache_write_tokens, 0, 0),
        split(usage.reasoning_tokens, 0, 0),
    ]
}
