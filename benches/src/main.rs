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
mod threads;
mod usage;
mod variant;

use arguments::{Arguments, Bench, HELP};
use serde_json::Value;

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let show = |result: Value, print: fn(&Value)| match arguments.is_json {
        true => println!("{result:#}"),
        false => print(&result),
    };
    match &arguments.bench {
        Bench::Help => print!("{HELP}"),
        Bench::Quick => {
            show(calls::run(&arguments)?, calls::print);
            show(threads::run()?, threads::print);
            show(scrape::run()?, scrape::print);
            println!();
            stack::run();
        }
        Bench::Calls => show(calls::run(&arguments)?, calls::print),
        Bench::Threads => show(threads::run()?, threads::print),
        Bench::Scrape => show(scrape::run()?, scrape::print),
        Bench::Stack => stack::run(),
        Bench::Headers => headers::run()?,
        Bench::HeadersRequests { case, requests } => headers::requests(*case, *requests),
        Bench::Redact => redact::run(),
        Bench::RedactTexts { case, kib, times } => redact::texts(*case, *kib, *times),
        Bench::Futures => futures::run()?,
        Bench::Llm => llm::run()?,
        Bench::LlmCalls { case, calls } => llm::calls(*case, *calls),
        Bench::LlmFirst { start, case } => llm::first(start, *case),
        Bench::Compile => compile::run(&arguments)?,
        Bench::Cold => show(cold::run()?, cold::print),
        Bench::Instructions => instructions::print(&instructions::check()?)?,
    }
    Ok(())
}
