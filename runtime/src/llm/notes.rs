//! What the items of a stream have said while they went by.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::scope::LlmScope;
use super::stream::{LlmChunk, StreamUsage};
use super::usage::{LlmResponse, NoUsage, Reading};
use crate::call::Call;
use crate::clock::Moment;
use crate::guard::user_code;
use crate::outcome::Outcome;

/// The stream of a request, as its request knows it.
#[derive(Default)]
pub(super) struct Stream(Mutex<Option<Seen>>);

struct Seen {
    usage: StreamUsage,
    /// The attribute's closure told the usage, and nobody knows whether it was the final one.
    is_told: bool,
    /// When the call began: before its request was sent, and so before there was a stream.
    started: Moment,
    first: Option<Duration>,
}

/// What is known of a stream that is over.
pub(super) struct Streamed {
    pub(super) reading: Option<Reading>,
    /// From the call to its first item.
    pub(super) first: Option<Duration>,
}

impl Stream {
    fn begin(&self, provider: &str, started: Moment) {
        let usage = StreamUsage::new(provider, "");
        *self.lock() = Some(Seen { usage, is_told: false, started, first: None });
    }

    /// What the stream has said. What it said before it broke off is the least that is charged.
    pub(super) fn finish(&self, outcome: Outcome) -> Option<Streamed> {
        let Seen { usage, is_told, first, .. } = self.lock().take()?;
        let mut reading = usage.reading();
        let is_whole = outcome == Outcome::Success;
        reading.lower_bound |= is_told && !is_whole;
        // What came before a failure is charged, whether or not anybody says how much it was.
        let has_failed_late = outcome == Outcome::Error && first.is_some();
        let is_known = is_whole || has_failed_late || reading.usage != Err(NoUsage::Missing);
        Some(Streamed { reading: is_known.then_some(reading), first })
    }

    fn lock(&self) -> MutexGuard<'_, Option<Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A handle to what a stream's items say, for the code that sees them.
pub struct Notes(Option<LlmScope>);

/// Begins to note what the items of a call's stream say.
pub fn notes(call: &Call) -> Notes {
    let scope = call.llm().cloned();
    if let Some(scope) = &scope {
        scope.stream().begin(scope.provider(), call.started());
    }
    Notes(scope)
}

impl Notes {
    /// Notes an item that says what it knows by itself.
    pub(crate) fn chunk(&self, chunk: &impl LlmChunk) {
        self.with(|seen| {
            // A panic in the user's code leaves what was known before.
            user_code(|| chunk.push_into(&mut seen.usage));
        });
    }

    /// Notes an item that says nothing of usage.
    pub(crate) fn item(&self) {
        self.with(|_| ());
    }

    /// Notes what the attribute's closure read from an item. The last word counts.
    pub fn reading(&self, is_error: bool, reading: Option<Reading>) {
        let Some(reading) = reading.filter(|_| !is_error) else { return };
        self.with(|seen| {
            seen.is_told |= reading.usage.is_ok();
            seen.usage.report(&reading);
        });
    }

    fn with(&self, note: impl FnOnce(&mut Seen)) {
        let Some(scope) = &self.0 else { return };
        if let Some(seen) = &mut *scope.stream().lock() {
            seen.first.get_or_insert_with(|| Duration::from_nanos(seen.started.elapsed_ns()));
            note(seen);
        }
    }
}
