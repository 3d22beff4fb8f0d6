//! The function under our attributes, and what listens to spans while it runs.

pub mod setup;

use harness::{Case, Odd, case, failing, ready, work};
use taximeter::{llm_cost, observe, workflow};

/// Every way to annotate it.
pub fn cases() -> [Case; 8] {
    [
        case("taximeter", observed),
        case("taximeter, async", asynchronous),
        failing("taximeter, failing", observed),
        failing("taximeter, failing, async", asynchronous),
        case("taximeter, span = false", spanless),
        case("taximeter, in a workflow", in_workflow),
        case("taximeter, #[workflow]", run),
        case("taximeter, #[llm_cost]", asked),
    ]
}

#[observe]
#[inline(never)]
fn observed(number: u64) -> Result<u64, Odd> {
    work(number)
}

#[inline(never)]
fn asynchronous(number: u64) -> Result<u64, Odd> {
    #[observe]
    async fn observed(number: u64) -> Result<u64, Odd> {
        work(number)
    }
    ready(observed(number))
}

#[observe(span = false)]
#[inline(never)]
fn spanless(number: u64) -> Result<u64, Odd> {
    work(number)
}

/// A hundredth of the calls of one workflow.
#[inline(never)]
fn in_workflow(number: u64) -> Result<u64, Odd> {
    #[workflow]
    fn hundred(number: u64) -> Result<u64, Odd> {
        (1..100).try_for_each(|_| observed(number).map(drop))?;
        observed(number)
    }
    thread_local! {
        static CALLS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
    }
    CALLS.set(CALLS.get() + 1);
    if CALLS.get() % 100 == 0 { hundred(number) } else { Ok(number) }
}

#[workflow]
#[inline(never)]
fn run(number: u64) -> Result<u64, Odd> {
    work(number)
}

#[llm_cost(model = "gpt-4o-mini", provider = "openai")]
#[inline(never)]
fn asked(number: u64) -> Result<u64, Odd> {
    work(number)
}
