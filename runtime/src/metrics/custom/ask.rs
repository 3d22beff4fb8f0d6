//! Asks code of the program for a value while the page is made. It may panic, and it may never return.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::guard::user_code;
use crate::metrics::{fault, internal_error};

/// How long one callback may take, and all of them together.
const EACH: Duration = Duration::from_millis(250);
const ALL: Duration = Duration::from_secs(1);

thread_local! {
    /// Whether this thread runs a callback.
    static IS_ASKED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a callback is still running.
#[derive(Clone, Debug, Default)]
pub struct Busy(Arc<AtomicBool>);

/// Whether this thread runs a callback, or what it has called.
pub(in crate::metrics) fn is_asked() -> bool {
    IS_ASKED.get()
}

/// The end of the time that the callbacks of one page have.
pub fn deadline() -> Instant {
    Instant::now() + ALL
}

/// What `code` gives in its time, on a thread of its own.
///
/// None when it panics, takes longer, or is still at what it was asked before: so a callback that never returns holds one
/// thread and no page.
///
/// A callback that asks for the page itself gets it without the values of callbacks: it would wait for itself.
pub fn ask<T: Send + 'static>(busy: &Busy, deadline: Instant, code: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    if IS_ASKED.get() {
        return None;
    }
    if busy.0.swap(true, Ordering::AcqRel) {
        internal_error(fault::CALLBACK_BLOCKED);
        return None;
    }
    let (answer, wait) = mpsc::sync_channel(1);
    let running = Running(busy.clone());
    let spawned = thread::Builder::new().name("taximeter-observe".to_owned()).spawn(move || {
        let running = running;
        IS_ASKED.set(true);
        let value = user_code(code);
        drop(running);
        let _ = answer.send(value);
    });
    // A closure that was not run is dropped, and `busy` with it.
    spawned.ok()?;
    let time = EACH.min(deadline.saturating_duration_since(Instant::now()));
    match wait.recv_timeout(time) {
        Ok(value) => value,
        Err(_) => {
            internal_error(fault::CALLBACK_BLOCKED);
            None
        }
    }
}

/// Ends the business when it is dropped.
struct Running(Busy);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_that_panics_or_never_returns_gives_nothing_and_holds_one_thread() {
        let busy = Busy::default();
        assert_eq!(ask(&busy, deadline(), || 7), Some(7));
        assert_eq!(ask(&busy, deadline(), || -> u8 { panic!("no") }), None);
        let (go_on, wait) = mpsc::channel::<()>();
        assert_eq!(ask(&busy, deadline(), move || wait.recv().is_ok()), None);
        assert_eq!(ask(&busy, deadline(), || true), None, "it is still at it");
        go_on.send(()).unwrap();
        while busy.0.load(Ordering::Acquire) {
            thread::yield_now();
        }
        assert_eq!(ask(&busy, deadline(), || 8), Some(8));
    }
}
