//! The same function, measured in different ways.

mod fastrace;
mod meters;
mod metrics;
mod prometheus;
mod prometheus_client;

use ::autometrics::autometrics;
use harness::{Case, Odd, case, failing, floor, ready, work};

/// The cases of a set-up.
pub(crate) fn of(setup: &str) -> Vec<Case> {
    let mut cases = vec![
        case("bare", bare),
        case("floor", floor::plain),
        case("floor, async", floor::asynchronous),
        failing("floor, failing", floor::plain),
        failing("floor, failing, async", floor::asynchronous),
    ];
    cases.extend(ours::cases());
    cases.extend([
        case("tracing::instrument", instrumented),
        case("tracing::instrument, async", instrumented_async),
    ]);
    if setup == "none" {
        cases.extend(fastrace::cases());
        cases.push(case("autometrics[prometheus]", measured));
        cases.extend(prometheus::cases());
        cases.extend(prometheus_client::cases());
        cases.extend(metrics::cases());
        cases.extend(meters::cases());
    }
    cases
}

#[inline(never)]
fn bare(number: u64) -> Result<u64, Odd> {
    work(number)
}

#[tracing::instrument(skip_all, err)]
#[inline(never)]
fn instrumented(number: u64) -> Result<u64, Odd> {
    work(number)
}

#[inline(never)]
fn instrumented_async(number: u64) -> Result<u64, Odd> {
    #[tracing::instrument(skip_all, err)]
    async fn instrumented(number: u64) -> Result<u64, Odd> {
        work(number)
    }
    ready(instrumented(number))
}

#[autometrics]
#[inline(never)]
fn measured(number: u64) -> Result<u64, Odd> {
    work(number)
}
