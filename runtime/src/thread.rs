//! Which threads can have spans, and for how long.
//!
//! A subscriber keeps variables for each thread that has spans. There is room for 4,096 threads in the registry of
//! `tracing-subscriber`, and the next one panics; and a span that is opened while the thread's variables are being
//! destroyed aborts the process. So a thread asks for a place before its first span, and gives it back before any of
//! those variables is destroyed.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use tracing::Span;

use crate::metrics;

/// The most threads that have spans at the same time. The registry's own limit is 4,096, and others use it too.
const PLACES: usize = 4_000;

/// How many threads have a place now.
static TAKEN: AtomicUsize = AtomicUsize::new(0);

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// No span was opened on this thread yet.
    Fresh,
    /// It has a place.
    Placed,
    /// There was none left.
    Refused,
    /// Its variables are being destroyed.
    Ending,
}

thread_local! {
    // Without a destructor, so it can be read to the very end.
    static STATE: Cell<State> = const { Cell::new(State::Fresh) };
    static PLACE: Place = const { Place };
}

/// Gives the place back when the thread ends.
struct Place;

impl Drop for Place {
    fn drop(&mut self) {
        STATE.set(State::Ending);
        TAKEN.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether this thread is not about to end.
pub(crate) fn is_alive() -> bool {
    STATE.get() != State::Ending
}

/// Opens a span if this thread can have one.
pub fn open_span(open: impl FnOnce() -> Span) -> Span {
    match STATE.get() {
        State::Placed => open(),
        State::Fresh => open_first(open),
        State::Refused => refuse(),
        State::Ending => Span::none(),
    }
}

#[cold]
fn open_first(open: impl FnOnce() -> Span) -> Span {
    if TAKEN.fetch_add(1, Ordering::Relaxed) >= PLACES {
        TAKEN.fetch_sub(1, Ordering::Relaxed);
        STATE.set(State::Refused);
        return refuse();
    }
    STATE.set(State::Placed);
    let span = open();
    // Variables are destroyed in the reverse order of their first use. Entering the span uses all that it needs, and
    // only then is the place used, so it goes first.
    span.in_scope(|| ());
    let _ = PLACE.try_with(|_| ());
    span
}

#[cold]
fn refuse() -> Span {
    metrics::dropped("traces", "too_many_threads", 1);
    Span::none()
}
