//! Says once that a queue is full, and once that it has room again.
//!
//! Whoever finds no room only counts. A task looks at the counts once in a while, so there are no more lines than looks,
//! however much is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::problem::{Key, Problem, Problems};

/// How often the counts are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// After so many looks without a loss it is over.
const CALM: u32 = 5;

/// How many items have found no room.
#[derive(Clone, Debug, Default)]
pub(crate) struct Refusals(Arc<AtomicU64>);

impl Refusals {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// What is known of one queue.
#[derive(Debug)]
pub(crate) struct Overflow {
    area: &'static str,
    /// What waits in it.
    items: &'static str,
    refusals: Refusals,
    seen: u64,
    lasting: Option<Lasting>,
}

/// A loss that is not over.
#[derive(Debug)]
struct Lasting {
    key: Key,
    /// How many had been lost before.
    before: u64,
    calm: u32,
}

impl Overflow {
    pub(crate) fn new(area: &'static str, items: &'static str, refusals: Refusals) -> Self {
        Overflow { area, items, refusals, seen: 0, lasting: None }
    }

    fn look(&mut self, problems: &Problems) {
        let (before, now) = (self.seen, self.refusals.0.load(Ordering::Relaxed));
        self.seen = now;
        self.lasting = match self.lasting.take() {
            None if now > before => Some(Lasting { key: self.begin(problems), before, calm: 0 }),
            Some(lasting) if now > before => Some(Lasting { calm: 0, ..lasting }),
            Some(lasting) if lasting.calm + 1 < CALM => Some(Lasting { calm: lasting.calm + 1, ..lasting }),
            Some(over) => {
                problems.end(over.key);
                let lost = now - over.before;
                tracing::info!(target: "taximeter", lost, "the queue of {} has room again", self.items);
                None
            }
            None => None,
        };
    }

    fn begin(&self, problems: &Problems) -> Key {
        let message = format!("the queue of {} is full, and what it has no room for is dropped", self.items);
        problems.begin(Problem::new(self.area, message))
    }
}

/// Looks at the queues for as long as the telemetry runs.
pub(crate) async fn watch(mut queues: Vec<Overflow>, problems: Problems) {
    loop {
        tokio::time::sleep(LOOK).await;
        queues.iter_mut().for_each(|queue| queue.look(&problems));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::TRACES;

    #[test]
    fn a_loss_is_one_problem_until_nothing_is_lost_for_a_while() {
        let (refusals, problems) = (Refusals::default(), Problems::default());
        let mut queue = Overflow::new(TRACES, "spans", refusals.clone());
        queue.look(&problems);
        assert!(problems.list().is_empty());
        for _ in 0..3 {
            refusals.add();
            (1..CALM).for_each(|_| queue.look(&problems));
            let messages: Vec<_> = problems.list().iter().map(ToString::to_string).collect();
            assert_eq!(messages, ["traces: the queue of spans is full, and what it has no room for is dropped"]);
        }
        queue.look(&problems);
        queue.look(&problems);
        assert!(problems.list().is_empty());
    }
}
