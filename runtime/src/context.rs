//! What travels with a call: the OpenTelemetry context that holds the workflow and the open LLM call.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use opentelemetry::{Context, ContextGuard};
use pin_project_lite::pin_project;
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
///
/// A thread that is being destroyed has none any more; to attach one would abort the process.
pub(crate) fn attach(context: Context) -> Option<ContextGuard> {
    is_usable().then(|| context.attach())
}

/// The value of this type in the current context.
pub(crate) fn current<T: Clone + Send + Sync + 'static>() -> Option<T> {
    read_current(|context| context.get::<T>().cloned()).flatten()
}

/// Reads the current context, if the thread can still hold one.
pub(crate) fn read_current<T>(read: impl FnOnce(&Context) -> T) -> Option<T> {
    is_usable().then(|| Context::map_current(read))
}

/// Makes what is current here current wherever the future is polled: the trace, the workflow, the baggage.
///
/// The cure for what does not carry over by itself: `tokio::spawn(in_current_context(step()))`, and the same for a
/// `JoinSet`. `taximeter::spawn` of the feature `tokio` does it for you.
///
/// ```
/// # use taximeter_runtime as taximeter;
/// # use taximeter::{Workflow, in_current_context, workflow};
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// #[workflow(name = "support.answer", crate = ::taximeter_runtime)]
/// async fn answer() -> Option<&'static str> {
///     let step = async { Workflow::current().map(|run| run.name()) };
///     tokio::spawn(in_current_context(step)).await.ok().flatten()
/// }
///
/// assert_eq!(runtime.block_on(answer()), Some("support.answer"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn in_current_context<F: Future>(future: F) -> Attached<F> {
    Attached { body: Some(future), context: read_current(Context::clone).unwrap_or_default() }
}

/// A future with a context of its own.
#[doc(hidden)]
pub fn attached<F: Future>(context: Context, future: F) -> Attached<F> {
    Attached { body: Some(future), context }
}

pin_project! {
    /// A future whose context is current while it is polled, and while it is dropped.
    #[must_use = "a future does nothing unless it is polled"]
    pub struct Attached<F> {
        #[pin]
        body: Option<F>,
        context: Context,
    }

    impl<F> PinnedDrop for Attached<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.body.is_some() {
                let _current = attach(this.context.clone());
                this.body.set(None);
            }
        }
    }
}

impl<F: Future> Future for Attached<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let _current = attach(this.context.clone());
        // Polled after it was ready, which no `await` does, it has nothing to wait for.
        let Some(body) = this.body.as_mut().as_pin_mut() else { return Poll::Pending };
        let polled = body.poll(task);
        if polled.is_ready() {
            this.body.set(None);
        }
        polled
    }
}

impl<F> std::fmt::Debug for Attached<F> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Attached").finish_non_exhaustive()
    }
}

/// Keeps a context current on this thread until it is dropped.
#[derive(Debug)]
#[must_use = "the context is current as long as this lives; bind it to a name: `let _scope = ...`"]
pub struct Scope {
    _guard: Option<ContextGuard>,
}

impl Scope {
    #[doc(hidden)]
    pub fn of(context: Context) -> Scope {
        Scope { _guard: attach(context) }
    }
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
