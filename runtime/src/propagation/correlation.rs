//! `x-correlation-id`: the id that all runs of one request share, in all services.

use std::borrow::Cow;
use std::sync::Arc;

use opentelemetry::Context;

use crate::workflow::Workflow;
use crate::{context, ids, redact};

/// The most bytes of an id.
const ID_CAP: usize = 128;

/// The correlation id of a request, in whose context no workflow runs yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correlation(pub(crate) Arc<str>);

impl Correlation {
    /// The id that the caller names in one line, if it can be one. What looks like a secret is none: it would stand in every
    /// line and go along to every service.
    pub(super) fn read<'a>(mut lines: impl Iterator<Item = &'a [u8]>) -> Option<Correlation> {
        let line = lines.next()?;
        let is_single = lines.next().is_none();
        let id = std::str::from_utf8(line).ok().filter(|id| is_single && is_id(id.as_bytes()))?;
        matches!(redact::text(id), Cow::Borrowed(_)).then(|| Correlation(id.into()))
    }

    /// A fresh one.
    pub fn fresh() -> Correlation {
        Correlation(ids::fresh())
    }

    /// The id.
    pub fn id(&self) -> &Arc<str> {
        &self.0
    }
}

/// Whether these bytes can be an id: 1 to 128 visible ASCII characters. Ids go into headers and log lines.
pub fn is_id(bytes: &[u8]) -> bool {
    (1..=ID_CAP).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)
}

/// The correlation id of a context: of its workflow, or of the request.
pub(crate) fn of(context: &Context) -> Option<Arc<str>> {
    let workflow = context.get::<Workflow>().map(|workflow| Arc::clone(workflow.shared_correlation_id()));
    workflow.or_else(|| context.get::<Correlation>().map(|correlation| Arc::clone(&correlation.0)))
}

/// The correlation id of the current context: that of the workflow, or of the HTTP request in which no workflow runs.
///
/// ```
/// assert!(taximeter_runtime::correlation_id().is_none());
/// ```
pub fn current() -> Option<Arc<str>> {
    context::read_current(of).flatten()
}
