//! Runs cases until a time is over, and ends with a panic at the first that breaks a rule.

use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use crate::random::Random;

/// Runs cases for the seconds and from the seed that the command line says: `PROGRAM [SECONDS] [SEED]`. Each case has a
/// seed of its own, so that the one that breaks a rule can be named, and run alone. Returns how many there were.
///
/// # Panics
/// When a case does, with its seed and with what `describe` says of it.
pub fn run<C>(make: impl Fn(&mut Random) -> C, must_hold: impl Fn(&C), describe: impl Fn(&C) -> String) -> u64 {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>().expect("a number"));
    let time = Duration::from_secs(arguments.next().unwrap_or(10));
    let seed = arguments.next().unwrap_or(0x7A78_694D_6574_6572);
    let (start, mut cases, mut random) = (Instant::now(), 0_u64, Random(seed));
    while start.elapsed() < time {
        let seed = random.next();
        let case = make(&mut Random(seed));
        cases += 1;
        let broken = panic::catch_unwind(AssertUnwindSafe(|| must_hold(&case))).is_err();
        assert!(!broken, "case {seed:#x} breaks a rule: {}", describe(&case));
    }
    println!("{cases} cases in {} s, seed {seed:#x}: no find", start.elapsed().as_secs());
    cases
}
