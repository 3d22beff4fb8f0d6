//! What does an annotation cost, beside what the peers cost?
//!
//! ```text
//! cargo run -p benches --release
//! cargo run -p benches --release -- help
//! ```
//!
//! Cases take turns in rounds, so that a machine which changes its speed changes it for all of them, and the tables show
//! medians. The peers are dependencies of crates that are written under the target folder, not of this workspace.

mod arguments;
mod calls;
mod cases;
mod compile;
mod futures;
mod headers;
mod llm;
mod object;
mod redact;
mod report;
mod scratch;
mod stack;
mod usage;
mod variant;

use arguments::{Arguments, Bench, HELP};

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    match arguments.bench {
        Bench::Help => print!("{HELP}"),
        Bench::Quick => {
            calls::run();
            println!();
            stack::run();
        }
        Bench::Calls => calls::run(),
        Bench::Stack => stack::run(),
        Bench::Headers => headers::run(),
        Bench::Redact => redact::run(),
        Bench::Futures => futures::run()?,
        Bench::Llm => llm::run()?,
        Bench::LlmCalls { case, calls } => llm::calls(case, calls),
        Bench::Compile => compile::run(&arguments)?,
    }
    Ok(())
}
