//! autometrics with its other back end.

use autometrics::autometrics;
use harness::{Odd, case, floor, work};

#[global_allocator]
static ALLOCATOR: harness::allocations::Counting = harness::allocations::Counting;

#[autometrics]
#[inline(never)]
fn autometrics_client(number: u64) -> Result<u64, Odd> {
    work(number)
}

fn main() {
    harness::main(&[case("floor", floor::plain), case("autometrics[prometheus-client]", autometrics_client)]);
}
