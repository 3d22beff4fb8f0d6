//! Pages of many series.

use serde_json::{Value, json};

use crate::peers::{Peers, SETUPS};

const LINES: [&str; 3] = ["1000", "10000", "100000"];

pub(crate) fn run() -> anyhow::Result<Value> {
    let peers = Peers::build()?;
    let mut rows = Vec::new();
    for lines in LINES {
        eprintln!("scrape: {lines} lines");
        rows.extend(peers.rows(&SETUPS[0], &["scrape", lines])?);
    }
    Ok(json!({ "scrape": rows }))
}

pub(crate) fn print(result: &Value) {
    println!("\na page of so many lines\n");
    println!("| case | lines | body KB | ms | 25 % | 75 % | ns a line | peak KB | held bytes a line |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for row in result["scrape"].as_array().into_iter().flatten() {
        let number = |name: &str| row[name].as_f64().unwrap_or(f64::NAN);
        let lines = number("lines");
        println!(
            "| {} | {lines} | {:.0} | {:.2} | {:.2} | {:.2} | {:.0} | {:.0} | {:.0} |",
            row["case"].as_str().unwrap_or_default(),
            number("bytes") / 1e3,
            number("ms"),
            number("low"),
            number("high"),
            number("ms") * 1e6 / lines,
            number("peak") / 1e3,
            number("held") / lines
        );
    }
}
