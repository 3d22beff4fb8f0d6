//! Nanoseconds of the headers of a request: read, written, refused.

use std::hint::black_box;
use std::time::Instant;

use http::{HeaderMap, HeaderValue};
use taximeter::http::{extract, inject};

/// Rounds of each case, of which the median counts.
const ROUNDS: usize = 1_001;
/// Requests in a round: shorter than a time slice, so that on a busy machine most rounds are undisturbed.
const REQUESTS: u32 = 50;

pub(crate) fn run() {
    let parent = [("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")];
    let more = [("tracestate", "rojo=00f067aa0ba902b7"), ("x-correlation-id", "01a1fdaf-4fea-7266-99b7-22220ab6c146")];
    let baggage = [("baggage", "tenant=Acme%20Inc,tier=gold")];
    let upper = [("traceparent", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01")];
    println!("{:<44} {:>8}", "case", "ns");
    for (case, lines) in [
        ("read and write a parent", parent.to_vec()),
        ("... with state and correlation id", [&parent[..], &more].concat()),
        ("... and two pairs of baggage", [&parent[..], &more, &baggage].concat()),
        ("refuse a parent", upper.to_vec()),
    ] {
        println!("{case:<44} {:>8.0}", median(&headers(&lines)));
    }
}

fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    lines.iter().map(|(name, value)| (name.parse().expect("a name"), HeaderValue::from_static(value))).collect()
}

fn median(headers: &HeaderMap) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS).map(|_| round(headers)).collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

/// Nanoseconds a request: what comes in is read, made current, and written into the headers of a request that leaves.
fn round(headers: &HeaderMap) -> f64 {
    let mut out = HeaderMap::with_capacity(8);
    let start = Instant::now();
    for _ in 0..REQUESTS {
        let _current = extract(black_box(headers)).attach();
        inject(&mut out);
        black_box(&mut out).clear();
    }
    start.elapsed().as_nanos() as f64 / f64::from(REQUESTS)
}
