//! An exporter whose panic costs its batch, and not the thread that all later ones need.

use std::future::poll_fn;
use std::panic::{self, AssertUnwindSafe};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use taximeter_runtime::metrics;

#[derive(Debug)]
pub(super) struct Guarded<E>(pub(super) E);

impl<E: SpanExporter> SpanExporter for Guarded<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let mut export = pin!(self.0.export(batch));
        let guarded = poll_fn(|context| {
            let polled = panic::catch_unwind(AssertUnwindSafe(|| export.as_mut().poll(context)));
            polled.unwrap_or_else(|payload| {
                // Its destructor may panic as well.
                std::mem::forget(payload);
                metrics::internal_error("exporter_panicked");
                Poll::Ready(Err(OTelSdkError::InternalFailure("the exporter panicked".to_owned())))
            })
        });
        guarded.await
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use opentelemetry::trace::{Span as _, Tracer, TracerProvider};
    use opentelemetry_sdk::trace::{BatchSpanProcessor, SdkTracerProvider};

    use super::*;
    use crate::text;

    /// Panics at its first batch, and counts the spans of the others.
    #[derive(Debug, Default)]
    struct Clumsy {
        batches: AtomicUsize,
        spans: Arc<AtomicUsize>,
    }

    impl SpanExporter for Clumsy {
        async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
            if self.batches.fetch_add(1, Ordering::Relaxed) == 0 {
                panic!("clumsy");
            }
            self.spans.fetch_add(batch.len(), Ordering::Relaxed);
            Ok(())
        }
    }

    #[test]
    fn an_exporter_that_panics_loses_its_batch_and_goes_on() {
        let clumsy = Clumsy::default();
        let spans = Arc::clone(&clumsy.spans);
        let processor = BatchSpanProcessor::builder(Guarded(clumsy)).build();
        let provider = SdkTracerProvider::builder().with_span_processor(processor).build();
        for _ in 0..3 {
            provider.tracer("test").start("span").end();
            let _ = provider.force_flush();
        }
        assert_eq!(spans.load(Ordering::Relaxed), 2);
        let mut page = Vec::new();
        text::write_metrics(&mut page);
        let page = String::from_utf8(page).expect("text");
        assert!(page.contains("taximeter_internal_errors_total{kind=\"exporter_panicked\"} 1\n"), "{page}");
    }
}
