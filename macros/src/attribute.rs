//! The one funnel through which every attribute goes.

use std::fmt;

use proc_macro2::TokenStream;
use syn::{Path, PathSegment};

use crate::block::Owner;
use crate::errors::Errors;
use crate::item::{self, Item};
use crate::plan::Plan;
use crate::words::{Place, Words};
use crate::{block, check, expand, fallback};

/// The attributes of this crate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Attribute {
    Observe,
    LlmCost,
    Workflow,
}

impl Attribute {
    pub(crate) const ALL: [Attribute; 3] = [Attribute::Observe, Attribute::LlmCost, Attribute::Workflow];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Attribute::Observe => "observe",
            Attribute::LlmCost => "llm_cost",
            Attribute::Workflow => "workflow",
        }
    }

    /// Whether a path names this attribute: alone, or behind the name of our crate.
    pub(crate) fn is_named_by(self, path: &Path, krate: Option<&Path>) -> bool {
        let mut segments = path.segments.iter().rev();
        if segments.next().is_none_or(|last| last.ident != self.word()) {
            return false;
        }
        let home = krate.and_then(|path| path.segments.last());
        let is_home = |segment: &PathSegment| {
            segment.ident == "taximeter" || home.is_some_and(|home| segment.ident == home.ident)
        };
        segments.next().is_none_or(is_home)
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
    match errors.take(item::parse(item.clone())) {
        Some(Item::Block(block)) if attribute == Attribute::Observe => return block::apply(args, &block, errors),
        Some(Item::Function(function)) => {
            let words = Words::parse(attribute, Place::Function, args, &mut errors);
            check::function(attribute, &words, &function, &mut errors);
            let error = errors.finish();
            return match error {
                None => {
                    // A function in a block that is observed is told so. What other macros do with that block is over.
                    let owner = words.owner.get().map(|name| Owner { name: name.value(), is_left_alone: true });
                    expand::expand(&Plan::new(attribute, words, &function, owner.as_ref()), &function)
                }
                error => fallback::expand(error, item),
            };
        }
        other => {
            let words = Words::parse(attribute, Place::Function, args, &mut errors);
            check::words(attribute, &words, &mut errors);
            check::is_a_function(attribute, other.as_ref(), &mut errors);
        }
    }
    fallback::expand(errors.finish(), item)
}
