//! What a request to a language model costs: reading the usage, the price, and all recording.
//!
//! First calls are measured in programs of their own, of which each gives one sample: a call that had to decode a price
//! table, or to make what later calls find, would be slow then and quick later. Where valgrind is there, it counts the
//! instructions too, which no other load changes.

use std::env;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::Context;
use serde_json::{Value, json};
use taximeter::{llm_cost, workflow};

use crate::callgrind;
use crate::table::Table;

/// Rounds of each case.
const ROUNDS: usize = 101;
/// Calls in a round.
const CALLS: u32 = 1_000;
/// Programs that make a first call, for each case.
const FIRSTS: usize = 41;
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

pub(crate) fn run() -> anyhow::Result<[Table; 2]> {
    Ok([later_calls()?, first_calls()?])
}

fn later_calls() -> anyhow::Result<Table> {
    taximeter::llm::warm_prices();
    let has_valgrind = callgrind::is_there();
    let title = format!("microseconds of a request to a language model, of which {HOLD} are to be held");
    let mut table = Table::new(title, &["case", "median", "75 %", "instructions", "of the first"]);
    for (number, case) in CASES.iter().enumerate() {
        let answer = (case.answer)();
        let times = (0..ROUNDS).map(|_| microseconds(case, &answer, CALLS)).collect();
        let [later, first] =
            if has_valgrind { instructions(number)?.map(|count| json!(count)) } else { [Value::Null, Value::Null] };
        let [median, high] = quantiles(times, [50, 75]);
        table.row([json!(case.name), json!(median), json!(high), later, first]);
    }
    Ok(table)
}

/// What a program has done before its first call.
const STARTS: [(&str, &str); 4] = [
    ("init", "after `init`"),
    ("init-unsampled", "after `init`, no trace kept"),
    ("warm", "after `warm_prices`, as without a log and a port"),
    ("nothing", "after nothing"),
];

fn first_calls() -> anyhow::Result<Table> {
    let title = format!(
        "microseconds of first requests, each of {FIRSTS} programs: of the process, and later of another function"
    );
    let mut table = Table::new(title, &["before", "case", "median", "90 %", "later, median", "later, 90 %"]);
    for (start, meaning) in STARTS {
        let mut of_process = vec![Vec::new(); CASES.len()];
        let mut of_function = vec![Vec::new(); CASES.len()];
        for sample in 0..FIRSTS * CASES.len() {
            for (position, (case, time)) in sample_of(start, sample % CASES.len())?.into_iter().enumerate() {
                let times = if position == 0 { &mut of_process } else { &mut of_function };
                times[case].push(time);
            }
        }
        for (case, (process, function)) in CASES.iter().zip(of_process.into_iter().zip(of_function)) {
            let times = [process, function].map(|times| quantiles(times, [50, 90]));
            table.row(
                [json!(meaning), json!(case.name)]
                    .into_iter()
                    .chain(times.into_iter().flatten().map(|time| json!(time))),
            );
        }
    }
    Ok(table)
}

/// A program that makes the first call of each case, and says which took how long, in their order.
fn sample_of(start: &str, first: usize) -> anyhow::Result<Vec<(usize, f64)>> {
    let mut program = Command::new(env::current_exe()?);
    program.args(["llm-first", start, &first.to_string()]).stderr(Stdio::null());
    let output = program.env("PROMETHEUS_PORT", "0").env("RUST_LOG", "off").output()?;
    anyhow::ensure!(output.status.success(), "the program for {start} failed");
    let said = String::from_utf8(output.stdout)?;
    let sample = |line: &str| {
        let (case, time) = line.split_once(' ').context("a number is missing")?;
        anyhow::Ok((case.parse()?, time.parse()?))
    };
    said.lines().map(sample).collect()
}

/// What [`sample_of`] starts.
pub(crate) fn first(start: &str, first: usize) {
    let answers: Vec<Value> = CASES.iter().map(|case| (case.answer)()).collect();
    let rate = if start == "init" { 1.0 } else { 0.0 };
    let config = || taximeter::Config::from_env("bench").trace_sample_rate(rate);
    let _telemetry = start.starts_with("init").then(|| config().init());
    if start == "warm" {
        taximeter::llm::warm_prices();
    }
    let order = (0..CASES.len()).map(|number| (first + number) % CASES.len());
    // Nothing is printed in between: that would warm something up, too.
    let times: Vec<(usize, f64)> = order.map(|case| (case, microseconds(&CASES[case], &answers[case], 1))).collect();
    for (case, time) in times {
        println!("{case} {time}");
    }
}

fn quantiles<const N: usize>(mut times: Vec<f64>, percents: [usize; N]) -> [f64; N] {
    times.sort_by(f64::total_cmp);
    percents.map(|percent| times.get(times.len() * percent / 100).copied().unwrap_or(f64::NAN))
}

/// Microseconds of one of so many calls.
fn microseconds(case: &Case, answer: &Value, calls: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        black_box((case.call)(black_box(answer)));
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(calls)
}

/// Instructions of a later call and of the first one: the differences between runs of this program that make more and
/// fewer calls.
fn instructions(case: usize) -> anyhow::Result<[u64; 2]> {
    let [none, one, many] = [0, 1, 1 + CALLS].map(|calls| counted(case, calls));
    let (none, one, many) = (none?, one?, many?);
    Ok([(many - one) / u64::from(CALLS), one - none])
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
    taximeter::llm::warm_prices();
    let answer = (case.answer)();
    for _ in 0..calls {
        black_box((case.call)(black_box(&answer)));
    }
}
