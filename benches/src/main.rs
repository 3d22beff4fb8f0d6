//! What does an annotation cost, beside what the peers cost?
//!
//! ```text
//! cargo run -p benches --release
//! cargo run -p benches --release -- help
//! ```
//!
//! Cases take turns in rounds, so that a machine which changes its speed changes it for all of them, and the tables show
//! medians. The peers stand in a workspace of their own, `benches/peers`, or in crates that are written under the
//! target folder: who tests the house does not build its neighbours.

mod arguments;
mod callgrind;
mod calls;
mod cases;
mod cold;
mod compile;
mod futures;
mod headers;
mod instructions;
mod llm;
mod object;
mod peers;
mod redact;
mod report;
mod scrape;
mod scratch;
mod stack;
mod table;
mod threads;
mod usage;
mod variant;

use std::collections::BTreeMap;

use arguments::{Arguments, Bench, HELP, Part};
use serde_json::Value;
use table::Table;

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    match &arguments.bench {
        Bench::Help => print!("{HELP}"),
        Bench::Measure(benches) => measure(benches, &arguments)?,
        Bench::Part(Part::HeadersRequests { case, requests }) => headers::requests(*case, *requests),
        Bench::Part(Part::RedactTexts { case, kib, times }) => redact::texts(*case, *kib, *times),
        Bench::Part(Part::LlmCalls { case, calls }) => llm::calls(*case, *calls),
        Bench::Part(Part::LlmFirst { start, case }) => llm::first(start, *case),
    }
    Ok(())
}

/// Prints each bench's tables when they are ready, or one JSON document of all of them.
fn measure(benches: &[&str], arguments: &Arguments) -> anyhow::Result<()> {
    let mut all = BTreeMap::new();
    for bench in benches {
        let result = run(bench, arguments)?;
        match arguments.is_json {
            true => drop(all.insert(*bench, result.json())),
            false => result.print(),
        }
        result.check()?;
    }
    if arguments.is_json {
        println!("{:#}", serde_json::to_value(all)?);
    }
    Ok(())
}

fn run(bench: &str, arguments: &Arguments) -> anyhow::Result<Measured> {
    let measured = match bench {
        "calls" => Measured::Shaped(calls::run(arguments)?, calls::print),
        "threads" => Measured::Shaped(threads::run()?, threads::print),
        "scrape" => Measured::Shaped(scrape::run()?, scrape::print),
        "cold" => Measured::Shaped(cold::run()?, cold::print),
        "instructions" => Measured::Limited(instructions::count_all()?),
        "stack" => Measured::Tables(vec![stack::run()]),
        "headers" => Measured::Tables(vec![headers::run()?]),
        "redact" => Measured::Tables(vec![redact::run()]),
        "futures" => Measured::Tables(vec![futures::run()?]),
        "llm" => Measured::Tables(llm::run()?.into()),
        "compile" => Measured::Tables(vec![compile::run(arguments)?]),
        other => anyhow::bail!("unknown bench `{other}`"),
    };
    Ok(measured)
}

/// What a bench has found.
enum Measured {
    Tables(Vec<Table>),
    /// Numbers that have a print of their own.
    Shaped(Value, fn(&Value)),
    /// Numbers that must keep to limits.
    Limited(Value),
}

impl Measured {
    fn print(&self) {
        match self {
            Measured::Tables(tables) => tables.iter().for_each(Table::print),
            Measured::Shaped(result, print) => print(result),
            Measured::Limited(result) => instructions::print(result),
        }
    }

    fn json(&self) -> Value {
        match self {
            Measured::Tables(tables) => tables.iter().map(Table::json).collect(),
            Measured::Shaped(result, _) | Measured::Limited(result) => result.clone(),
        }
    }

    /// Fails when a limit is passed.
    fn check(&self) -> anyhow::Result<()> {
        match self {
            Measured::Limited(result) => instructions::check(result),
            Measured::Tables(_) | Measured::Shaped(..) => Ok(()),
        }
    }
}
