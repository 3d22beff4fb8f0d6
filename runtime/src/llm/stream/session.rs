//! The answers that came before the current one on the same connection.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::bounded::PARTS_CAP;
use crate::llm::usage::{NoUsage, Part, Reading, Usage};

/// The most answers that are told apart. One that comes again after so many others is counted again.
const ANSWERS_CAP: usize = 4_096;

/// What the earlier answers took, by the model that made it.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    parts: Vec<Part>,
    /// Which answers these were, by a hash of their ids.
    ids: BTreeSet<u64>,
    /// The model that transcribes the caller's audio.
    pub(super) transcriber: Option<String>,
}

impl Session {
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether the answer of this id is over and was counted.
    pub(super) fn has(&self, id: &Value) -> bool {
        self.ids.contains(&hash(id))
    }

    /// Notes the id of an answer that is over.
    pub(super) fn note(&mut self, id: &Value) {
        if self.ids.len() < ANSWERS_CAP {
            self.ids.insert(hash(id));
        }
    }

    /// Adds an answer that is over. Returns whether all of it could be counted.
    pub(super) fn add(&mut self, answer: &Reading) -> bool {
        match &answer.usage {
            Ok(_) => parts_of(answer).into_iter().all(|part| self.add_part(part)),
            Err(NoUsage::Missing) => true,
            Err(NoUsage::Unreadable) => false,
        }
    }

    /// Adds a transcription of the caller's audio. Returns whether it could be counted.
    pub(super) fn add_transcription(&mut self, usage: Result<Usage, NoUsage>) -> bool {
        match (usage, self.transcriber.clone()) {
            (Ok(usage), Some(model)) => self.add_part(Part { model: Some(model), usage }),
            _ => false,
        }
    }

    fn add_part(&mut self, part: Part) -> bool {
        if let Some(same) = self.parts.iter_mut().find(|known| known.model == part.model) {
            same.usage.add(&part.usage);
            return true;
        }
        let has_room = self.parts.len() < PARTS_CAP;
        if has_room {
            self.parts.push(part);
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
        let mut usage = Usage::default();
        all.parts.iter().for_each(|part| usage.add(&part.usage));
        let is_one = all.parts.iter().all(|part| part.model.is_none());
        let parts = if is_one { Vec::new() } else { all.parts };
        Reading { usage: Ok(usage), parts, cost: None, ..current }
    }
}

fn hash(id: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// The parts of an answer that has some, or the whole answer as one.
fn parts_of(answer: &Reading) -> Vec<Part> {
    match (&answer.usage, answer.parts.is_empty()) {
        (Ok(usage), true) => vec![Part { model: None, usage: usage.clone() }],
        _ => answer.parts.clone(),
    }
}
