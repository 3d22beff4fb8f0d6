//! What the command line asks for.

use anyhow::{Context, bail};

pub(crate) const HELP: &str = "\
cargo run -p benches --release -- [bench ...] [options]

  calls          nanoseconds, allocations and, if asked, instructions of a call, beside the peers
  threads        1, 2, 4 and 8 threads that call the same function
  scrape         pages of 1,000, 10,000 and 100,000 lines
  stack          bytes of stack that one more frame of a recursion takes
  futures        bytes of futures
  headers        nanoseconds of the headers of a request, and instructions where valgrind is there
  redact         microseconds that the redactor takes for a KiB, and instructions where valgrind is there
  llm            microseconds of a request to a language model, and instructions where valgrind is there
  compile        what an annotation costs the compiler; slow, some minutes
  cold           the first build of a program with one function; slow, some minutes
  instructions   whether our paths keep to their limits; needs valgrind
  help           this text

Without a name: all of them but `instructions`. The first run builds the peers, which takes minutes.

Options:
  --json          print one JSON document instead of tables
  --instructions  of `calls`: count them too, where valgrind is there; slow, some minutes
  --functions N   of `compile`: functions in each crate, half of them async (500)
  --rounds N      of `compile`: builds of each crate, of which the median counts (5)
";

/// What is measured, in this order.
const BENCHES: [&str; 10] =
    ["calls", "threads", "scrape", "stack", "futures", "headers", "redact", "llm", "compile", "cold"];

pub(crate) struct Arguments {
    pub(crate) bench: Bench,
    pub(crate) functions: usize,
    pub(crate) rounds: usize,
    pub(crate) is_json: bool,
    pub(crate) counts_instructions: bool,
}

pub(crate) enum Bench {
    Help,
    Measure(Vec<&'static str>),
    Part(Part),
}

/// What a bench starts for itself.
pub(crate) enum Part {
    /// Under valgrind.
    HeadersRequests { case: usize, requests: usize },
    /// Under valgrind.
    RedactTexts { case: usize, kib: usize, times: usize },
    /// Under valgrind.
    LlmCalls { case: usize, calls: usize },
    /// For each sample of a first call.
    LlmFirst { start: String, case: usize },
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> anyhow::Result<Arguments> {
        let bench = Bench::Measure(Vec::new());
        let mut arguments = Arguments { bench, functions: 500, rounds: 5, is_json: false, counts_instructions: false };
        while let Some(word) = words.next() {
            match word.as_str() {
                "help" | "-h" | "--help" => arguments.bench = Bench::Help,
                "--functions" => arguments.functions = number(&word, words.next())?,
                "--rounds" => arguments.rounds = number(&word, words.next())?,
                "--json" => arguments.is_json = true,
                "--instructions" => arguments.counts_instructions = true,
                name => match known(name) {
                    Some(name) => arguments.bench.add(name),
                    None => arguments.bench = Bench::Part(part(name, &mut words)?),
                },
            }
        }
        if let Bench::Measure(benches) = &mut arguments.bench
            && benches.is_empty()
        {
            benches.extend(BENCHES);
        }
        Ok(arguments)
    }
}

impl Bench {
    fn add(&mut self, name: &'static str) {
        if let Bench::Measure(benches) = self {
            benches.push(name);
        }
    }
}

fn known(name: &str) -> Option<&'static str> {
    BENCHES.into_iter().chain(["instructions"]).find(|known| *known == name)
}

fn part(name: &str, words: &mut impl Iterator<Item = String>) -> anyhow::Result<Part> {
    match name {
        "headers-requests" => {
            let [case, requests] = numbers(name, words)?;
            Ok(Part::HeadersRequests { case, requests })
        }
        "redact-texts" => {
            let [case, kib, times] = numbers(name, words)?;
            Ok(Part::RedactTexts { case, kib, times })
        }
        "llm-calls" => {
            let [case, calls] = numbers(name, words)?;
            Ok(Part::LlmCalls { case, calls })
        }
        "llm-first" => {
            let start = words.next().context("`llm-first` needs what went before")?;
            let [case] = numbers(name, words)?;
            Ok(Part::LlmFirst { start, case })
        }
        other => bail!("unknown argument `{other}`; `help` lists what there is"),
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
