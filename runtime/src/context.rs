//! What travels with a call: the OpenTelemetry context that holds the workflow and the open LLM call.

use opentelemetry::{Context, ContextGuard};
use tracing::Span;
use tracing::span::Entered;

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
    _span: Entered<'a>,
    _context: Option<ContextGuard>,
}

impl Frame {
    pub(crate) fn enter(&self) -> Running<'_> {
        let context = self.context.clone().map(Context::attach);
        Running { _span: self.span.enter(), _context: context }
    }
}
