//! A list that only grows, read and appended without a lock.

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
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

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
