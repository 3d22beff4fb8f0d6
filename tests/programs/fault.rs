//! A program that does one thing that no program should, and says how it went: `fault <name>`.
//!
//! Each says `survived` on standard error at its end; what else it says is what the test asks for.

use std::io::Write;

mod fault {
    pub(crate) mod code;
    pub(crate) mod ending;
    pub(crate) mod logging;
    pub(crate) mod page;
    pub(crate) mod sending;
}

use fault::{code, ending, logging, page, sending};

/// Every fault by its name.
const FAULTS: &[(&str, fn())] = &[
    ("unwinding-twice", code::unwinding_twice),
    ("rude-fields", code::rude_fields),
    ("logging-display", code::logging_display),
    ("logging-rule", code::logging_rule),
    ("endless-display", code::endless_display),
    ("endless-sources", code::endless_sources),
    ("guard-across-await", code::guard_across_await),
    ("polled-again", code::polled_again),
    ("panic-hook", code::panic_hook),
    ("little-memory", code::little_memory),
    ("churn", code::churn),
    ("race", code::race),
    ("early", code::early),
    ("never", code::never),
    ("rude-filter", code::rude_filter),
    ("signal-handler", code::signal_handler),
    ("last-breath", code::last_breath),
    ("last-spans", code::last_spans),
    ("concurrent-shutdown", ending::concurrent_shutdown),
    ("shutdown-in-hook", ending::shutdown_in_hook),
    ("late", ending::late),
    ("exit", ending::exit),
    ("abort", ending::abort),
    ("signalled", ending::signalled),
    ("handled", ending::handled),
    ("own-port", ending::own_port),
    ("traces", ending::traces),
    ("burst", ending::burst),
    ("push", ending::push),
    ("one-span", ending::one_span),
    ("threadless", ending::threadless),
    ("steady", ending::steady),
    ("idle", ending::idle),
    ("clock", ending::clock),
    ("stopping", ending::stopping),
    ("storm", logging::storm),
    ("records", logging::records),
    ("injection", logging::injection),
    ("chatter", logging::chatter),
    ("mute", logging::mute),
    ("odd-values", page::odd_values),
    ("many-labels", page::many_labels),
    ("under-load", page::under_load),
    ("unscraped", page::unscraped),
    ("pushing", sending::pushing),
    ("many-lines", sending::many_lines),
    ("overload", sending::overload),
];

fn main() {
    let name = std::env::args().nth(1).unwrap_or_default();
    let Some((_, fault)) = FAULTS.iter().find(|(known, _)| *known == name) else {
        panic!("no fault is called `{name}`");
    };
    fault();
    // There may be nobody to say it to.
    let _ = writeln!(std::io::stderr(), "survived");
}
