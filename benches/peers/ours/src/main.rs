//! Ours without its peers.

use harness::{Case, case, failing, floor};

#[global_allocator]
static ALLOCATOR: harness::allocations::Counting = harness::allocations::Counting;

fn main() {
    let name = std::env::var("PEERS_SETUP").unwrap_or_else(|_| "none".to_owned());
    let floors = [
        case("floor", floor::plain),
        case("floor, async", floor::asynchronous),
        failing("floor, failing", floor::plain),
        failing("floor, failing, async", floor::asynchronous),
    ];
    let cases: Vec<Case> = floors.into_iter().chain(ours::cases()).collect();
    ours::setup::run(&name, || harness::main(&cases));
}
