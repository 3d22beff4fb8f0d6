//! What all peers are measured by: the same function, in rounds that take turns.
//!
//! A program of this workspace is asked `rounds` for the times of its cases, `once CASE COUNT` to run one case that often
//! (for callgrind, which counts instructions), and `threads CASE...`. It answers with a line of JSON for each case.

pub mod allocations;
pub mod floor;

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::Barrier;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

/// Rounds of each case.
const ROUNDS: usize = 101;
/// Calls in a round: some tens of microseconds, longer than a clock reading and shorter than a time slice.
const CALLS: u64 = 500;
/// Calls of each thread in a round of threads.
const THREAD_CALLS: u64 = 100_000;
/// Rounds of threads.
const THREAD_ROUNDS: usize = 7;

/// The error of the function that is measured.
#[derive(Debug)]
pub struct Odd;

impl std::fmt::Display for Odd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("odd")
    }
}

impl std::error::Error for Odd {}

/// A number that makes the function fail.
pub const FAILING: u64 = u64::MAX;

/// The function that everybody measures.
#[inline(always)]
pub fn work(number: u64) -> Result<u64, Odd> {
    if number == FAILING { Err(Odd) } else { Ok(number.wrapping_mul(3)) }
}

/// Runs a future that is ready at once.
#[inline(always)]
pub fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("nothing here waits"),
    }
}

/// One way to measure the function.
pub struct Case {
    pub name: &'static str,
    pub call: fn(u64) -> Result<u64, Odd>,
    /// What is passed to it; [`FAILING`] for the error path.
    pub argument: u64,
}

/// A case that succeeds.
pub const fn case(name: &'static str, call: fn(u64) -> Result<u64, Odd>) -> Case {
    Case { name, call, argument: 1 }
}

/// A case that fails.
pub const fn failing(name: &'static str, call: fn(u64) -> Result<u64, Odd>) -> Case {
    Case { name, call, argument: FAILING }
}

/// Does what the command line asks for.
pub fn main(cases: &[Case]) {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["rounds", ..] => rounds(cases),
        ["once", name, count] => counted(find(cases, name), count.parse().expect("a number")),
        ["threads", ref names @ ..] => {
            let chosen: Vec<&Case> = names.iter().map(|name| find(cases, name)).collect();
            threads(&chosen);
        }
        ["list", ..] => cases.iter().for_each(|case| println!("{}", case.name)),
        _ => panic!("rounds | once CASE COUNT | threads CASE... | list"),
    }
}

fn find<'a>(cases: &'a [Case], name: &str) -> &'a Case {
    cases.iter().find(|case| case.name == name).unwrap_or_else(|| panic!("no case is called `{name}`"))
}

fn once(case: &Case, count: u64) {
    for _ in 0..count {
        let _ = black_box((case.call)(black_box(case.argument)));
    }
}

/// The same where instructions are counted, after everything that is done once.
fn counted(case: &Case, count: u64) {
    once(case, 200);
    // Clocks find their rates.
    std::thread::sleep(std::time::Duration::from_secs(2));
    once(case, 200);
    repeat_counted(case, count);
}

/// Its name is what callgrind is told to look for.
#[inline(never)]
fn repeat_counted(case: &Case, count: u64) {
    for _ in 0..count {
        let _ = black_box((case.call)(black_box(case.argument)));
    }
}

fn nanoseconds(case: &Case, calls: u64) -> f64 {
    let start = Instant::now();
    once(case, calls);
    start.elapsed().as_nanos() as f64 / calls as f64
}

fn rounds(cases: &[Case]) {
    let mut times: Vec<Vec<f64>> = vec![Vec::with_capacity(ROUNDS); cases.len()];
    // Everything that is made once is made now, and clocks find their rates.
    let start = Instant::now();
    while start.elapsed().as_millis() < 300 {
        cases.iter().for_each(|case| once(case, 100));
    }
    for _ in 0..ROUNDS {
        for (case, times) in cases.iter().zip(&mut times) {
            times.push(nanoseconds(case, CALLS));
        }
    }
    for (case, mut times) in cases.iter().zip(times) {
        let [low, median, high] = quartiles(&mut times);
        let before = allocations::count();
        once(case, CALLS);
        let allocations = (allocations::count() - before) as f64 / CALLS as f64;
        let name = case.name;
        println!(r#"{{"case":"{name}","ns":{median},"low":{low},"high":{high},"allocations":{allocations}}}"#);
    }
}

pub fn quartiles(values: &mut [f64]) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}

/// Million calls a second of 1, 2, 4 and 8 threads that call the same function.
fn threads(cases: &[&Case]) {
    const COUNTS: [usize; 4] = [1, 2, 4, 8];
    let mut rates = vec![[const { Vec::new() }; COUNTS.len()]; cases.len()];
    for _ in 0..THREAD_ROUNDS {
        for (case, rates) in cases.iter().zip(&mut rates) {
            for (count, rates) in COUNTS.iter().zip(rates) {
                rates.push(rate(case, *count));
            }
        }
    }
    for (case, rates) in cases.iter().zip(rates) {
        let [one, two, four, eight] = rates.map(|mut rates| quartiles(&mut rates)[1]);
        println!(r#"{{"case":"{}","threads":[{one},{two},{four},{eight}]}}"#, case.name);
    }
}

fn rate(case: &Case, count: usize) -> f64 {
    let barrier = Barrier::new(count + 1);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|_| {
                scope.spawn(|| {
                    once(case, 100);
                    barrier.wait();
                    once(case, THREAD_CALLS);
                })
            })
            .collect();
        barrier.wait();
        let start = Instant::now();
        threads.into_iter().for_each(|thread| thread.join().expect("it only calls"));
        (count as u64 * THREAD_CALLS) as f64 / start.elapsed().as_micros() as f64
    })
}
