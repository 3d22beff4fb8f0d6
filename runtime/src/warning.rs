//! Warnings that the runtime has for whoever runs the program. `export` logs them; nobody has to.

use std::sync::{Mutex, PoisonError};

/// More than this and something warns in a loop; the counters tell the rest.
const KEPT: usize = 32;

static WARNINGS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Keeps a warning until it is taken. Beyond [`KEPT`] it is forgotten: what it warns of is counted elsewhere.
#[cold]
pub(crate) fn warn(text: String) {
    let mut warnings = WARNINGS.lock().unwrap_or_else(PoisonError::into_inner);
    if warnings.len() < KEPT {
        warnings.push(text);
    }
}

/// The warnings since the last call, oldest first.
pub(crate) fn take() -> Vec<String> {
    std::mem::take(&mut *WARNINGS.lock().unwrap_or_else(PoisonError::into_inner))
}
