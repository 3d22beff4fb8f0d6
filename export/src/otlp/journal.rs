//! Says once that items do not arrive, and once that they do again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use taximeter_runtime::redact;

use super::Signal;
use super::refusal::Refusal;
use crate::problem::{Key, Problem, Problems};

#[derive(Debug)]
pub(super) struct Journal {
    signal: &'static Signal,
    receiver: String,
    problems: Problems,
    /// The problem that lasts while nothing arrives.
    failing: Mutex<Option<Key>>,
    /// The problem that the receiver does not take everything.
    refusing: Mutex<Option<Key>>,
    lost: AtomicU64,
}

impl Journal {
    pub(super) fn new(signal: &'static Signal, receiver: String, problems: Problems) -> Self {
        let (failing, refusing) = (Mutex::default(), Mutex::default());
        Journal { signal, receiver, problems, failing, refusing, lost: AtomicU64::new(0) }
    }

    pub(super) fn note(&self, items: usize, result: &Result<(), String>) {
        let mut failing = lock(&self.failing);
        match (result, failing.take()) {
            (Ok(()), Some(over)) => {
                self.problems.end(over);
                let lost = self.lost.swap(0, Ordering::AcqRel);
                tracing::info!(target: "taximeter", lost, "{} reach `{}` again", self.signal.items, self.receiver);
            }
            (Ok(()), None) => {}
            (Err(reason), lasting) => {
                self.lost.fetch_add(items as u64, Ordering::AcqRel);
                let message = || {
                    let reason = redact::text(reason);
                    format!("{} do not reach `{}`: {reason}", self.signal.items, self.receiver)
                };
                *failing = Some(lasting.unwrap_or_else(|| self.begin(message())));
            }
        }
    }

    /// The message arrived, and not all of it was taken. Said once, until the program ends.
    pub(super) fn note_refusal(&self, refusal: &Refusal) {
        let mut refusing = lock(&self.refusing);
        if refusing.is_none() {
            let Refusal { items, reason } = refusal;
            let message = format!("`{}` refused {items} {} of a batch: {reason}", self.receiver, self.signal.items);
            *refusing = Some(self.begin(message));
        }
    }

    fn begin(&self, message: String) -> Key {
        self.problems.begin(Problem::new(self.signal.area, message))
    }
}

fn lock(key: &Mutex<Option<Key>>) -> MutexGuard<'_, Option<Key>> {
    key.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::super::SPANS;
    use super::*;
    use crate::problem::TRACES;

    #[test]
    fn a_receiver_that_is_back_ends_no_other_problem() {
        let lasting = Problem::new(TRACES, "the program has a subscriber of its own");
        let problems = Problems::default();
        problems.add(lasting.clone());
        let journal = Journal::new(&SPANS, "http://collector:4317".to_owned(), problems.clone());
        let failed = Err("refused".to_owned());
        journal.note(1, &failed);
        journal.note(1, &failed);
        let messages: Vec<_> = problems.list().iter().map(ToString::to_string).collect();
        assert_eq!(messages[1..], ["traces: spans do not reach `http://collector:4317`: refused"]);
        journal.note(1, &Ok(()));
        assert_eq!(problems.list(), [lasting]);
    }
}
