//! Nanoseconds of a call.
//!
//! Every case measures the same small function, in many short rounds; a table shows the medians and their ratio to the
//! floor.

use std::hint::black_box;
use std::time::Instant;

use crate::cases::{self, Case};

/// Rounds of each case.
const ROUNDS: usize = 101;
/// Calls in a round: some tens of microseconds, longer than a clock reading and shorter than a time slice.
const CALLS: u64 = 1_000;

pub(crate) fn run() {
    let cases = cases::all();
    let mut times: Vec<Vec<f64>> = cases.iter().map(|_| Vec::with_capacity(ROUNDS)).collect();
    for case in &cases {
        round(case);
    }
    for _ in 0..ROUNDS {
        for (case, times) in cases.iter().zip(&mut times) {
            times.push(round(case));
        }
    }
    print(&cases, times);
}

/// Nanoseconds a call.
fn round(case: &Case) -> f64 {
    let start = Instant::now();
    for number in 0..CALLS {
        let _ = black_box((case.call)(black_box(number)));
    }
    start.elapsed().as_nanos() as f64 / CALLS as f64
}

fn print(cases: &[Case], times: Vec<Vec<f64>>) {
    let quartiles: Vec<[f64; 3]> = times.into_iter().map(quartiles).collect();
    let floor = cases.iter().zip(&quartiles).find(|(case, _)| case.is_floor).map_or(f64::NAN, |(_, times)| times[1]);
    println!("{:<28} {:>8} {:>8} {:>8} {:>8}", "case", "ns", "25 %", "75 %", "x floor");
    for (case, [low, median, high]) in cases.iter().zip(quartiles) {
        println!("{:<28} {median:>8.1} {low:>8.1} {high:>8.1} {:>8.2}", case.name, median / floor);
    }
}

fn quartiles(mut times: Vec<f64>) -> [f64; 3] {
    times.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| times[times.len() * quarter / 4])
}
