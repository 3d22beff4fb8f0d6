//! Waiting for something to become true, with an end.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a test waits before it gives up: far more than a busy machine needs.
pub const BOUND: Duration = Duration::from_secs(60);

const PAUSE: Duration = Duration::from_millis(25);

/// Asks `probe` until it has an answer, and returns it.
///
/// # Panics
/// When [`BOUND`] has passed, with the words `what`.
#[track_caller]
pub fn wait_for<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    match wait_at_most(BOUND, &mut probe) {
        Some(answer) => answer,
        None => panic!("waited {BOUND:?} for {what}"),
    }
}

/// Asks `probe` until it has an answer or `bound` has passed.
pub fn wait_at_most<T>(bound: Duration, mut probe: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        if let Some(answer) = probe() {
            return Some(answer);
        }
        if start.elapsed() > bound {
            return None;
        }
        sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_the_first_answer() {
        let mut left = 3;
        let answer = wait_for("a countdown", || {
            left -= 1;
            (left == 0).then_some("now")
        });
        assert_eq!(answer, "now");
    }

    #[test]
    fn gives_up_after_the_bound() {
        assert_eq!(wait_at_most(Duration::ZERO, || None::<()>), None);
    }
}
