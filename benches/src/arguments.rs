//! What the command line asks for.

use anyhow::{Context, bail};

pub(crate) const HELP: &str = "\
cargo run -p benches --release -- [bench] [options]

  calls          nanoseconds, allocations and, if asked, instructions of a call, beside the peers
  threads        1, 2, 4 and 8 threads that call the same function
  scrape         pages of 1,000, 10,000 and 100,000 lines
  llm            microseconds of a request to a language model, and instructions where valgrind is there
  stack          bytes of stack that one more frame of a recursion takes
  headers        nanoseconds of the headers of a request, and instructions where valgrind is there
  redact         microseconds that the redactor takes for a KiB, and instructions where valgrind is there
  futures        bytes of futures
  compile        what an annotation costs the compiler; slow, some minutes
  cold           the first build of a program with one function; slow, some minutes
  instructions   whether our paths keep to their limits; needs valgrind
  help           this text

Without a name: calls, threads, scrape, stack. The first run builds the peers, which takes minutes.

Options:
  --json          print JSON instead of tables
  --instructions  of `calls`: count them too, where valgrind is there; slow, some minutes
  --functions N   of `compile`: functions in each crate, half of them async (500)
  --rounds N      of `compile`: builds of each crate, of which the median counts (5)
";

pub(crate) struct Arguments {
    pub(crate) bench: Bench,
    pub(crate) functions: usize,
    pub(crate) rounds: usize,
    pub(crate) is_json: bool,
    pub(crate) counts_instructions: bool,
}

pub(crate) enum Bench {
    Help,
    Quick,
    Calls,
    Threads,
    Scrape,
    Stack,
    Headers,
    /// What `headers` starts under valgrind.
    HeadersRequests {
        case: usize,
        requests: usize,
    },
    Redact,
    /// What `redact` starts under valgrind.
    RedactTexts {
        case: usize,
        kib: usize,
        times: usize,
    },
    Futures,
    Llm,
    /// What `llm` starts under valgrind.
    LlmCalls {
        case: usize,
        calls: usize,
    },
    /// What `llm` starts for each sample of a first call.
    LlmFirst {
        start: String,
        case: usize,
    },
    Compile,
    Cold,
    Instructions,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> anyhow::Result<Arguments> {
        let mut arguments =
            Arguments { bench: Bench::Quick, functions: 500, rounds: 5, is_json: false, counts_instructions: false };
        while let Some(word) = words.next() {
            match word.as_str() {
                "calls" => arguments.bench = Bench::Calls,
                "threads" => arguments.bench = Bench::Threads,
                "scrape" => arguments.bench = Bench::Scrape,
                "cold" => arguments.bench = Bench::Cold,
                "instructions" => arguments.bench = Bench::Instructions,
                "stack" => arguments.bench = Bench::Stack,
                "headers" => arguments.bench = Bench::Headers,
                "redact" => arguments.bench = Bench::Redact,
                "redact-texts" => {
                    let [case, kib, times] = numbers(&word, &mut words)?;
                    arguments.bench = Bench::RedactTexts { case, kib, times };
                }
                "futures" => arguments.bench = Bench::Futures,
                "llm" => arguments.bench = Bench::Llm,
                "headers-requests" => {
                    let [case, requests] = numbers(&word, &mut words)?;
                    arguments.bench = Bench::HeadersRequests { case, requests };
                }
                "llm-calls" => {
                    let [case, calls] = numbers(&word, &mut words)?;
                    arguments.bench = Bench::LlmCalls { case, calls };
                }
                "llm-first" => {
                    let start = words.next().context("`llm-first` needs what went before")?;
                    let case = words.next().and_then(|word| word.parse().ok()).context("`llm-first` needs a case")?;
                    arguments.bench = Bench::LlmFirst { start, case };
                }
                "compile" => arguments.bench = Bench::Compile,
                "help" | "-h" | "--help" => arguments.bench = Bench::Help,
                "--functions" => arguments.functions = number(&word, words.next())?,
                "--rounds" => arguments.rounds = number(&word, words.next())?,
                "--json" => arguments.is_json = true,
                "--instructions" => arguments.counts_instructions = true,
                _ => bail!("unknown argument `{word}`; `help` lists what there is"),
            }
        }
        Ok(arguments)
    }
}

fn numbers<const N: usize>(bench: &str, words: &mut impl Iterator<Item = String>) -> anyhow::Result<[usize; N]> {
    let given: Option<Vec<usize>> = words.take(N).map(|word| word.parse().ok()).collect();
    given.and_then(|given| given.try_into().ok()).with_context(|| format!("`{bench}` needs {N} numbers"))
}

fn number(option: &str, word: Option<String>) -> anyhow::Result<usize> {
    let word = word.with_context(|| format!("`{option}` needs a number"))?;
    let number = word.parse().with_context(|| format!("`{option}` needs a number, not `{word}`"))?;
    if number == 0 {
        bail!("`{option}` must be at least 1");
    }
    Ok(number)
}
