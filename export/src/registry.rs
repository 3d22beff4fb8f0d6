//! The registry of spans, without chains that are too long to be closed.
//!
//! A span that closes closes its parent when nobody else holds it, by a call inside of a call. Programs that hold the
//! guard of a span across an await, or whose detached tasks each start the next one, make chains of thousands of spans
//! that only the last one holds; the registry of `tracing-subscriber` then runs out of stack and aborts the process.

use std::any::TypeId;
use std::panic::{self, AssertUnwindSafe};

use taximeter_runtime::metrics;
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_core::span::Current;
use tracing_subscriber::Registry;
use tracing_subscriber::filter::FilterId;
use tracing_subscriber::registry::LookupSpan;

/// The most spans that are nested in each other. The next one begins a trace of its own.
const DEPTH_CAP: usize = 512;

/// The registry that all layers share.
#[derive(Debug, Default)]
pub(crate) struct Spans(Registry);

/// How many spans a span is nested in; kept with the span.
struct Depth(usize);

impl Spans {
    /// How deep a span with these attributes would be.
    fn depth(&self, attributes: &Attributes<'_>) -> usize {
        let parent = match attributes.parent() {
            Some(parent) => Some(parent.clone()),
            None if attributes.is_root() => None,
            None => self.0.current_span().id().cloned(),
        };
        let parent = parent.and_then(|parent| self.0.span(&parent));
        parent.map_or(0, |parent| parent.extensions().get::<Depth>().map_or(1, |depth| depth.0 + 1))
    }
}

/// What the registry does, unless it panics: it does when a span is current on a thread that has closed on another.
fn survived<T>(act: impl FnOnce() -> T) -> Option<T> {
    let done = panic::catch_unwind(AssertUnwindSafe(act));
    if done.is_err() {
        metrics::internal_error("span_closed_elsewhere");
    }
    done.ok()
}

impl Subscriber for Spans {
    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let depth = self.depth(attributes);
        // The layers see the attributes as they are, so the exported span keeps its trace and its parent.
        let alone = || self.0.new_span(&Attributes::new_root(attributes.metadata(), attributes.values()));
        if depth >= DEPTH_CAP {
            metrics::internal_error("span_too_deep");
            return alone();
        }
        let Some(id) = survived(|| self.0.new_span(attributes)) else { return alone() };
        if depth > 0
            && let Some(span) = self.0.span(&id)
        {
            span.extensions_mut().insert(Depth(depth));
        }
        id
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.0.register_callsite(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.0.enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.0.max_level_hint()
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.0.record(span, values);
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.0.record_follows_from(span, follows);
    }

    fn event_enabled(&self, event: &Event<'_>) -> bool {
        self.0.event_enabled(event)
    }

    fn event(&self, event: &Event<'_>) {
        self.0.event(event);
    }

    fn enter(&self, span: &Id) {
        self.0.enter(span);
    }

    fn exit(&self, span: &Id) {
        self.0.exit(span);
    }

    fn clone_span(&self, id: &Id) -> Id {
        survived(|| self.0.clone_span(id)).unwrap_or_else(|| id.clone())
    }

    fn try_close(&self, id: Id) -> bool {
        survived(|| self.0.try_close(id)).unwrap_or(false)
    }

    fn current_span(&self) -> Current {
        self.0.current_span()
    }

    // Layers look for the registry by its type.
    #[allow(unsafe_code)]
    unsafe fn downcast_raw(&self, id: TypeId) -> Option<*const ()> {
        if id == TypeId::of::<Spans>() {
            return Some(std::ptr::from_ref(self).cast());
        }
        // SAFETY: what the registry says of itself is passed on as it is.
        unsafe { self.0.downcast_raw(id) }
    }
}

impl<'a> LookupSpan<'a> for Spans {
    type Data = <Registry as LookupSpan<'a>>::Data;

    fn span_data(&'a self, id: &Id) -> Option<Self::Data> {
        self.0.span_data(id)
    }

    fn register_filter(&mut self) -> FilterId {
        self.0.register_filter()
    }
}

#[cfg(test)]
mod tests {
    use tracing::Dispatch;

    use super::*;

    #[test]
    fn a_layer_finds_the_registry_by_its_type_and_by_ours() {
        let subscriber = Dispatch::new(Spans::default());
        assert!(subscriber.downcast_ref::<Registry>().is_some());
        assert!(subscriber.downcast_ref::<Spans>().is_some_and(|spans| spans.current_span().id().is_none()));
        assert!(subscriber.downcast_ref::<String>().is_none());
    }
}
