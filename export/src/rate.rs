//! How many lines a place in the code may write: a loop that logs must not be all that the log holds.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use taximeter_runtime::{metrics, redact};
use tracing::Metadata;

/// The most places that are told apart; more of them share one count.
const PLACES: usize = 10_000;
/// The reason of a line that was not written, in the metric.
const RATE_LIMITED: &str = "rate_limited";

/// Counts lines by place and second.
#[derive(Debug)]
pub(crate) struct Rate {
    /// Lines of one place in one second; 0 is no limit.
    limit: u32,
    start: Instant,
    places: RwLock<HashMap<u64, Arc<Place>>>,
}

/// A call of `tracing::info!` or of `log::info!`.
#[derive(Debug, Default)]
struct Place {
    /// The second in the upper half, its lines in the lower.
    window: AtomicU64,
    suppressed: AtomicU64,
    about: Mutex<Option<About>>,
}

/// Where lines were suppressed.
#[derive(Clone, Debug)]
pub(crate) struct About {
    pub(crate) level: tracing::Level,
    pub(crate) target: String,
    pub(crate) file: String,
    pub(crate) line: u32,
}

/// Whether a line is written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Write,
    /// And before it, how many were not.
    WriteAfter(u64),
    Suppress,
}

impl Rate {
    pub(crate) fn new(limit: u32) -> Self {
        metrics::dropped("logs", RATE_LIMITED, 0);
        Rate { limit, start: Instant::now(), places: RwLock::default() }
    }

    pub(crate) fn verdict(&self, metadata: &Metadata<'_>) -> Verdict {
        if self.limit == 0 {
            return Verdict::Write;
        }
        let place = self.place(metadata);
        let verdict = place.verdict(self.start.elapsed().as_secs(), self.limit);
        if verdict == Verdict::Suppress {
            metrics::dropped("logs", RATE_LIMITED, 1);
            if place.suppressed.fetch_add(1, Ordering::Relaxed) == 0 {
                *place.about.lock().unwrap_or_else(PoisonError::into_inner) = Some(About::of(metadata));
            }
        }
        verdict
    }

    /// What was suppressed and is not told yet.
    pub(crate) fn take_suppressed(&self) -> Vec<(About, u64)> {
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        let take = |place: &Arc<Place>| {
            let count = place.suppressed.swap(0, Ordering::Relaxed);
            let about = place.about.lock().unwrap_or_else(PoisonError::into_inner).clone();
            about.filter(|_| count > 0).map(|about| (about, count))
        };
        places.values().filter_map(take).collect()
    }

    fn place(&self, metadata: &Metadata<'_>) -> Arc<Place> {
        let key = key(metadata);
        let known = self.places.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        known.unwrap_or_else(|| {
            let mut places = self.places.write().unwrap_or_else(PoisonError::into_inner);
            let key = if places.len() < PLACES { key } else { 0 };
            Arc::clone(places.entry(key).or_default())
        })
    }
}

/// The file and the line; records of `log` have no other identity.
fn key(metadata: &Metadata<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (metadata.file(), metadata.line(), metadata.level().as_str()).hash(&mut hasher);
    hasher.finish()
}

impl Place {
    fn verdict(&self, second: u64, limit: u32) -> Verdict {
        let next = |window: u64| match (window >> 32 == second, window & u64::from(u32::MAX)) {
            (false, _) => Some(second << 32 | 1),
            (true, lines) if lines < u64::from(limit) => Some(window + 1),
            (true, _) => None,
        };
        match self.window.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next) {
            Err(_) => Verdict::Suppress,
            Ok(before) if before >> 32 == second => Verdict::Write,
            Ok(_) => match self.suppressed.swap(0, Ordering::Relaxed) {
                0 => Verdict::Write,
                suppressed => Verdict::WriteAfter(suppressed),
            },
        }
    }
}

impl About {
    pub(crate) fn of(metadata: &Metadata<'_>) -> Self {
        About {
            level: *metadata.level(),
            // A record of the `log` crate has one that was made while the program runs.
            target: redact::text(metadata.target()).into_owned(),
            file: metadata.file().unwrap_or_default().to_owned(),
            line: metadata.line().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_has_so_many_lines_and_the_next_one_tells_how_many_were_left_out() {
        let place = Place::default();
        assert_eq!([(); 3].map(|()| place.verdict(7, 2)), [Verdict::Write, Verdict::Write, Verdict::Suppress]);
        place.suppressed.store(5, Ordering::Relaxed);
        assert_eq!(place.verdict(8, 2), Verdict::WriteAfter(5));
        assert_eq!(place.verdict(9, 2), Verdict::Write);
    }
}
