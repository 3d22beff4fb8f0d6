//! What a language model's answer says about tokens, in one meaning for all providers.

use serde_json::Value;

use super::money::Usd;
use crate::guard::user_code;

/// The tokens of one request.
///
/// The two totals include their details: `input_tokens` holds the cached tokens, `output_tokens` holds the reasoning.
/// Providers differ in this (Anthropic reports cache reads beside the input, Gemini reports thoughts beside the
/// output); reading a payload makes it so once. These are the meanings of `gen_ai.usage.*` in the GenAI conventions.
///
/// ```
/// use taximeter_runtime::llm::Usage;
///
/// let usage = Usage::new(1_200, 80).cache_read(1_024).reasoning(64);
/// assert_eq!((usage.input_tokens, usage.cache_read_tokens), (1_200, 1_024));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// All tokens of the prompt, those from and for the cache included.
    pub input_tokens: u64,
    /// All tokens of the completion, reasoning included.
    pub output_tokens: u64,
    /// Of the input: read from the provider's cache.
    pub cache_read_tokens: u64,
    /// Of the input: written into the provider's cache, for any time.
    pub cache_write_tokens: u64,
    /// Of the cache writes: those kept for an hour, which Anthropic prices apart.
    pub cache_write_1h_tokens: u64,
    /// Of the output: reasoning that the caller does not see.
    pub reasoning_tokens: u64,
    /// Of the input: audio.
    pub input_audio_tokens: u64,
    /// Of the output: audio.
    pub output_audio_tokens: u64,
    /// Of the input: images.
    pub input_image_tokens: u64,
    /// Of the output: images.
    pub output_image_tokens: u64,
    /// Of the input: video.
    pub input_video_tokens: u64,
    /// Of the cache reads: audio.
    pub cache_read_audio_tokens: u64,
    /// Of the cache reads: images.
    pub cache_read_image_tokens: u64,
    /// Of the cache reads: video.
    pub cache_read_video_tokens: u64,
    /// Audio that is charged by its length and not by tokens, in milliseconds.
    pub input_audio_milliseconds: u64,
    /// Pages that were read out of a document.
    pub pages: u64,
    /// Of the pages: annotated as well, which has a price of its own.
    pub annotated_pages: u64,
    /// Searches of a reranker, each over as many documents as its provider counts for one.
    pub search_units: u64,
    /// Searches that the provider ran on the web and charges for one by one.
    pub web_searches: u64,
    /// Searches that the provider ran in the caller's files and charges for one by one.
    pub file_searches: u64,
    /// Sessions of the provider's code interpreter, charged one by one.
    pub code_sessions: u64,
}

impl Usage {
    /// The usage of a request without details.
    pub fn new(input_tokens: u64, output_tokens: u64) -> Usage {
        Usage { input_tokens, output_tokens, ..Usage::default() }
    }

    /// Says how many of the input tokens were read from the cache.
    pub fn cache_read(mut self, tokens: u64) -> Usage {
        self.cache_read_tokens = tokens;
        self
    }

    /// Says how many of the input tokens were written into the cache.
    pub fn cache_write(mut self, tokens: u64) -> Usage {
        self.cache_write_tokens = tokens;
        self
    }

    /// Says how many of the output tokens were reasoning.
    pub fn reasoning(mut self, tokens: u64) -> Usage {
        self.reasoning_tokens = tokens;
        self
    }

    /// Adds the tokens of another request. Counts saturate.
    pub(crate) fn add(&mut self, other: &Usage) {
        *self = self.with(other, |count, more| Some(count.saturating_add(more))).unwrap_or_default();
    }

    /// The tokens of both, unless a count overflows.
    pub(crate) fn checked_add(&self, other: &Usage) -> Option<Usage> {
        self.with(other, u64::checked_add)
    }

    /// The usage, if each detail fits into its total.
    pub(crate) fn checked(self) -> Result<Usage, NoUsage> {
        if self.is_consistent() { Ok(self) } else { Err(NoUsage::Unreadable) }
    }

    /// Whether each detail fits into its total. A payload that says otherwise was read wrongly, or lies.
    pub(crate) fn is_consistent(&self) -> bool {
        let fits = |parts: &[u64], total: u64| {
            parts.iter().try_fold(0_u64, |sum, part| sum.checked_add(*part)).is_some_and(|sum| sum <= total)
        };
        fits(&[self.cache_read_tokens, self.cache_write_tokens], self.input_tokens)
            && fits(&[self.input_audio_tokens, self.input_image_tokens, self.input_video_tokens], self.input_tokens)
            && fits(&[self.output_audio_tokens, self.output_image_tokens], self.output_tokens)
            && fits(&[self.reasoning_tokens], self.output_tokens)
            && fits(&[self.cache_write_1h_tokens], self.cache_write_tokens)
            && fits(&[self.annotated_pages], self.pages)
            && fits(
                &[self.cache_read_audio_tokens, self.cache_read_image_tokens, self.cache_read_video_tokens],
                self.cache_read_tokens,
            )
            && fits(&[self.cache_read_audio_tokens], self.input_audio_tokens)
            && fits(&[self.cache_read_image_tokens], self.input_image_tokens)
            && fits(&[self.cache_read_video_tokens], self.input_video_tokens)
    }
}

/// Hands the names of all counts of a [`Usage`] to another macro, so that none is forgotten anywhere.
macro_rules! each_count {
    ($then:ident) => {
        $then! {
            input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cache_write_1h_tokens, reasoning_tokens,
            input_audio_tokens, output_audio_tokens, input_image_tokens, output_image_tokens, input_video_tokens,
            cache_read_audio_tokens, cache_read_image_tokens, cache_read_video_tokens, input_audio_milliseconds, pages,
            annotated_pages, search_units, web_searches, file_searches, code_sessions,
        }
    };
}
pub(super) use each_count;

macro_rules! pairwise {
    ($($name:ident),+ $(,)?) => {
        impl Usage {
            /// Each count of both, put together by `join`, which may refuse.
            fn with(&self, other: &Usage, join: impl Fn(u64, u64) -> Option<u64>) -> Option<Usage> {
                Some(Usage { $($name: join(self.$name, other.$name)?),+ })
            }
        }
    };
}
each_count!(pairwise);

/// What an answer says about itself: which model gave it, and how many tokens it took.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reading {
    /// The tokens, or why there are none to count.
    pub usage: Result<Usage, NoUsage>,
    /// The model that answered, as the provider spells it.
    pub model: Option<String>,
    /// The provider's id of the answer.
    pub response_id: Option<String>,
    /// The service tier that the provider says it served, which may differ from the one that was asked for.
    pub service_tier: Option<String>,
    /// Why the model stopped, for each of its answers, where the provider says it.
    pub finish_reasons: Vec<String>,
    /// How fast a service was served, where the provider charges for speed.
    pub speed: Option<String>,
    /// Where the request was served, where the provider charges for the place.
    pub geo: Option<String>,
    /// What the provider itself says that it charges. It goes before every price table.
    pub cost: Option<Usd>,
    /// What is charged apart from one another, when there is more than one part: the samplings of one message, the images
    /// that another model drew. Empty when the whole usage has one price. `usage` holds their sum.
    pub parts: Vec<Part>,
    /// The answer ended before it was whole, so the provider charges at least this.
    pub lower_bound: bool,
}

/// A part of an answer that is charged by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// The model that made this part, when it is not the answer's own.
    pub model: Option<String>,
    /// The tokens of this part.
    pub usage: Usage,
}

impl Reading {
    /// A reading with tokens and nothing else.
    pub fn new(usage: Usage) -> Reading {
        Reading { usage: Ok(usage), ..Reading::without_usage(NoUsage::Missing) }
    }

    /// A reading of an answer that has no tokens to count.
    pub fn without_usage(reason: NoUsage) -> Reading {
        Reading {
            usage: Err(reason),
            model: None,
            response_id: None,
            service_tier: None,
            finish_reasons: Vec::new(),
            speed: None,
            geo: None,
            cost: None,
            parts: Vec::new(),
            lower_bound: false,
        }
    }

    /// Says which model answered.
    pub fn model(mut self, model: impl Into<String>) -> Reading {
        self.model = Some(model.into());
        self
    }

    /// Says the provider's id of the answer.
    pub fn response_id(mut self, id: impl Into<String>) -> Reading {
        self.response_id = Some(id.into());
        self
    }

    /// Says what the provider charged.
    pub fn cost(mut self, cost: Usd) -> Reading {
        self.cost = Some(cost);
        self
    }

    /// Says which service tier was served.
    pub fn service_tier(mut self, tier: impl Into<String>) -> Reading {
        self.service_tier = Some(tier.into());
        self
    }
}

/// Why an answer has no tokens to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoUsage {
    /// The answer carries no usage.
    Missing,
    /// The answer carries a usage that makes no sense: negative, fractional, overflowing, or parts above their total.
    Unreadable,
}

/// A returned value from which the usage of a language model can be read.
///
/// Implemented for [`serde_json::Value`] (the bodies of OpenAI and what speaks its API, Anthropic, Gemini, Bedrock, Cohere,
/// Mistral and Ollama), for [`Usage`], for `(T, Usage)`, for [`StreamUsage`](crate::llm::StreamUsage), and for the response
/// types of the clients behind features.
/// `#[llm_cost]` looks through `Result`. For a function that returns only text, call
/// [`report`](crate::llm::report) inside of it.
///
/// ```
/// use taximeter_runtime::llm::{LlmResponse, Reading, Usage};
///
/// struct Answer { text: String, prompt: u64, completion: u64 }
///
/// impl LlmResponse for Answer {
///     fn reading(&self) -> Reading {
///         Reading::new(Usage::new(self.prompt, self.completion)).model("house-model-2")
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "no usage can be read from `{Self}`",
    label = "no `taximeter::llm::LlmResponse`",
    note = "give a `taximeter::llm::Usage`, an `Option` of one, or the provider's answer as a `serde_json::Value`"
)]
pub trait LlmResponse {
    /// Reads the usage. It is called once for each call that returns.
    fn reading(&self) -> Reading;
}

/// Reads an answer. The reader may be the user's code, and what it cannot read cannot hurt the call.
pub(crate) fn read<R: LlmResponse + ?Sized>(answer: &R) -> Reading {
    user_code(|| answer.reading()).unwrap_or_else(|| Reading::without_usage(NoUsage::Unreadable))
}

/// Reads a returned value as the attribute says: `usage = |value| ..`.
pub fn usage_by<'a, R, A: LlmResponse>(value: &'a R, usage: impl FnOnce(&'a R) -> A) -> Option<Reading> {
    let reading = user_code(|| usage(value).reading());
    Some(reading.unwrap_or_else(|| Reading::without_usage(NoUsage::Unreadable)))
}

impl LlmResponse for Usage {
    fn reading(&self) -> Reading {
        Reading::new(self.clone())
    }
}

impl LlmResponse for Reading {
    fn reading(&self) -> Reading {
        self.clone()
    }
}

impl<T> LlmResponse for (T, Usage) {
    fn reading(&self) -> Reading {
        self.1.reading()
    }
}

impl<R: LlmResponse> LlmResponse for Option<R> {
    fn reading(&self) -> Reading {
        self.as_ref().map_or_else(|| Reading::without_usage(NoUsage::Missing), R::reading)
    }
}

impl<R: LlmResponse + ?Sized> LlmResponse for &R {
    fn reading(&self) -> Reading {
        (**self).reading()
    }
}

impl<R: LlmResponse + ?Sized> LlmResponse for Box<R> {
    fn reading(&self) -> Reading {
        (**self).reading()
    }
}

impl<R: LlmResponse + ?Sized> LlmResponse for std::sync::Arc<R> {
    fn reading(&self) -> Reading {
        (**self).reading()
    }
}

impl LlmResponse for Value {
    /// Reads the body of a provider's answer, whose shape is told by the names in it.
    fn reading(&self) -> Reading {
        super::shapes::read(self, super::shapes::Hint::default())
    }
}
