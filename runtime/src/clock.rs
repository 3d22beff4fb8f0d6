//! How long a call took: two readings of the processor's counter, and one multiplication.
//!
//! On x86-64 Linux the time-stamp counter is read without asking the system, where the kernel itself keeps time by it:
//! then the kernel has checked that it runs at one rate, never stops, and is the same on all processors. Everywhere
//! else, on virtual machines without such a counter for example, `std::time::Instant` is asked.
//!
//! The rate of the counter is found while the program runs. Nothing waits for it: until it is known, the end of a call
//! asks both clocks, and what passed between them since the first call is the rate so far. The call lies within that
//! time, so its duration is as exact as the two readings, some tens of nanoseconds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Nanoseconds a tick of the counter, times 2^32; 0 as long as it is not known, or not the clock that is used.
static RATE: AtomicU64 = AtomicU64::new(0);

/// What [`RATE`] is shifted by.
const SHIFT: u32 = 32;

/// A rate is known when the doubt about its two readings is this small a part of what lies between them.
const SETTLED: u64 = 10_000;

/// A rate is better than the one that was found first when its doubt is this small a part.
const EXACT: u64 = 1_000_000;

/// Readings of both clocks; the one with the least doubt counts.
const TRIES: usize = 5;

/// Rates that differ by less than one part in this are the same: the system's own clock may be slewed by half of it.
const ALIKE: u64 = 1_000;

/// A moment, in ticks of the clock that this process uses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment(u64);

impl Moment {
    /// A moment that nobody asks about.
    pub(crate) const NONE: Moment = Moment(0);

    #[inline]
    pub(crate) fn now() -> Moment {
        match RATE.load(Ordering::Relaxed) {
            0 => Moment(source().now()),
            _ => Moment(counter::read()),
        }
    }

    /// Nanoseconds since this moment; none when the clock went back.
    #[inline]
    pub(crate) fn elapsed_ns(self) -> u64 {
        match RATE.load(Ordering::Relaxed) {
            0 => source().elapsed_ns(self),
            rate => nanoseconds(counter::read().saturating_sub(self.0), rate),
        }
    }
}

#[inline]
fn nanoseconds(ticks: u64, rate: u64) -> u64 {
    u64::try_from((u128::from(ticks) * u128::from(rate)) >> SHIFT).unwrap_or(u64::MAX)
}

/// Compares the counter with the system's clock, and mends the rate when the counter has changed its own, as it may when
/// a virtual machine moves to other hardware. Asked by who reads the numbers.
pub(crate) fn check() {
    if let Source::Counter { watch, .. } = source() {
        let mut watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rate) = watch.see(Reading::take(), RATE.load(Ordering::Relaxed)) {
            RATE.store(rate, Ordering::Relaxed);
        }
    }
}

/// Where moments come from.
enum Source {
    Counter { first: Reading, watch: Mutex<Watch> },
    System { first: Instant },
}

#[cold]
#[inline(never)]
fn source() -> &'static Source {
    static SOURCE: OnceLock<Source> = OnceLock::new();
    SOURCE.get_or_init(|| match counter::is_trusted() {
        true => {
            let first = Reading::take();
            Source::Counter { first, watch: Mutex::new(Watch { last: first, candidate: None }) }
        }
        false => Source::System { first: Instant::now() },
    })
}

impl Source {
    fn now(&self) -> u64 {
        match self {
            Source::Counter { .. } => counter::read(),
            Source::System { first } => whole(first.elapsed()),
        }
    }

    fn elapsed_ns(&self, start: Moment) -> u64 {
        match self {
            Source::Counter { first, .. } => {
                let end = Reading::take();
                let rate = end.rate_since(first);
                if end.certainty_since(first) >= SETTLED {
                    RATE.store(rate, Ordering::Relaxed);
                }
                nanoseconds(end.ticks.saturating_sub(start.0), rate)
            }
            Source::System { first } => whole(first.elapsed()).saturating_sub(start.0),
        }
    }
}

fn whole(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug)]
struct Reading {
    ticks: u64,
    at: Instant,
    /// Ticks between the counter's reading before the system's and the one after it.
    doubt: u64,
}

impl Reading {
    /// A thread that is interrupted between the clocks sees it as doubt, and tries again.
    fn take() -> Reading {
        let once = || {
            let before = counter::read();
            let at = Instant::now();
            let doubt = counter::read().saturating_sub(before);
            Reading { ticks: before.saturating_add(doubt / 2), at, doubt }
        };
        (1..TRIES).map(|_| once()).fold(once(), |best, next| if next.doubt < best.doubt { next } else { best })
    }

    fn rate_since(&self, first: &Reading) -> u64 {
        let ns = self.at.saturating_duration_since(first.at).as_nanos();
        let ticks = u128::from(self.ticks.saturating_sub(first.ticks).max(1));
        u64::try_from((ns << SHIFT) / ticks).unwrap_or(u64::MAX).max(1)
    }

    /// How many times the ticks between two readings are larger than the doubt about them.
    fn certainty_since(&self, first: &Reading) -> u64 {
        let doubt = self.doubt.saturating_add(first.doubt).max(1);
        self.ticks.saturating_sub(first.ticks) / doubt
    }
}

/// Looks after the rate.
struct Watch {
    last: Reading,
    /// The rate of the last stretch, when it was another than the one in use.
    candidate: Option<u64>,
}

impl Watch {
    /// The new rate: one that is more exact, or another one when the stretch that ends `now` and the one before agree that
    /// the one in use is wrong. One stretch alone may hold a jump.
    fn see(&mut self, now: Reading, used: u64) -> Option<u64> {
        let certainty = now.certainty_since(&self.last);
        if used == 0 || certainty < SETTLED {
            return None;
        }
        let rate = now.rate_since(&self.last);
        self.last = now;
        let candidate = self.candidate.take();
        if are_alike(rate, used) {
            return (certainty >= EXACT).then_some(rate);
        }
        if candidate.is_some_and(|candidate| are_alike(rate, candidate)) {
            return Some(rate);
        }
        self.candidate = Some(rate);
        None
    }
}

fn are_alike(one: u64, other: u64) -> bool {
    one.abs_diff(other) <= one / ALIKE
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod counter {
    #[inline]
    #[allow(unsafe_code)] // The one instruction has no safe name in `core`.
    pub(super) fn read() -> u64 {
        // SAFETY: every x86-64 processor has the instruction, and it touches nothing but its two result registers.
        unsafe { std::arch::x86_64::_rdtsc() }
    }

    /// Whether the kernel keeps its own time by the counter.
    pub(super) fn is_trusted() -> bool {
        let clock = std::fs::read_to_string("/sys/devices/system/clocksource/clocksource0/current_clocksource");
        // Miri has no counter.
        !cfg!(miri) && clock.is_ok_and(|clock| clock.trim() == "tsc")
    }
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
mod counter {
    /// Never the clock that is used.
    pub(super) fn read() -> u64 {
        0
    }

    pub(super) fn is_trusted() -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A counter of 3 GHz beside a system's clock, both read within 100 ticks.
    fn reading(start: Instant, ns: u64, ticks: u64) -> Reading {
        Reading { ticks, at: start + Duration::from_nanos(ns), doubt: 100 }
    }

    #[test]
    fn the_rate_of_the_counter_gives_nanoseconds() {
        let start = Instant::now();
        let (first, last) = (reading(start, 0, 1_000), reading(start, 1_000_000_000, 3_000_001_000));
        assert!(last.certainty_since(&first) >= SETTLED);
        let rate = last.rate_since(&first);
        let day = 86_400 * 3_000_000_000;
        assert!(nanoseconds(day, rate).abs_diff(86_400_000_000_000) < 100_000, "{}", nanoseconds(day, rate));
        assert_eq!(nanoseconds(u64::MAX, u64::MAX), u64::MAX);
    }

    #[test]
    fn readings_that_are_too_close_do_not_settle_the_rate() {
        let start = Instant::now();
        assert!(reading(start, 100_000, 301_000).certainty_since(&reading(start, 0, 1_000)) < SETTLED);
    }

    #[test]
    fn a_counter_that_stands_still_or_goes_back_gives_no_time_and_no_panic() {
        let start = Instant::now();
        let (first, still, back) = (reading(start, 0, 1_000), reading(start, 1_000, 1_000), reading(start, 2_000, 10));
        for odd in [still, back] {
            assert_eq!(odd.certainty_since(&first), 0);
            assert_eq!(nanoseconds(odd.ticks.saturating_sub(first.ticks), odd.rate_since(&first)), 0);
        }
    }

    #[test]
    fn a_jump_is_no_new_rate_and_a_lasting_change_is() {
        let start = Instant::now();
        let second = 1_000_000_000;
        let mut watch = Watch { last: reading(start, 0, 0), candidate: None };
        let used = reading(start, second, 3_000_000_000).rate_since(&reading(start, 0, 0));
        let mut see = |seconds: u64, ticks: u64| watch.see(reading(start, seconds * second, ticks), used);
        let better = see(10, 30_000_000_000).expect("a longer stretch");
        assert!(are_alike(better, used));
        assert_eq!(see(20, 930_000_000_000), None, "a jump forward");
        assert_eq!(see(30, 960_000_000_000), Some(better), "the old rate again");
        assert_eq!(see(40, 980_000_000_000), None, "another rate, seen once");
        let changed = see(50, 1_000_000_000_000).expect("the other rate lasts");
        assert_eq!(nanoseconds(2_000_000_000, changed), second);
    }

    #[test]
    fn a_moment_of_this_machine_passes() {
        let (moment, instant) = (Moment::now(), Instant::now());
        std::thread::sleep(Duration::from_millis(20));
        let (most, ns, least) = (whole(instant.elapsed()), moment.elapsed_ns(), 20_000_000);
        // What lies between the readings of the two clocks is not bounded on a busy machine; upwards only by the second.
        assert!(ns + 1_000 >= least.min(most), "{ns}");
        assert!(ns <= whole(instant.elapsed()) + 1_000_000_000, "{ns}");
    }
}
