//! Instructions of a call, as callgrind counts them: unlike times, they are the same on every run.

use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use crate::callgrind;
use crate::peers::{Peers, SETUPS, Setup};

/// Calls that are counted.
const CALLS: u64 = 1_000;

/// The most instructions that ours may take, by set-up and case: what was counted last, and a tenth.
///
/// Whoever makes a path shorter lowers its limit; whoever raises one says why.
const LIMITS: [(usize, &str, f64); 8] = [
    (NO_SUBSCRIBER, "taximeter", 345.0),
    (NO_SUBSCRIBER, "taximeter, async", 520.0),
    (NO_SUBSCRIBER, "taximeter, failing", 490.0),
    (NO_SUBSCRIBER, "taximeter, failing, async", 665.0),
    (DISABLED, "taximeter", 35.0),
    (DISABLED, "taximeter, async", 142.0),
    (UNSAMPLED, "taximeter", 370.0),
    (UNSAMPLED, "taximeter, async", 545.0),
];

const NO_SUBSCRIBER: usize = 0;
const DISABLED: usize = 2;
const UNSAMPLED: usize = 6;

/// The instructions of these cases; none where there is no valgrind.
pub(crate) fn of(peers: &Peers, setup: &Setup, cases: &[&str]) -> anyhow::Result<BTreeMap<String, f64>> {
    if !callgrind::is_there() {
        return Ok(BTreeMap::new());
    }
    cases.iter().map(|case| Ok(((*case).to_owned(), count(peers, setup, case)?))).collect()
}

/// Callgrind counts only inside of the function that repeats the case.
fn count(peers: &Peers, setup: &Setup, case: &str) -> anyhow::Result<f64> {
    let instructions = callgrind::instructions(&["--toggle-collect=*repeat_counted*"], |valgrind| {
        Peers::prepare(valgrind, setup);
        valgrind.arg(peers.path(setup)).args(["once", case, &CALLS.to_string()]);
    });
    let instructions = instructions.with_context(|| format!("`{case}`"))?;
    Ok(instructions as f64 / CALLS as f64)
}

/// Counts what has a limit.
pub(crate) fn count_all() -> anyhow::Result<Value> {
    if !callgrind::is_there() {
        bail!("there is no valgrind");
    }
    let peers = Peers::build_ours()?;
    let mut rows = Vec::new();
    for (setup, case, limit) in LIMITS {
        let setup = SETUPS.get(setup).context("no such set-up")?.ours();
        let counted = count(&peers, &setup, case)?;
        rows.push(json!({ "set_up": setup.title, "case": case, "instructions": counted, "limit": limit }));
    }
    Ok(json!({ "instructions": rows }))
}

pub(crate) fn print(result: &Value) {
    println!("\ninstructions of a call, with the loop that repeats it\n");
    println!("| case | set-up | instructions | limit |\n|---|---|---|---|");
    for Counted { case, set_up, instructions, limit } in rows(result) {
        println!("| {case} | {set_up} | {instructions:.0} | {limit:.0} |");
    }
}

/// Fails when a limit is passed.
pub(crate) fn check(result: &Value) -> anyhow::Result<()> {
    let passed = rows(result).filter(|row| row.instructions > row.limit);
    let passed: Vec<String> = passed
        .map(|Counted { case, set_up, instructions, limit }| {
            format!("`{case}` ({set_up}) takes {instructions:.0} instructions, and {limit:.0} are allowed")
        })
        .collect();
    ensure!(passed.is_empty(), "{}", passed.join("; "));
    Ok(())
}

struct Counted<'a> {
    case: &'a str,
    set_up: &'a str,
    instructions: f64,
    limit: f64,
}

fn rows(result: &Value) -> impl Iterator<Item = Counted<'_>> {
    result["instructions"].as_array().into_iter().flatten().map(|row| {
        let [case, set_up] = ["case", "set_up"].map(|name| row[name].as_str().unwrap_or_default());
        let [instructions, limit] = ["instructions", "limit"].map(|name| row[name].as_f64().unwrap_or_default());
        Counted { case, set_up, instructions, limit }
    })
}
