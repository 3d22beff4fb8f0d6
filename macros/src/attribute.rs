//! The one funnel through which every attribute goes.

use std::fmt;

use proc_macro2::TokenStream;

use crate::errors::Errors;
use crate::item::Item;
use crate::plan::Plan;
use crate::words::Words;
use crate::{check, expand, fallback, item};

/// The attributes of this crate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Attribute {
    Observe,
    LlmCost,
    Workflow,
}

impl Attribute {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Attribute::Observe => "observe",
            Attribute::LlmCost => "llm_cost",
            Attribute::Workflow => "workflow",
        }
    }
}

/// As messages show it: `#[observe]` in back-ticks.
impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`#[{}]`", self.word())
    }
}

/// Expands `attribute(args)` on `item`. On any mistake the item comes back as it was, beside every error at once.
pub(crate) fn apply(attribute: Attribute, args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let words = Words::parse(attribute, args, &mut errors);
    let parsed = errors.take(item::parse(item.clone()));
    if let Some(parsed) = &parsed {
        check::check(attribute, &words, parsed, &mut errors);
    }
    match (errors.finish(), parsed) {
        (None, Some(Item::Function(function))) => expand::expand(&Plan::new(attribute, words, &function), &function),
        (error, _) => fallback::expand(error, item),
    }
}
