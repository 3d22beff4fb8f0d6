//! Microseconds that the redactor takes for a KiB, of ordinary texts and of those that would make a careless one slow.

use std::hint::black_box;
use std::time::Instant;

use taximeter::redact;

/// A text, and how often it is repeated to fill a KiB.
const CASES: &[(&str, &str)] = &[
    ("prose", "the order of the customer was sent to the house at the end of the road and came back. "),
    ("a log line", r#"GET /orders/4711?page=2 200 in 13 ms, request 4bf92f3577b34da6a3ce929d0e0e4736 from 10.0.0.7; "#),
    ("JSON", r#"{"id":"chatcmpl-1","model":"gpt-4o-mini","usage":{"prompt_tokens":2006,"completion_tokens":300}},"#),
    ("secrets", "password=hunter2, ann@example.org, 4111 1111 1111 1111, Bearer abc/def+gh==, https://u:p@h/. "),
    ("digits", "4111 "),
    ("open brackets", "password=("),
    ("URLs", "x://a:b/"),
    ("at signs", "a@"),
    ("quotation marks", "\"\""),
    ("half keys", "-----BEGIN "),
    ("accounts", "GB82 WEST "),
    ("one word", "a"),
];

const ROUNDS: usize = 2_000;

pub(crate) fn run() {
    println!("{:<28} {:>10} {:>10}", "redactor, us a KiB", "1 KiB", "64 KiB");
    for (name, piece) in CASES {
        println!("{name:<28} {:>10.2} {:>10.2}", cost(piece, 1), cost(piece, 64));
    }
}

/// The median of some rounds, in microseconds a KiB.
fn cost(piece: &str, kib: usize) -> f64 {
    let bytes = kib * 1024;
    let text: String = piece.chars().cycle().take(bytes).collect();
    let mut rounds: Vec<f64> = (0..ROUNDS / kib)
        .map(|_| {
            let start = Instant::now();
            black_box(redact::text(black_box(&text)));
            start.elapsed().as_secs_f64()
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2] * 1e6 / kib as f64
}
