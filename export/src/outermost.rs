//! The subscriber of the process: what the registry and the layers do, unless they panic.
//!
//! On a thread that is being destroyed the registry may have lost the places that it keeps for each thread. It panics then,
//! and a panic in the destructor of a thread-local ends the process. A span that cannot be made there is one that nobody
//! sees.

use std::any::TypeId;
use std::panic::{self, AssertUnwindSafe};

use taximeter_runtime::__private::has_context;
use taximeter_runtime::metrics;
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Metadata, Subscriber};
use tracing_core::span::Current;

/// The id of every span that could not be made. The registry's have fewer bits.
const NOWHERE: u64 = u64::MAX;

#[derive(Debug)]
pub(crate) struct Outermost<S>(pub(crate) S);

fn is_nowhere(id: &Id) -> bool {
    id.into_u64() == NOWHERE
}

/// `None` when it panicked.
fn survived<T>(act: impl FnOnce() -> T) -> Option<T> {
    let done = panic::catch_unwind(AssertUnwindSafe(act));
    done.map_err(|payload| {
        // Its destructor may panic as well.
        std::mem::forget(payload);
        metrics::internal_error("subscriber_panicked");
    })
    .ok()
}

impl<S: Subscriber> Subscriber for Outermost<S> {
    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let made = if has_context() { survived(|| self.0.new_span(attributes)) } else { None };
        made.unwrap_or_else(|| Id::from_u64(NOWHERE))
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        if !is_nowhere(span) {
            survived(|| self.0.record(span, values));
        }
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        if !is_nowhere(span) && !is_nowhere(follows) {
            survived(|| self.0.record_follows_from(span, follows));
        }
    }

    fn event(&self, event: &Event<'_>) {
        survived(|| self.0.event(event));
    }

    fn enter(&self, span: &Id) {
        if !is_nowhere(span) {
            survived(|| self.0.enter(span));
        }
    }

    fn exit(&self, span: &Id) {
        if !is_nowhere(span) {
            survived(|| self.0.exit(span));
        }
    }

    fn clone_span(&self, id: &Id) -> Id {
        let cloned = if is_nowhere(id) { None } else { survived(|| self.0.clone_span(id)) };
        cloned.unwrap_or_else(|| id.clone())
    }

    fn try_close(&self, id: Id) -> bool {
        !is_nowhere(&id) && survived(|| self.0.try_close(id)).unwrap_or(false)
    }

    fn current_span(&self) -> Current {
        survived(|| self.0.current_span()).unwrap_or_else(Current::none)
    }

    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.0.on_register_dispatch(dispatch);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.0.register_callsite(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.0.enabled(metadata)
    }

    fn event_enabled(&self, event: &Event<'_>) -> bool {
        self.0.event_enabled(event)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.0.max_level_hint()
    }

    // The registry and the layers are found by their types, through this one.
    #[allow(unsafe_code)]
    unsafe fn downcast_raw(&self, id: TypeId) -> Option<*const ()> {
        if id == TypeId::of::<Self>() {
            return Some(std::ptr::from_ref(self).cast());
        }
        // SAFETY: what the other subscriber says of itself is passed on as it is.
        unsafe { self.0.downcast_raw(id) }
    }
}
