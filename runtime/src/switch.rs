//! What the program has decided about all of its calls.

use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;

use crate::context;

static IS_OFF: AtomicBool = AtomicBool::new(false);
static SKIPS_UNSAMPLED: AtomicBool = AtomicBool::new(false);

/// Nothing is counted or traced from now on. Calls that are open end as they would have.
///
/// Workflows and calls of language models go on to have their contexts, because budgets and correlation ids are part of
/// what a program does, and not of what is seen of it.
#[doc(hidden)]
pub fn turn_off() {
    IS_OFF.store(true, Ordering::Relaxed);
}

#[inline]
pub(crate) fn is_off() -> bool {
    IS_OFF.load(Ordering::Relaxed)
}

/// Whether calls in a trace that is not sampled have no span. It takes a sampler that asks the parent first, and nobody who
/// decides later.
#[doc(hidden)]
pub fn skip_unsampled(skips: bool) {
    SKIPS_UNSAMPLED.store(skips, Ordering::Relaxed);
}

/// Whether a span that is opened now would be kept by nobody.
pub(crate) fn is_unsampled() -> bool {
    SKIPS_UNSAMPLED.load(Ordering::Relaxed) && context::is_usable() && Context::map_current(is_left_out)
}

fn is_left_out(context: &Context) -> bool {
    if !context.has_active_span() {
        return false;
    }
    let span = context.span();
    let of_trace = span.span_context();
    of_trace.is_valid() && !of_trace.is_sampled()
}
