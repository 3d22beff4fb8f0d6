//! What the redactor takes for a KiB: microseconds, and instructions where valgrind is there, of ordinary texts, of texts
//! that are full of secrets, and of those that would make a careless one slow.

use std::env;
use std::hint::black_box;
use std::time::Instant;

use serde_json::json;
use taximeter::redact;

use crate::callgrind;
use crate::table::Table;

/// A text, and how often it is repeated to fill a KiB.
const CASES: &[(&str, &str)] = &[
    ("prose", "the order of the customer was sent to the house at the end of the road and came back. "),
    ("a log line", r#"GET /orders/4711?page=2 200 in 13 ms, request 4bf92f3577b34da6a3ce929d0e0e4736 from 10.0.0.7; "#),
    ("JSON", r#"{"id":"chatcmpl-1","model":"gpt-4o-mini","usage":{"prompt_tokens":2006,"completion_tokens":300}},"#),
    ("ids", "f47ac10b-58cc-4372-a567-0e02b2c3d479 "),
    ("Japanese", "注文は道の終わりの家に送られて、そして戻ってきました。"),
    ("secrets", "password=hunter2, ann@example.org, 4111 1111 1111 1111, Bearer abc/def+gh==, https://u:p@h/. "),
    ("addresses", "ann@example.org "),
    ("keys", "sk-proj-abcdefghijklmnop "),
    ("tokens", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLWhlcmU "),
    ("passwords", "\"password\":\"p4ss\","),
    ("cards", "4111 1111 1111 1111, "),
    ("accounts", "GB82 WEST 1234 5698 7654 32, "),
    ("almost cards", "4111 "),
    ("almost accounts", "GB82 WEST "),
    ("almost keys", "sk-aaaaaaaaaaaa "),
    ("almost tokens", "eyJhbGciOiJIUzI1NiJ9 "),
    ("almost blocks", "-----BEGIN "),
    ("almost names", "my_token "),
    ("almost addresses", "a@"),
    ("open brackets", "password=("),
    ("URLs", "x://a:b/"),
    ("quotation marks", "\"\""),
    ("escapes", "\\\""),
    ("equals signs", "a="),
    ("percent signs", "a%40"),
    ("one word", "a"),
    ("one long name", "_"),
];

const ROUNDS: usize = 2_000;

/// The sizes of texts, in KiB: of a linear reader, all take the same for a KiB.
const SIZES: [usize; 3] = [1, 8, 64];

pub(crate) fn run() -> Table {
    let times = SIZES.map(|kib| format!("{kib} KiB, us a KiB"));
    let counts = SIZES.map(|kib| format!("{kib} KiB, instructions a byte"));
    let columns: Vec<&str> = ["text"].into_iter().chain(times.iter().chain(&counts).map(String::as_str)).collect();
    let mut table = Table::new("what the redactor takes for a KiB", &columns);
    for (case, (name, piece)) in CASES.iter().enumerate() {
        let times = SIZES.map(|kib| json!(time(piece, kib)));
        let counts = SIZES.map(|kib| json!(instructions(case, kib)));
        table.row([json!(name)].into_iter().chain(times).chain(counts));
    }
    table
}

fn text(piece: &str, kib: usize) -> String {
    let mut text = piece.repeat(kib * 1024 / piece.len() + 1);
    text.truncate((0..=kib * 1024).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0));
    text
}

/// The median of some rounds, in microseconds a KiB.
fn time(piece: &str, kib: usize) -> f64 {
    let text = text(piece, kib);
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

/// Instructions of a byte. What the start of the program takes, and the first text, is not in them.
fn instructions(case: usize, kib: usize) -> Option<f64> {
    let [one, two] = [1, 2].map(|times| counted(case, kib, times));
    Some(two?.saturating_sub(one?) as f64 / (kib * 1024) as f64)
}

fn counted(case: usize, kib: usize, times: usize) -> Option<u64> {
    let program = env::current_exe().ok()?;
    let arguments = [case, kib, times].map(|number| number.to_string());
    callgrind::instructions(&[], |valgrind| {
        valgrind.arg(program).arg("redact-texts").args(arguments);
    })
    .ok()
}

/// What [`instructions`] starts: one text of a case, so many times.
pub(crate) fn texts(case: usize, kib: usize, times: usize) {
    let Some((_, piece)) = CASES.get(case) else { return };
    let text = text(piece, kib);
    for _ in 0..times {
        black_box(redact::text(black_box(&text)));
    }
}
