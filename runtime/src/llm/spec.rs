//! What `#[llm_cost(...)]` says in words that are known at compile time.

use super::budget::Budget;
use super::warm::REHEARSED;
use crate::metrics::{LLM, LlmFamilies};

/// The operation of the GenAI conventions that a call has unless it says otherwise.
const CHAT: &str = "chat";

/// The words of one attribute.
#[derive(Clone, Copy, Debug)]
pub struct LlmSpec {
    pub(crate) provider: &'static str,
    pub(crate) model: Option<&'static str>,
    pub(crate) feature: Option<&'static str>,
    pub(crate) operation: &'static str,
    pub(crate) budget: Option<&'static Budget>,
    is_rehearsal: bool,
}

impl LlmSpec {
    /// `model` is `None` when an expression computes it per call.
    pub const fn new(provider: &'static str, model: Option<&'static str>, feature: Option<&'static str>) -> LlmSpec {
        LlmSpec { provider, model, feature, operation: CHAT, budget: None, is_rehearsal: false }
    }

    /// Says what the model is asked to do, in a word of the GenAI conventions.
    pub const fn operation(mut self, operation: &'static str) -> LlmSpec {
        self.operation = operation;
        self
    }

    /// Makes its calls those of a rehearsal, which nobody counts.
    pub(super) const fn rehearsed(mut self) -> LlmSpec {
        self.is_rehearsal = true;
        self
    }

    /// Where its calls are counted.
    pub(super) fn families(&self) -> &'static LlmFamilies {
        if self.is_rehearsal { &REHEARSED } else { &LLM }
    }

    /// Names the budget that the calls spend.
    pub const fn budget(mut self, budget: &'static Budget) -> LlmSpec {
        self.budget = Some(budget);
        self
    }
}
