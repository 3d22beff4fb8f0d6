//! What a request to a language model costs: reading the usage, the price, and all recording.
//!
//! The first call of the process is measured too, since a call that had to decode a price table would be slow then and
//! quick later. Where valgrind is there, it counts the instructions too, which no other load changes.

use std::env;
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};
use taximeter::{llm_cost, workflow};

use crate::callgrind;

/// Rounds of each case.
const ROUNDS: usize = 101;
/// Calls in a round.
const CALLS: u32 = 1_000;
/// What a call may take, in microseconds.
const HOLD: f64 = 10.0;

/// One kind of answer.
struct Case {
    name: &'static str,
    call: fn(&Value) -> &Value,
    answer: fn() -> Value,
}

const CASES: [Case; 3] = [
    Case { name: "openai chat", call: openai, answer: openai_answer },
    Case { name: "anthropic, with cache", call: anthropic, answer: anthropic_answer },
    Case { name: "gemini, in a workflow", call: gemini, answer: gemini_answer },
];

#[llm_cost(model = "gpt-5-mini", provider = "openai", feature = "bench")]
#[inline(never)]
fn openai(answer: &Value) -> &Value {
    answer
}

#[llm_cost(model = "claude-sonnet-4-5", provider = "anthropic", feature = "bench")]
#[inline(never)]
fn anthropic(answer: &Value) -> &Value {
    answer
}

#[workflow(name = "bench")]
#[inline(never)]
fn gemini(answer: &Value) -> &Value {
    #[llm_cost(model = "gemini-2.5-flash", provider = "gcp.gemini", feature = "bench")]
    #[inline(never)]
    fn generate(answer: &Value) -> &Value {
        answer
    }
    generate(answer)
}

fn openai_answer() -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-5-mini-2025-08-07", "service_tier": "default",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "..."}, "finish_reason": "stop"}],
        "usage": {
            "prompt_tokens": 2_006, "completion_tokens": 300, "total_tokens": 2_306,
            "prompt_tokens_details": {"cached_tokens": 1_920, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 192, "audio_tokens": 0}
        }
    })
}

fn anthropic_answer() -> Value {
    json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5-20250929", "content": [],
        "usage": {
            "input_tokens": 3, "cache_creation_input_tokens": 12_304, "cache_read_input_tokens": 7, "output_tokens": 550,
            "cache_creation": {"ephemeral_5m_input_tokens": 12_000, "ephemeral_1h_input_tokens": 304},
            "service_tier": "standard"
        }
    })
}

fn gemini_answer() -> Value {
    json!({
        "modelVersion": "gemini-2.5-flash", "responseId": "r1", "candidates": [],
        "usageMetadata": {
            "promptTokenCount": 10_000, "cachedContentTokenCount": 8_000, "candidatesTokenCount": 40,
            "thoughtsTokenCount": 160, "totalTokenCount": 10_200
        }
    })
}

pub(crate) fn run() -> anyhow::Result<()> {
    // As `init` does.
    taximeter::llm::warm_prices();
    let answers: Vec<Value> = CASES.iter().map(|case| (case.answer)()).collect();
    let firsts: Vec<f64> = CASES.iter().zip(&answers).map(|(case, answer)| microseconds(case, answer, 1)).collect();
    let has_valgrind = has_valgrind();
    println!("microseconds of a call; at most {HOLD} are to be held, the first call included");
    println!("{:<28} {:>8} {:>8} {:>8} {:>14}", "case", "first", "median", "75 %", "instructions");
    for (number, (case, answer)) in CASES.iter().zip(&answers).enumerate() {
        let mut times: Vec<f64> = (0..ROUNDS).map(|_| microseconds(case, answer, CALLS)).collect();
        times.sort_by(f64::total_cmp);
        let instructions = if has_valgrind { instructions(number)? } else { "no valgrind".to_owned() };
        let (median, high) = (times[ROUNDS / 2], times[ROUNDS * 3 / 4]);
        println!("{:<28} {:>8.2} {median:>8.2} {high:>8.2} {instructions:>14}", case.name, firsts[number]);
    }
    Ok(())
}

pub(crate) fn has_valgrind() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Microseconds of one of so many calls.
fn microseconds(case: &Case, answer: &Value, calls: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        black_box((case.call)(black_box(answer)));
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(calls)
}

/// Instructions of a later call and, behind a slash, of the first one: the differences between runs of this program that
/// make more and fewer calls.
fn instructions(case: usize) -> anyhow::Result<String> {
    let [none, one, many] = [0, 1, 1 + CALLS].map(|calls| counted(case, calls));
    let (none, one, many) = (none?, one?, many?);
    Ok(format!("{} / {}", (many - one) / u64::from(CALLS), one - none))
}

fn counted(case: usize, calls: u32) -> anyhow::Result<u64> {
    let program = env::current_exe()?;
    callgrind::instructions(&[], |valgrind| {
        valgrind.arg(program).args(["llm-calls", &case.to_string(), &calls.to_string()]);
    })
}

/// What [`instructions`] starts: so many calls and nothing else.
pub(crate) fn calls(case: usize, calls: usize) {
    let Some(case) = CASES.get(case) else { return };
    let answer = (case.answer)();
    for _ in 0..calls {
        black_box((case.call)(black_box(&answer)));
    }
}
