//! All ways out of the process, as the one processor that the provider knows.
//!
//! The provider gives the whole time to stop to each of its processors in turn. Here they share it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

use super::clean::clean;
use super::failed::Failed;
use super::runs::keep_latest;
use super::tail::TailBuffer;

/// Gives each span, without its secrets, to every one of its processors.
#[derive(Debug)]
pub(super) struct Exits<P> {
    exits: Vec<P>,
    /// Where spans wait for the end of their trace, if that decides on them.
    tail: Option<TailBuffer>,
    /// What the queues behind this look into when they are full.
    failed: Arc<Failed>,
}

impl<P: SpanProcessor> Exits<P> {
    pub(super) fn new(exits: Vec<P>, tail: Option<TailBuffer>, failed: Arc<Failed>) -> Self {
        Exits { exits, tail, failed }
    }

    /// Gives spans that leave together: what one of them says counts for those before it too.
    fn give_all(&self, spans: Vec<SpanData>) {
        spans.iter().for_each(|span| self.failed.note(span));
        spans.into_iter().for_each(|span| self.give(span));
    }

    fn give(&self, span: SpanData) {
        let Some((last, others)) = self.exits.split_last() else { return };
        others.iter().for_each(|exit| exit.on_end(span.clone()));
        last.on_end(span);
    }

    /// Decides on all traces that are still open, or on those that have been for too long.
    pub(super) fn sweep(&self, all: bool) {
        let ready = self.tail.as_ref().map(|tail| tail.sweep(all)).unwrap_or_default();
        self.give_all(ready);
    }
}

impl<P: SpanProcessor> SpanProcessor for Exits<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.exits.iter().for_each(|exit| exit.on_start(span, context));
    }

    fn on_end(&self, mut span: SpanData) {
        if !span.span_context.is_sampled() {
            return;
        }
        keep_latest(&mut span.attributes);
        let span = clean(span);
        match &self.tail {
            Some(tail) => self.give_all(tail.end(span)),
            None => {
                self.failed.note(&span);
                self.give(span);
            }
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        let results: Vec<_> = self.exits.iter().map(SpanProcessor::force_flush).collect();
        results.into_iter().collect()
    }

    /// Each gets its share of the time that is left, so that what one does not need is there for the next.
    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        let begun = Instant::now();
        self.sweep(true);
        let shares = (1..=self.exits.len()).rev().filter_map(|exits| u32::try_from(exits).ok());
        let stop = |(exit, shares): (&P, u32)| {
            let left = timeout.saturating_sub(begun.elapsed());
            exit.shutdown_with_timeout(left / shares)
        };
        // One that fails must not keep the others from stopping.
        let results: Vec<_> = self.exits.iter().zip(shares).map(stop).collect();
        results.into_iter().collect()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exits.iter_mut().for_each(|exit| exit.set_resource(resource));
    }
}

/// The exits as the provider has them: it can give, and it cannot stop.
#[derive(Debug)]
pub(super) struct Shared<P>(pub(super) Arc<Exits<P>>);

impl<P: SpanProcessor> SpanProcessor for Shared<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.0.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        self.0.on_end(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::thread;

    use opentelemetry_sdk::trace::SdkTracerProvider;

    use super::*;

    /// Takes all the time that it is given, or none of it.
    #[derive(Clone, Debug, Default)]
    struct Exit {
        is_stuck: bool,
        given: Arc<Mutex<Duration>>,
    }

    impl SpanProcessor for Exit {
        fn on_start(&self, _: &mut Span, _: &Context) {}

        fn on_end(&self, _: SpanData) {}

        fn force_flush(&self) -> OTelSdkResult {
            Ok(())
        }

        fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
            *self.given.lock().unwrap() = timeout;
            if self.is_stuck {
                thread::sleep(timeout);
            }
            Ok(())
        }
    }

    /// The time that each of three was given.
    fn stop(are_stuck: bool, timeout: Duration) -> Vec<Duration> {
        let exits = [are_stuck; 3].map(|is_stuck| Exit { is_stuck, ..Exit::default() });
        let provider =
            SdkTracerProvider::builder().with_span_processor(Exits::new(exits.to_vec(), None, Arc::default())).build();
        provider.shutdown_with_timeout(timeout).unwrap();
        exits.iter().map(|exit| *exit.given.lock().unwrap()).collect()
    }

    #[test]
    fn all_together_take_no_longer_than_one() {
        let timeout = Duration::from_millis(200);
        let given = stop(true, timeout);
        assert!(given.iter().sum::<Duration>() <= timeout, "{given:?}");
    }

    #[test]
    fn the_time_that_one_does_not_need_is_there_for_the_others() {
        let hour = Duration::from_secs(3600);
        let given = stop(false, hour);
        assert!(given[0] > hour / 4 && given[1] > hour / 3 && given[2] > hour / 2, "{given:?}");
    }
}
