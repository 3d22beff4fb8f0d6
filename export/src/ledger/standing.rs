//! What waits, what is being sent, and whether it is over, as one number: so every item is in one place at every moment, and
//! whoever ends it all counts each of them once.
//!
//! The file names its atomics by way of `super::sync`, so that a model (`tests/tests/cells.rs`) can run this very code in
//! every order that threads may take.

use super::sync::{AtomicU64, Ordering};

/// The lowest bit of the number.
const CLOSED: u64 = 1;
/// Where the 31 bits of what waits begin.
const WAITING: u32 = 1;
/// Where the 32 bits of what is being sent begin.
const SENDING: u32 = 32;
/// The most of each.
const MOST: u64 = (1 << 31) - 1;

/// Why an item may not wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Full,
    Closed,
}

#[derive(Debug)]
pub(crate) struct Standing(AtomicU64);

/// What the number says while it is not closed.
#[derive(Clone, Copy)]
struct Items {
    waiting: u64,
    sending: u64,
}

impl Standing {
    pub(crate) fn new() -> Self {
        Standing(AtomicU64::new(Items { waiting: 0, sending: 0 }.packed()))
    }

    /// One more waits, if there are fewer than that.
    pub(crate) fn admit(&self, bound: usize) -> Result<(), Refused> {
        let bound = (bound as u64).min(MOST);
        self.change(|items| (items.waiting < bound).then(|| Items { waiting: items.waiting + 1, ..items })).map(drop)
    }

    /// So many wait, whatever the bound. Says whether they may.
    pub(crate) fn add(&self, more: usize) -> bool {
        let add = |items: Items| Some(Items { waiting: items.waiting.saturating_add(more as u64).min(MOST), ..items });
        self.change(add).is_ok()
    }

    /// So many do not wait any more: they are being sent.
    pub(crate) fn begin(&self, batch: usize) {
        let batch = batch as u64;
        let _ = self.change(|Items { waiting, sending }| {
            let sending = sending.saturating_add(batch).min(MOST);
            Some(Items { waiting: waiting.saturating_sub(batch), sending })
        });
    }

    /// So many have arrived or are lost. Says whether they were being sent until now.
    pub(crate) fn end(&self, batch: usize) -> bool {
        let sent = |items: Items| Some(Items { sending: items.sending.saturating_sub(batch as u64), ..items });
        self.change(sent).is_ok()
    }

    /// The end. Gives how many waited and were being sent, once.
    pub(crate) fn close(&self) -> u64 {
        match Items::of(self.0.swap(CLOSED, Ordering::AcqRel)) {
            Some(items) => items.waiting + items.sending,
            None => 0,
        }
    }

    fn change(&self, change: impl Fn(Items) -> Option<Items>) -> Result<u64, Refused> {
        let change = |packed| Items::of(packed).and_then(&change).map(Items::packed);
        let refused = |packed| if Items::of(packed).is_some() { Refused::Full } else { Refused::Closed };
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, change).map_err(refused)
    }
}

impl Items {
    /// None when it is closed.
    fn of(packed: u64) -> Option<Self> {
        let items = Items { waiting: (packed >> WAITING) & MOST, sending: packed >> SENDING };
        (packed & CLOSED == 0).then_some(items)
    }

    fn packed(self) -> u64 {
        self.sending << SENDING | self.waiting << WAITING
    }
}
