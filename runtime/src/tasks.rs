//! Tasks of tokio that go on in the context of the one that starts them.

use std::future::Future;

use tokio::task::JoinHandle;

use crate::context::{Scope, in_current_context, read_current};

/// `tokio::spawn`, and what is current here is current in the task: the trace, the workflow, the baggage.
///
/// A bare `tokio::spawn` leaves it behind: the task starts a trace of its own, and requests to language models in it
/// count as `workflow="none"`.
///
/// ```
/// # use taximeter_runtime as taximeter;
/// # use taximeter::{Workflow, workflow};
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// #[workflow(name = "support.answer", crate = ::taximeter_runtime)]
/// async fn answer() -> Option<&'static str> {
///     taximeter::spawn(async { Workflow::current().map(|run| run.name()) }).await.ok().flatten()
/// }
///
/// assert_eq!(runtime.block_on(answer()), Some("support.answer"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Panics
///
/// Outside of a tokio runtime, as `tokio::spawn` does.
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    tokio::spawn(in_current_context(future))
}

/// `tokio::task::spawn_blocking`, and what is current here is current in the closure.
///
/// # Panics
///
/// Outside of a tokio runtime, as `tokio::task::spawn_blocking` does.
#[track_caller]
pub fn spawn_blocking<F, R>(code: F) -> JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    let context = read_current(Clone::clone).unwrap_or_default();
    tokio::task::spawn_blocking(move || {
        let _scope = Scope::of(context);
        code()
    })
}
