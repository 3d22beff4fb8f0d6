//! Ours and its peers, in one program for each set-up of subscribers: `all SETUP rounds`, and what else the harness takes.

mod cases;
mod scrape;

#[global_allocator]
static ALLOCATOR: harness::allocations::Counting = harness::allocations::Counting;

fn main() {
    let name = std::env::var("PEERS_SETUP").unwrap_or_else(|_| "none".to_owned());
    match std::env::args().nth(1).as_deref() {
        Some("scrape") => scrape::run(),
        _ => ours::setup::run(&name, || harness::main(&cases::of(&name))),
    }
}
