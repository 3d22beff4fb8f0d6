//! A list that only grows, read and appended without a lock.

use std::cell::Cell;
use std::sync::OnceLock;

/// Nodes that are never removed, so a reference to one is good as long as the chain.
pub(crate) struct Chain<T> {
    first: OnceLock<Box<Node<T>>>,
}

struct Node<T> {
    value: T,
    next: OnceLock<Box<Node<T>>>,
}

impl<T> Chain<T> {
    pub(crate) const fn new() -> Chain<T> {
        Chain { first: OnceLock::new() }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        std::iter::successors(self.first.get(), |node| node.next.get()).map(|node| &node.value)
    }

    /// The first value that `is_it`, or a fresh one at the end.
    ///
    /// `is_it` may be asked again about values that other threads append meanwhile.
    pub(crate) fn find_or_push(&self, is_it: impl Fn(&T) -> bool, fresh: impl Fn() -> T) -> &T {
        let mut end = &self.first;
        loop {
            let Some(node) = end.get() else {
                let appended = Box::new(Node { value: fresh(), next: OnceLock::new() });
                let mut is_ours = false;
                let node = end.get_or_init(|| {
                    is_ours = true;
                    appended
                });
                if is_ours {
                    return &node.value;
                }
                // Another thread appended first; look at what it brought.
                continue;
            };
            if is_it(&node.value) {
                return &node.value;
            }
            end = &node.next;
        }
    }

    /// The first value that `is_it`, or a fresh one at the end; nothing when there are `limit` others.
    pub(crate) fn find_or_push_within(
        &self,
        limit: usize,
        is_it: impl Fn(&T) -> bool,
        fresh: impl Fn() -> T,
    ) -> Option<&T> {
        let asked = Cell::new(0);
        // The last one that the limit allows ends the search, whatever it is: nothing is appended behind it.
        let is_end = |value: &T| {
            asked.set(asked.get() + 1);
            is_it(value) || asked.get() == limit
        };
        let found = self.find_or_push(is_end, fresh);
        is_it(found).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn a_limit_holds_while_threads_race_for_it() {
        let chain = Chain::new();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let chain = &chain;
                scope.spawn(move || {
                    for key in 0..100 {
                        chain.find_or_push_within(10, |known| *known == key + thread, || key + thread);
                    }
                });
            }
        });
        assert_eq!(chain.iter().count(), 10);
    }

    #[test]
    fn threads_that_race_for_a_key_share_one_node() {
        let chain = Chain::new();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for key in 0..100 {
                        let found = chain.find_or_push(|(k, _)| *k == key, || (key, AtomicU32::new(0)));
                        found.1.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        let counted: Vec<_> = chain.iter().map(|(key, count)| (*key, count.load(Ordering::Relaxed))).collect();
        assert_eq!(counted.len(), 100);
        assert!(counted.iter().all(|(_, count)| *count == 8), "{counted:?}");
    }
}
