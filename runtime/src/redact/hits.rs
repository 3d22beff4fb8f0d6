//! How often each rule knew a secret of one text.
//!
//! They are told to the metric when the text is read: a text may be full of secrets, and looking a series up takes longer
//! than finding most of them.

use crate::metrics;

/// So many rules are kept apart: all of ours and some of the program's. The others are told at once.
const KEPT: usize = 16;

/// The hits of one text, told when they are dropped.
#[derive(Default)]
pub(super) struct Hits([Option<(&'static str, u64)>; KEPT]);

impl Hits {
    pub(super) fn add(&mut self, rule: &'static str) {
        for kept in &mut self.0 {
            match kept {
                // The same text at two places is one rule twice, which changes no number.
                Some((known, count)) if std::ptr::eq(*known, rule) => return *count += 1,
                Some(_) => {}
                None => return *kept = Some((rule, 1)),
            }
        }
        metrics::redacted(rule, 1);
    }
}

impl Drop for Hits {
    fn drop(&mut self) {
        self.0.iter().map_while(|kept| *kept).for_each(|(rule, count)| metrics::redacted(rule, count));
    }
}
