//! `SIGTERM` and `SIGINT`: what waits is sent before the process ends, if the program wants that.
//!
//! The handlers of others are called as before. A signal that nobody else handles ends the process as ever, once what
//! waits is sent; a second one ends it at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::fork;

/// Waits for a signal on a thread of its own, and calls `stop` before the process ends.
pub(crate) fn wait(stop: impl Fn() + Send + 'static) -> io::Result<()> {
    let ending: Vec<i32> = [SIGTERM, SIGINT].into_iter().filter(|signal| !is_handled(*signal)).collect();
    let mut flags = Vec::new();
    for signal in &ending {
        let is_second = Arc::new(AtomicBool::new(false));
        // In this order: the first signal finds the flag down, the second one up.
        flag::register_conditional_default(*signal, Arc::clone(&is_second))?;
        flag::register(*signal, Arc::clone(&is_second))?;
        flags.push(is_second);
    }
    // In a child of a fork nobody waits: there the first signal ends the process.
    fork::raise_in_child(flags);
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    let wait = move || {
        for signal in signals.forever() {
            stop();
            // Whoever handles the signal beside us decides how the process goes on.
            if ending.contains(&signal) {
                let _ = emulate_default_handler(signal);
            }
        }
    };
    thread::Builder::new().name("taximeter-signal".to_owned()).spawn(wait).map(drop)
}

/// Whether the program has a handler for this signal, or ignores it. Where the system does not tell, it has none.
fn is_handled(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
    };
    let bit = u32::try_from(signal - 1).ok().and_then(|shift| 1_u64.checked_shl(shift)).unwrap_or(0);
    (mask("SigCgt:") | mask("SigIgn:")) & bit != 0
}
