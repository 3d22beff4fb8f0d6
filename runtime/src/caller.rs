//! Whoever has sent a request or a message, as its headers tell.

use std::future::Future;

use opentelemetry::Context;
use opentelemetry::baggage::BaggageExt;

use crate::context::{self, Attached, Scope};
use crate::propagation::{self, Carrier};

/// The caller of this code: its trace, its correlation id and its baggage.
///
/// For what comes in on another way than HTTP; `taximeter::http::ServerLayer` does it for requests. Annotated functions
/// that run in it are children of the caller's span, and a `#[workflow]` takes over its correlation id.
///
/// ```
/// use taximeter_runtime as taximeter;
/// use taximeter::{Caller, Workflow, workflow};
///
/// #[workflow(name = "mail.send", crate = ::taximeter_runtime)]
/// fn send() -> String {
///     Workflow::current().unwrap().correlation_id().to_owned()
/// }
///
/// let run = Workflow::builder("mail.plan").start();
/// let message = run.headers(); // goes into the queue, and on the other side:
/// let sent = Caller::of(&message).in_scope(send);
/// assert_eq!(sent, run.correlation_id());
/// run.end();
/// ```
#[derive(Clone, Debug)]
pub struct Caller(Context);

impl Caller {
    /// The caller whose headers these are. What is missing or malformed in them is not there.
    pub fn of(headers: &impl Carrier) -> Caller {
        Caller(propagation::extract(headers))
    }

    /// Runs `code` for this caller.
    pub fn in_scope<T>(&self, code: impl FnOnce() -> T) -> T {
        let _scope = self.enter();
        code()
    }

    /// Makes this caller the current one on this thread until the guard is dropped. Not to be held across an `.await`.
    pub fn enter(&self) -> Scope {
        Scope::of(self.0.clone())
    }

    /// Makes this caller the current one wherever the future is polled.
    pub fn attach<F: Future>(&self, future: F) -> Attached<F> {
        context::attached(self.0.clone(), future)
    }
}

/// What a caller, or this run, sends along under this key in the header `baggage`.
///
/// ```
/// # use taximeter_runtime as taximeter;
/// let caller = taximeter::Caller::of(&vec![("baggage", "tenant=Acme%20Inc")]);
/// assert_eq!(caller.in_scope(|| taximeter::baggage("tenant")).as_deref(), Some("Acme Inc"));
/// assert_eq!(taximeter::baggage("tenant"), None);
/// ```
pub fn baggage(key: &str) -> Option<String> {
    context::read_current(|context| context.baggage().get(key).map(ToString::to_string)).flatten()
}
