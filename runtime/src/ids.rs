//! Ids of runs: time-ordered UUIDs, or what the user says.

use std::borrow::Cow;
use std::fmt::{Display, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use uuid::{Builder, Uuid};

use crate::guard::user_code;
use crate::propagation::is_id;
use crate::{redact, render};

/// The most bytes of an id that the user says.
const ID_CAP: usize = 128;

/// A new time-ordered UUID (version 7, RFC 9562).
///
/// A system that has no random numbers to give makes the library panic. Then the process numbers its runs.
pub(crate) fn fresh() -> String {
    let id = user_code(Uuid::now_v7).unwrap_or_else(|| {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = u128::from(std::process::id()) << 64 | u128::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let mut random = [0; 10];
        random.copy_from_slice(number.to_be_bytes().last_chunk::<10>().unwrap_or(&[0; 10]));
        Builder::from_unix_timestamp_millis(u64::try_from(now.as_millis()).unwrap_or(u64::MAX), &random).into_uuid()
    });
    id.to_string()
}

/// An id that the user's code says: visible ASCII characters, 128 at most, because it travels in headers. What else it
/// has becomes `_`. `None` when nothing is left, when it looks like a secret, or when the code panics.
pub(crate) fn said<D: Display>(make: impl FnOnce() -> D) -> Option<String> {
    let said = render::guarded(|out| write!(out, "{}", make()));
    let has_words = !said.ends_with(render::PANICKED) && !said.ends_with(render::RECURSION);
    let has_secret = matches!(redact::text(&said), Cow::Owned(_));
    let visible = |c: char| if c.is_ascii_graphic() { c } else { '_' };
    let id: String = said.trim().chars().take(ID_CAP).map(visible).collect();
    (has_words && !has_secret && is_id(id.as_bytes())).then_some(id)
}
