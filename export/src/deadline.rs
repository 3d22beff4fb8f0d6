//! When a wait is over.

use std::time::{Duration, Instant};

/// A day: longer waits are typing errors or mean for ever, and some clocks overflow on them.
pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The end of a time that begins now, which is cut to the longest.
pub(crate) fn after(time: Duration) -> Instant {
    let now = Instant::now();
    // A clock that has no room for a day has no room for any wait.
    now.checked_add(time.min(LONGEST)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_for_ever_is_one_for_a_day() {
        let now = Instant::now();
        assert!(after(Duration::MAX) >= now + LONGEST);
        assert!(after(Duration::ZERO) >= now && after(Duration::ZERO) < after(LONGEST));
    }
}
