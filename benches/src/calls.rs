//! What a call takes: nanoseconds, instructions, allocations.

use serde_json::{Value, json};

use crate::instructions;
use crate::peers::{Peers, SETUPS, Setup};

/// What the cases are compared with: those that are async with the second, those that fail with the third.
const FLOORS: [&str; 4] = ["floor", "floor, async", "floor, failing", "floor, failing, async"];

/// Every case of every set-up, with the time of the floor of the same run.
pub(crate) fn run() -> anyhow::Result<Value> {
    let peers = Peers::build()?;
    let tables: anyhow::Result<Vec<Value>> = SETUPS.iter().map(|setup| table(&peers, setup)).collect();
    Ok(json!({ "calls": tables? }))
}

fn table(peers: &Peers, setup: &Setup) -> anyhow::Result<Value> {
    eprintln!("calls: {}", setup.title);
    let mut rows = peers.rows(setup, &["rounds"])?;
    let counts = instructions::of(peers, setup, &names(&rows))?;
    let time =
        |rows: &[Value], name: &str| rows.iter().find(|row| row["case"] == name).and_then(|row| row["ns"].as_f64());
    let floors = FLOORS.map(|name| time(&rows, name).unwrap_or(f64::NAN));
    for row in &mut rows {
        let name = row["case"].as_str().unwrap_or_default().to_owned();
        let kind = usize::from(name.contains("async")) + 2 * usize::from(name.contains("failing"));
        row["x_floor"] = json!(row["ns"].as_f64().unwrap_or(f64::NAN) / floors[kind]);
        row["instructions"] = json!(counts.get(&name));
    }
    Ok(json!({ "set_up": setup.title, "rows": rows }))
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter().filter_map(|row| row["case"].as_str()).collect()
}

pub(crate) fn print(result: &Value) {
    for table in result["calls"].as_array().into_iter().flatten() {
        println!("\n{}", table["set_up"].as_str().unwrap_or_default());
        println!("\n| case | ns | 25 % | 75 % | x floor | instructions | allocations |\n|---|---|---|---|---|---|---|");
        for row in table["rows"].as_array().into_iter().flatten() {
            let number = |name: &str, digits: usize| match row[name].as_f64() {
                Some(number) => format!("{number:.digits$}"),
                None => "-".to_owned(),
            };
            println!(
                "| {} | {} | {} | {} | {} | {} | {} |",
                row["case"].as_str().unwrap_or_default(),
                number("ns", 1),
                number("low", 1),
                number("high", 1),
                number("x_floor", 2),
                number("instructions", 0),
                number("allocations", 2)
            );
        }
    }
}
