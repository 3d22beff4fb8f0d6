//! What travels with a call: the OpenTelemetry context that holds the workflow and the open LLM call.

use std::panic::{AssertUnwindSafe, catch_unwind};

use opentelemetry::{Context, ContextGuard};
use tracing::Span;
use tracing::span::Entered;

use crate::thread;

/// The span of a call, and the context to make current while the call's code runs.
///
/// A plain call has no context of its own: its span carries the one it was opened in. A workflow or an LLM call puts a
/// value into the context, which has to be current even when no subscriber makes spans.
pub(crate) struct Frame {
    pub(crate) span: Span,
    pub(crate) context: Option<Context>,
}

/// A frame whose code is running on this thread. Leaving it restores what was current before.
pub(crate) struct Running<'a> {
    // Fields are dropped in this order: the span's own context is the younger one and goes first.
    _span: Option<Entered<'a>>,
    _context: Option<ContextGuard>,
}

impl Frame {
    /// The frame of a call that nobody follows.
    pub(crate) const NONE: Frame = Frame { span: Span::none(), context: None };

    #[inline]
    pub(crate) fn enter(&self) -> Running<'_> {
        if self.context.is_none() && self.span.is_disabled() {
            return Running { _span: None, _context: None };
        }
        self.enter_wide()
    }

    fn enter_wide(&self) -> Running<'_> {
        let context = self.context.clone().and_then(attach);
        let enters = !self.span.is_disabled() && is_usable();
        Running { _span: enters.then(|| self.span.enter()), _context: context }
    }
}

/// Makes a context current on this thread, if the thread can still hold one.
pub(crate) fn attach(context: Context) -> Option<ContextGuard> {
    is_usable().then(|| context.attach())
}

/// The value of this type in the current context.
pub(crate) fn current<T: Clone + Send + Sync + 'static>() -> Option<T> {
    if !is_usable() {
        return None;
    }
    Context::map_current(|context| context.get::<T>().cloned())
}

/// The current context and one more value.
pub(crate) fn current_with<T: Send + Sync + 'static>(value: T) -> Option<Context> {
    is_usable().then(|| Context::current_with_value(value))
}

/// Whether contexts and spans can be used on this thread.
///
/// They live in thread-local variables of several crates. When a thread ends, its variables are destroyed one after the
/// other, and a call from the destructor of one that outlives theirs would panic and abort the process. Such a call is
/// still counted.
pub fn is_usable() -> bool {
    thread::is_alive() && CONTEXT.try_with(|context| context.is_usable).unwrap_or(false)
}

/// Destroyed before the variable that holds the current context: that one is touched first, and variables are
/// destroyed in the reverse order of their first use.
struct ContextLifetime {
    is_usable: bool,
}

thread_local! {
    static CONTEXT: ContextLifetime = ContextLifetime {
        is_usable: catch_unwind(AssertUnwindSafe(|| Context::map_current(|_| ()))).is_ok(),
    };
}

impl Drop for ContextLifetime {
    fn drop(&mut self) {
        self.is_usable = false;
    }
}
