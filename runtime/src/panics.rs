//! Remembers the message and the place of the panic that is unwinding this thread.
//!
//! A guard that is dropped while a thread unwinds sees neither; only the panic hook does.

use std::cell::{Cell, RefCell};
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use crate::redact;

/// What the panic hook saw.
#[derive(Clone, Debug)]
pub(crate) struct LastPanic {
    pub(crate) message: String,
    pub(crate) location: String,
}

thread_local! {
    static LAST: RefCell<Option<LastPanic>> = const { RefCell::new(None) };
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// How many panics the hook has seen on this thread.
pub(crate) fn count() -> u64 {
    COUNT.get()
}

/// The most bytes of a panic's message that are kept.
const MESSAGE_CAP: usize = 4096;

/// Adds a panic hook that remembers what happened and then calls the hook that was there before.
///
/// Called by `init`; a second call does nothing. Without it panics are counted as ever, their spans just lack the
/// message and the place.
pub fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            remember(info);
            previous(info);
        }));
    });
}

/// The last panic on this thread, if there was one since the hook had seen `before`.
///
/// A payload that was caught elsewhere and is thrown on passes no hook: then what was last seen is another panic.
pub(crate) fn since(before: u64) -> Option<LastPanic> {
    if count() == before {
        return None;
    }
    // A thread-local that is gone, or borrowed by a panic inside the hook, knows nothing.
    LAST.try_with(|last| last.try_borrow().ok().and_then(|last| last.clone())).ok().flatten()
}

fn remember(info: &PanicHookInfo<'_>) {
    COUNT.set(count().wrapping_add(1));
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let message = text.unwrap_or("a panic whose payload is not text");
    let seen = LastPanic {
        message: redact::head(message, MESSAGE_CAP).into_owned(),
        location: info.location().map(ToString::to_string).unwrap_or_default(),
    };
    let _ = LAST.try_with(|last| last.try_borrow_mut().map(|mut last| *last = Some(seen)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_is_cut_holds_no_half_of_a_secret() {
        install_hook();
        for secret in ["sk-proj-cnryabcdefghijklmnopqrstuvwxyz0123456789", "4111 1111 1111 1111", "password=cnry"] {
            let before = count();
            let message = format!("{} {secret}", "x".repeat(MESSAGE_CAP - secret.len() / 2 - 5));
            let _ = panic::catch_unwind(|| panic!("{message}"));
            let seen = since(before).expect("a panic").message;
            assert!(seen.len() <= MESSAGE_CAP && seen.len() > MESSAGE_CAP / 2, "{}", seen.len());
            assert!(!seen.contains("cnry") && !seen.contains("4111"), "{}", &seen[seen.len() - 60..]);
        }
    }
}
