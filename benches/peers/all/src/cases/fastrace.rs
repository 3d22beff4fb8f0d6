//! fastrace: spans without numbers.

use std::cell::Cell;

use fastrace::prelude::{Span, SpanContext, SpanRecord};
use harness::{Case, Odd, case, work};

struct Nowhere;

impl fastrace::collector::Reporter for Nowhere {
    fn report(&mut self, _: Vec<SpanRecord>) {}
}

pub(super) fn cases() -> [Case; 2] {
    fastrace::set_reporter(Nowhere, fastrace::collector::Config::default());
    [case("fastrace, no parent", traced), case("fastrace, 100 spans in a root", in_root)]
}

#[fastrace::trace]
#[inline(never)]
fn traced(number: u64) -> Result<u64, Odd> {
    work(number)
}

/// A hundredth of the calls of one root.
#[inline(never)]
fn in_root(number: u64) -> Result<u64, Odd> {
    thread_local! {
        static CALLS: Cell<u32> = const { Cell::new(0) };
    }
    CALLS.set(CALLS.get() + 1);
    if CALLS.get() % 100 != 0 {
        return Ok(number);
    }
    let root = Span::root("root", SpanContext::random());
    let _current = root.set_local_parent();
    (1..100).try_for_each(|_| traced(number).map(drop))?;
    traced(number)
}
