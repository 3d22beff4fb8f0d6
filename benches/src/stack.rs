//! Bytes of stack that one more frame of a recursion takes.

use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::thread;

use serde_json::json;
use taximeter::observe;

use crate::cases::Odd;
use crate::table::Table;

const DEPTH: usize = 100_000;
/// More than any case takes.
const STACK: usize = 1 << 30;

struct Case {
    name: &'static str,
    /// The address of a local variable in the deepest frame.
    bare: fn(usize) -> usize,
    observed: fn(usize) -> usize,
}

const CASES: [Case; 3] = [
    Case { name: "a number", bare: number, observed: number_observed },
    Case {
        name: "a Result",
        bare: |depth| result(depth).unwrap_or_default(),
        observed: |depth| result_observed(depth).unwrap_or_default(),
    },
    Case { name: "async, boxed", bare: |depth| ready(later(depth)), observed: |depth| ready(later_observed(depth)) },
];

/// What an annotation may add to a frame, in bytes.
const LIMIT: usize = 512;

pub(crate) fn run() -> Table {
    let title = format!("bytes of stack that a frame takes; at most {LIMIT} may be added");
    let mut table = Table::new(title, &["case", "bare", "observed", "added"]);
    for case in CASES {
        let (bare, observed) = (frame(case.bare), frame(case.observed));
        table.row([json!(case.name), json!(bare), json!(observed), json!(observed.saturating_sub(bare))]);
    }
    table
}

/// The bytes of one frame, from a recursion in a thread of its own.
fn frame(recurse: fn(usize) -> usize) -> usize {
    let descend = move || {
        let top = 0_u8;
        (address(&top) - recurse(DEPTH)) / DEPTH
    };
    let thread = thread::Builder::new().stack_size(STACK).spawn(descend).expect("a thread with a large stack starts");
    thread.join().expect("the stack is large enough")
}

fn address(local: &u8) -> usize {
    std::ptr::from_ref(black_box(local)).addr()
}

/// The same function twice, bare and observed.
macro_rules! twice {
    ($bare:ident, $observed:ident, ($($head:tt)*) $arguments:tt -> $output:ty, |$depth:ident, $again:ident| $body:block) => {
        #[inline(never)]
        $($head)* fn $bare $arguments -> $output {
            let $again = $bare;
            $body
        }

        #[observe]
        #[inline(never)]
        $($head)* fn $observed $arguments -> $output {
            let $again = $observed;
            $body
        }
    };
}

twice!(number, number_observed, () (depth: usize) -> usize, |depth, again| {
    let local = 0;
    if depth == 0 { address(&local) } else { black_box(again(depth - 1)) }
});

twice!(result, result_observed, () (depth: usize) -> Result<usize, Odd>, |depth, again| {
    let local = 0;
    if depth == 0 {
        return Ok(address(&local));
    }
    Ok(black_box(again(depth - 1)?))
});

twice!(later, later_observed, (async) (depth: usize) -> usize, |depth, again| {
    if depth == 0 {
        let local = 0;
        return address(&local);
    }
    let boxed: Pin<Box<dyn Future<Output = usize>>> = Box::pin(again(depth - 1));
    boxed.await
});

fn ready(future: impl Future<Output = usize>) -> usize {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(address) => address,
        Poll::Pending => unreachable!("nothing here waits"),
    }
}
