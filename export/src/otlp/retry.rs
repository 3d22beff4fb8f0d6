//! What is tried again, and when.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, SystemTime};

/// The first pause; each is twice the one before.
const FIRST: Duration = Duration::from_millis(100);
/// The longest pause that we choose.
const LONGEST: Duration = Duration::from_millis(1_600);
/// The longest that a receiver can make us wait.
const LONGEST_ASKED: Duration = Duration::from_secs(30);

/// Why a try failed, and whether another one may not.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) reason: String,
    pub(super) again: Again,
}

/// Whether a message is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// The receiver would say the same.
    Never,
    Soon,
    /// The receiver has said when.
    After(Duration),
}

impl Again {
    /// What a `Retry-After` header asks for: seconds or a date
    /// ([RFC 9110, 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)). Nonsense asks for nothing.
    pub(super) fn asked(header: Option<&str>) -> Again {
        let header = header.map(str::trim).unwrap_or_default();
        let seconds = || header.parse().map(Duration::from_secs).ok();
        let date = || httpdate::parse_http_date(header).ok()?.duration_since(SystemTime::now()).ok();
        seconds().or_else(date).map_or(Again::Soon, Again::After)
    }
}

/// The pauses between the tries of one message.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    pauses: u32,
}

impl Backoff {
    /// How long to wait before the next try, if there is one. Programs that failed together do not come back together.
    pub(super) fn pause(&mut self, again: &Again) -> Option<Duration> {
        let pause = match again {
            Again::Never => return None,
            Again::Soon => FIRST.saturating_mul(1 << self.pauses.min(8)).min(LONGEST).mul_f64(0.5 + random_share()),
            Again::After(asked) => (*asked).min(LONGEST_ASKED) + FIRST.mul_f64(random_share()),
        };
        self.pauses += 1;
        Some(pause)
    }

    /// Whether there was only one try yet.
    pub(super) fn is_first(&self) -> bool {
        self.pauses <= 1
    }
}

/// From 0 to 1, by the random keys that hash maps of the standard library have.
fn random_share() -> f64 {
    RandomState::new().build_hasher().finish() as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_differ() {
        let mut backoff = Backoff::default();
        let pauses: Vec<_> = (0..20).filter_map(|_| backoff.pause(&Again::Soon)).collect();
        assert!(pauses[0] >= FIRST / 2 && pauses[0] <= FIRST * 3 / 2, "{pauses:?}");
        assert!(pauses[10..].iter().all(|pause| *pause >= LONGEST / 2 && *pause <= LONGEST * 3 / 2), "{pauses:?}");
        assert_ne!(pauses[10], pauses[11]);
        assert_eq!(backoff.pause(&Again::Never), None);
    }

    #[test]
    fn what_a_receiver_asks_for_is_honoured_up_to_a_bound() {
        let pause = |again| Backoff::default().pause(&again).unwrap();
        assert!(pause(Again::asked(Some(" 7 "))) >= Duration::from_secs(7));
        assert!(pause(Again::asked(Some("1000000000"))) <= LONGEST_ASKED + FIRST);
        let far = "Fri, 31 Dec 2100 23:59:59 GMT";
        assert!(pause(Again::asked(Some(far))) >= LONGEST_ASKED && pause(Again::asked(Some(far))) < LONGEST_ASKED * 2);
        for nonsense in ["", "-1", "soon", "1.5", "Fri, 31 Dec 1999 23:59:59 GMT"] {
            assert_eq!(Again::asked(Some(nonsense)), Again::Soon, "{nonsense}");
        }
    }
}
