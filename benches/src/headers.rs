//! Nanoseconds and instructions of the headers of a request: read, written, refused.

use std::env;
use std::hint::black_box;
use std::time::Instant;

use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use taximeter::http::{extract, inject};

use crate::callgrind;
use crate::table::Table;

/// Rounds of each case, of which the median counts.
const ROUNDS: usize = 1_001;
/// Requests in a round: shorter than a time slice, so that on a busy machine most rounds are undisturbed.
const REQUESTS: u32 = 50;

type Lines = &'static [(&'static str, &'static str)];

const PARENT: (&str, &str) = ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
const STATE: (&str, &str) = ("tracestate", "rojo=00f067aa0ba902b7");
const ID: (&str, &str) = ("x-correlation-id", "01a1fdaf-4fea-7266-99b7-22220ab6c146");
const BAGGAGE: (&str, &str) = ("baggage", "tenant=Acme%20Inc,tier=gold");
const UPPER: (&str, &str) = ("traceparent", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01");

const CASES: [(&str, Lines); 4] = [
    ("read and write a parent", &[PARENT]),
    ("... with state and correlation id", &[PARENT, STATE, ID]),
    ("... and two pairs of baggage", &[PARENT, STATE, ID, BAGGAGE]),
    ("refuse a parent", &[UPPER]),
];

pub(crate) fn run() -> anyhow::Result<Table> {
    let has_valgrind = callgrind::is_there();
    let mut table = Table::new("nanoseconds of the headers of a request", &["case", "ns", "instructions"]);
    for (number, (case, lines)) in CASES.into_iter().enumerate() {
        let instructions = if has_valgrind { json!(instructions(number)?) } else { Value::Null };
        table.row([json!(case), json!(median(&headers(lines))), instructions]);
    }
    Ok(table)
}

fn headers(lines: Lines) -> HeaderMap {
    lines.iter().map(|(name, value)| (name.parse().expect("a name"), HeaderValue::from_static(value))).collect()
}

fn median(headers: &HeaderMap) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS).map(|_| round(headers, REQUESTS)).collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

/// Nanoseconds a request: what comes in is read, made current, and written into the headers of a request that leaves.
fn round(headers: &HeaderMap, requests: u32) -> f64 {
    let mut out = HeaderMap::with_capacity(8);
    let start = Instant::now();
    for _ in 0..requests {
        let _current = extract(black_box(headers)).attach();
        inject(&mut out);
        black_box(&mut out).clear();
    }
    start.elapsed().as_nanos() as f64 / f64::from(requests)
}

/// Instructions of a request: the difference between runs of this program with few and with many.
fn instructions(case: usize) -> anyhow::Result<u64> {
    let [few, many] = [REQUESTS, 2 * REQUESTS].map(|requests| counted(case, requests));
    Ok((many? - few?) / u64::from(REQUESTS))
}

fn counted(case: usize, requests: u32) -> anyhow::Result<u64> {
    let program = env::current_exe()?;
    callgrind::instructions(&[], |valgrind| {
        valgrind.arg(program).args(["headers-requests", &case.to_string(), &requests.to_string()]);
    })
}

/// What [`instructions`] starts: so many requests and nothing else.
pub(crate) fn requests(case: usize, requests: usize) {
    let Some((_, lines)) = CASES.get(case) else { return };
    round(&headers(lines), u32::try_from(requests).unwrap_or(u32::MAX));
}
