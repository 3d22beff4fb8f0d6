//! The answers that came before the current one on the same connection.

use super::bounded::PARTS_CAP;
use crate::llm::usage::{NoUsage, Part, Reading};

/// What the earlier answers took, by the model that made it.
#[derive(Clone, Debug, Default)]
pub(super) struct Session(Vec<Part>);

impl Session {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds an answer that is over. Returns whether all of it could be counted.
    pub(super) fn add(&mut self, answer: &Reading) -> bool {
        match &answer.usage {
            Ok(_) => parts_of(answer).into_iter().all(|part| self.add_part(part)),
            Err(NoUsage::Missing) => true,
            Err(NoUsage::Unreadable) => false,
        }
    }

    fn add_part(&mut self, part: Part) -> bool {
        if let Some(same) = self.0.iter_mut().find(|known| known.model == part.model) {
            same.usage.add(&part.usage);
            return true;
        }
        let has_room = self.0.len() < PARTS_CAP;
        if has_room {
            self.0.push(part);
        }
        has_room
    }

    /// The reading of the current answer with all answers before it.
    pub(super) fn with(&self, current: Reading) -> Reading {
        if self.is_empty() || current.usage == Err(NoUsage::Unreadable) {
            return current;
        }
        let mut all = self.clone();
        let _ = all.add(&current);
        let mut parts = all.0.into_iter();
        let mut usage = parts.as_slice().first().map(|part| part.usage.clone()).unwrap_or_default();
        parts.as_slice().iter().skip(1).for_each(|part| usage.add(&part.usage));
        let is_one = parts.as_slice().iter().all(|part| part.model.is_none());
        let parts = if is_one { Vec::new() } else { parts.by_ref().collect() };
        Reading { usage: Ok(usage), parts, cost: None, ..current }
    }
}

/// The parts of an answer that has some, or the whole answer as one.
fn parts_of(answer: &Reading) -> Vec<Part> {
    match (&answer.usage, answer.parts.is_empty()) {
        (Ok(usage), true) => vec![Part { model: None, usage: usage.clone() }],
        _ => answer.parts.clone(),
    }
}
