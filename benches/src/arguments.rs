//! What the command line asks for.

use anyhow::{Context, bail};

pub(crate) const HELP: &str = "\
cargo run -p benches --release -- [bench] [options]

  calls     nanoseconds of a call
  llm       microseconds of a request to a language model, and instructions where valgrind is there
  stack     bytes of stack that one more frame of a recursion takes
  headers   nanoseconds of the headers of a request
  redact    microseconds that the redactor takes for a KiB
  futures   bytes of futures; slow the first time, when it builds the peers
  compile   what an annotation costs the compiler; slow, some minutes
  help      this text

Without a name, the quick ones run: calls, stack.

Options of `compile`:
  --functions N   functions in each crate, half of them async (500)
  --rounds N      builds of each crate, of which the median counts (5)
  --json          print JSON instead of a table
";

pub(crate) struct Arguments {
    pub(crate) bench: Bench,
    pub(crate) functions: usize,
    pub(crate) rounds: usize,
    pub(crate) is_json: bool,
}

#[derive(Clone, Copy)]
pub(crate) enum Bench {
    Help,
    Quick,
    Calls,
    Stack,
    Headers,
    Redact,
    Futures,
    Llm,
    /// What `llm` starts under valgrind.
    LlmCalls {
        case: usize,
        calls: usize,
    },
    Compile,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> anyhow::Result<Arguments> {
        let mut arguments = Arguments { bench: Bench::Quick, functions: 500, rounds: 5, is_json: false };
        while let Some(word) = words.next() {
            match word.as_str() {
                "calls" => arguments.bench = Bench::Calls,
                "stack" => arguments.bench = Bench::Stack,
                "headers" => arguments.bench = Bench::Headers,
                "redact" => arguments.bench = Bench::Redact,
                "futures" => arguments.bench = Bench::Futures,
                "llm" => arguments.bench = Bench::Llm,
                "llm-calls" => {
                    let mut number =
                        || words.next().and_then(|word| word.parse().ok()).context("`llm-calls` needs two numbers");
                    arguments.bench = Bench::LlmCalls { case: number()?, calls: number()? };
                }
                "compile" => arguments.bench = Bench::Compile,
                "help" | "-h" | "--help" => arguments.bench = Bench::Help,
                "--functions" => arguments.functions = number(&word, words.next())?,
                "--rounds" => arguments.rounds = number(&word, words.next())?,
                "--json" => arguments.is_json = true,
                _ => bail!("unknown argument `{word}`; `help` lists what there is"),
            }
        }
        Ok(arguments)
    }
}

fn number(option: &str, word: Option<String>) -> anyhow::Result<usize> {
    let word = word.with_context(|| format!("`{option}` needs a number"))?;
    let number = word.parse().with_context(|| format!("`{option}` needs a number, not `{word}`"))?;
    if number == 0 {
        bail!("`{option}` must be at least 1");
    }
    Ok(number)
}
