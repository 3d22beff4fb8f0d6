//! Ids of runs: time-ordered UUIDs, or what the user says.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt::{Display, Write};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use uuid::{Builder, Uuid};

use crate::guard::user_code;
use crate::propagation::is_id;
use crate::{redact, render};

/// The most bytes of an id that the user says.
const ID_CAP: usize = 128;

/// A new time-ordered UUID (version 7, RFC 9562).
pub(crate) fn fresh() -> Arc<str> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let id = of(now, random(now.subsec_nanos()));
    Arc::from(&*id.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()))
}

/// Milliseconds, then how far into the millisecond (RFC 9562, 6.2, method 3), so that ids of one millisecond stand in their
/// order too; the rest is random.
fn of(now: Duration, random: u64) -> Uuid {
    let part = u64::from(now.subsec_nanos() % 1_000_000) * 4_096 / 1_000_000;
    let mut rest = [0; 10];
    let bytes = (u128::from(part) << 64 | u128::from(random)).to_be_bytes();
    rest.copy_from_slice(bytes.last_chunk::<10>().unwrap_or(&[0; 10]));
    let milliseconds = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
    Builder::from_unix_timestamp_millis(milliseconds, &rest).into_uuid()
}

thread_local! {
    /// The secret of this thread, which the system gave, and how many numbers were made with it.
    static SECRET: Option<(RandomState, Cell<u64>)> = user_code(RandomState::new).map(|state| (state, Cell::new(0)));
}

/// A number that nobody can guess: a keyed hash of how many there were. The time goes into it for the sake of processes that
/// were forked, which share the secret.
///
/// A system that has no random numbers to give makes the standard library panic; then the process numbers its ids.
fn random(time: u32) -> u64 {
    let secret = SECRET.try_with(|secret| {
        let (state, count) = secret.as_ref()?;
        count.set(count.get().wrapping_add(1));
        Some(state.hash_one((count.get(), time)))
    });
    secret.ok().flatten().unwrap_or_else(|| {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        u64::from(std::process::id()) << 32 | NEXT.fetch_add(1, Ordering::Relaxed)
    })
}

/// An id that the user's code says: visible ASCII characters, 128 at most, because it travels in headers. What else it
/// has becomes `_`. `None` when nothing is left, when it looks like a secret, or when the code panics.
pub(crate) fn said<D: Display>(make: impl FnOnce() -> D) -> Option<Arc<str>> {
    let said = render::guarded(|out| write!(out, "{}", make()));
    let has_words = !said.ends_with(render::PANICKED) && !said.ends_with(render::RECURSION);
    let has_secret = matches!(redact::text(&said), Cow::Owned(_));
    let visible = |c: char| if c.is_ascii_graphic() { c } else { '_' };
    let id: String = said.trim().chars().take(ID_CAP).map(visible).collect();
    (has_words && !has_secret && is_id(id.as_bytes())).then(|| id.into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_fresh_id_is_a_uuid_of_version_7_and_of_now() {
        let id = Uuid::parse_str(&fresh()).unwrap();
        assert_eq!((id.get_version_num(), id.get_variant()), (7, uuid::Variant::RFC4122));
        let (seconds, _) = id.get_timestamp().unwrap().to_unix();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        assert!((now - 60..=now).contains(&seconds), "{id}");
    }

    #[test]
    fn ids_stand_in_the_order_of_their_times() {
        let times = [(1, 0), (1, 999_999), (1, 1_000_000), (1, 1_000_300), (1, 1_000_600), (2, 0)];
        let ids = times.map(|(seconds, nanoseconds)| of(Duration::new(seconds, nanoseconds), u64::MAX - seconds));
        assert!(ids.is_sorted(), "{ids:?}");
        assert_eq!(BTreeSet::from(ids).len(), ids.len());
    }

    #[test]
    fn no_two_are_the_same_on_any_thread() {
        let make = || (0..10_000).map(|_| fresh()).collect::<Vec<_>>();
        let threads = [(); 4].map(|()| std::thread::spawn(make));
        let ids: BTreeSet<Arc<str>> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert_eq!(ids.len(), 40_000);
    }
}
