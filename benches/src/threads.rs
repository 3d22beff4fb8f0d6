//! Threads that call the same function at once.

use serde_json::{Value, json};

use crate::peers::{Peers, SETUPS};

const CASES: [&str; 8] = [
    "floor",
    "taximeter",
    "taximeter, async",
    "fastrace, 100 spans in a root",
    "autometrics[prometheus]",
    "prometheus, handles kept",
    "prometheus-client, handles kept",
    "OpenTelemetry meters, bound",
];

pub(crate) fn run() -> anyhow::Result<Value> {
    let peers = Peers::build()?;
    eprintln!("threads");
    let arguments: Vec<&str> = ["threads"].into_iter().chain(CASES).collect();
    Ok(json!({ "threads": peers.rows(&SETUPS[0], &arguments)? }))
}

pub(crate) fn print(result: &Value) {
    println!("\nmillion calls a second of all threads together\n");
    println!("| case | 1 thread | 2 | 4 | 8 | 2 against 1 | 8 against 2 |\n|---|---|---|---|---|---|---|");
    for row in result["threads"].as_array().into_iter().flatten() {
        let [one, two, four, eight] =
            [0, 1, 2, 3].map(|place: usize| row["threads"][place].as_f64().unwrap_or(f64::NAN));
        println!(
            "| {} | {one:.2} | {two:.2} | {four:.2} | {eight:.2} | {:.2} | {:.2} |",
            row["case"].as_str().unwrap_or_default(),
            two / one,
            eight / two
        );
    }
}
