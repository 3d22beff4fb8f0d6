//! Lets spans into the batch processor of the SDK, which drops them when its queue is full and keeps the number to itself.
//! Here none is let in that it would drop.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

use super::failed::Failed;
use crate::ledger::Ledger;

/// A processor behind a ledger.
pub(crate) struct Queue<P> {
    next: P,
    ledger: Arc<Ledger>,
    failed: Arc<Failed>,
}

impl<P: SpanProcessor> Queue<P> {
    pub(crate) fn new(next: P, ledger: Arc<Ledger>, failed: Arc<Failed>) -> Self {
        Queue { next, ledger, failed }
    }

    pub(crate) fn ledger(&self) -> Arc<Ledger> {
        Arc::clone(&self.ledger)
    }
}

impl<P: SpanProcessor> SpanProcessor for Queue<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.next.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() && self.ledger.admit(|| self.failed.has(&span)) {
            self.next.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.next.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.next.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.next.set_resource(resource);
    }
}

impl<P: fmt::Debug> fmt::Debug for Queue<P> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Queue").field("next", &self.next).field("ledger", &self.ledger).finish()
    }
}
