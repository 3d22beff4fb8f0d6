//! From `tracing` spans to the exporters: the provider, what it says of the service, and which spans it sees.

mod child;
mod clean;
mod console;
mod exits;
mod failed;
mod guarded;
mod ids;
mod otlp;
mod queue;
mod runs;
mod tail;

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry::propagation::TextMapCompositePropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry::{InstrumentationScope, KeyValue, global};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};
use opentelemetry_sdk::resource::TelemetryResourceDetector;
use opentelemetry_sdk::trace::{
    BatchConfig, BatchConfigBuilder, BatchSpanProcessor, SdkTracer, SdkTracerProvider, SpanExporter, SpanProcessor,
};
use tracing::{Level, Metadata};

use self::child::PerProcess;
use self::exits::{Exits, Shared};
use self::failed::Failed;
use self::guarded::Guarded;
use self::ids::Ids;
use self::queue::Queue;
use self::runs::InRuns;
use self::tail::TailBuffer;

pub(crate) use self::child::Children;
use crate::config::{Batch, Config};
use crate::ledger::{self, Ledger};
use crate::otlp::{SPANS, Sender};
use crate::overflow::Overflow;
use crate::problem::{Problem, Problems, TRACES};
use crate::worker::Worker;
use crate::{fork, own};

/// The running pipeline of spans.
#[derive(Clone, Debug)]
pub(crate) struct Traces {
    provider: SdkTracerProvider,
    /// The provider gives it what ends. It is stopped without the provider, which would drop in silence what ends later.
    exits: Arc<Exits<Queue<BatchSpanProcessor>>>,
    /// One for each way out of the process.
    ledgers: Vec<Arc<Ledger>>,
    /// The way to the receiver, if there is one.
    sender: Option<Arc<Sender>>,
    /// Those of forked processes.
    pub(crate) children: Arc<Children>,
}

impl Traces {
    /// Builds the pipeline. Without any exporter spans still get their ids, so that log lines can carry them.
    pub(crate) fn start(config: &Config, problems: &Problems, worker: Option<&Worker>) -> Self {
        let resource = resource(config);
        let builder = SdkTracerProvider::builder().with_id_generator(Ids::default());
        let mut builder = builder.with_sampler(InRuns(config.sampling.sampler())).with_resource(resource.clone());
        let failed = Arc::new(Failed::default());
        let otlp = worker.and_then(|worker| otlp_sender(config, problems, worker));
        let sender = otlp.as_ref().map(|(sender, _)| Arc::clone(sender));
        let otlp = otlp.and_then(|(sender, ledger)| {
            let processor = batches(otlp::Exporter::new(sender), config.batch, &ledger, problems)?;
            Some(Queue::new(processor, ledger, Arc::clone(&failed)))
        });
        // The console is done in a moment, and leaves its time to the network.
        let queues: Vec<_> = console_queue(config, problems, &failed).into_iter().chain(otlp).collect();
        let ledgers: Vec<_> = queues.iter().map(Queue::ledger).collect();
        let mut exits = Exits::new(queues, config.tail.map(TailBuffer::new), failed);
        exits.set_resource(&resource);
        let exits = Arc::new(exits);
        let children = Children::new(config, problems);
        if !ledgers.is_empty() {
            builder = builder.with_span_processor(PerProcess::new(Shared(Arc::clone(&exits)), Arc::clone(&children)));
        }
        Traces { provider: builder.build(), exits, ledgers, sender, children }
    }

    /// The tracer that the span layer uses.
    pub(crate) fn tracer(&self) -> SdkTracer {
        let scope = InstrumentationScope::builder("taximeter").with_version(env!("CARGO_PKG_VERSION"));
        self.provider.tracer_with_scope(scope.build())
    }

    /// Makes the pipeline that of code which uses OpenTelemetry itself, and the W3C headers the ones that travel.
    pub(crate) fn set_global(&self) {
        global::set_tracer_provider(self.provider.clone());
        global::set_text_map_propagator(TextMapCompositePropagator::new(vec![
            Box::new(TraceContextPropagator::new()),
            Box::new(BaggagePropagator::new()),
        ]));
    }

    /// Sends what waits, for 5 s at most on each way out.
    pub(crate) fn flush(&self) {
        if fork::is_child() {
            return self.children.flush();
        }
        // The processor unwraps its locks; what it says about errors the exporter has said already.
        let _ = panic::catch_unwind(AssertUnwindSafe(|| self.exits.force_flush()));
    }

    /// What to look at to see that no span finds room any more.
    pub(crate) fn overflows(&self) -> impl Iterator<Item = Overflow> {
        self.ledgers.iter().map(|ledger| ledger.overflow())
    }

    /// Decides on traces that have been open for too long.
    pub(crate) fn sweep(&self) {
        self.exits.sweep(false);
    }

    /// Sends what waits, at most until the deadline, and counts as lost what could not be sent.
    pub(crate) fn stop(&self, deadline: Instant) {
        if fork::is_child() {
            return self.children.stop(deadline);
        }
        self.stop_exits(deadline);
    }

    fn stop_exits(&self, deadline: Instant) {
        self.sender.iter().for_each(|sender| sender.hurry());
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        let _ = panic::catch_unwind(AssertUnwindSafe(|| self.exits.shutdown_with_timeout(left)));
        self.ledgers.iter().for_each(|ledger| ledger.close());
    }
}

/// Whether the span layer sees a span: the important ones of everybody but the carriers of our own spans. What
/// `RUST_LOG` says does not matter here, because it is about lines.
pub(crate) fn wants_span(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && *metadata.level() <= Level::INFO && !own::is_carrier(metadata.target())
}

/// The same for the events that become part of a span, and for the spans that they become part of: a layer that does not
/// want a span does not find it.
pub(crate) fn wants_event(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::INFO && !own::is_carrier(metadata.target())
}

/// What the spans say of the service, in the names of the
/// [semantic conventions](https://opentelemetry.io/docs/specs/semconv/resource/).
pub(crate) fn resource(config: &Config) -> Resource {
    let others = config.resource_attributes.iter().map(|(name, value)| KeyValue::new(name.clone(), value.clone()));
    let fields = [
        ("service.name", config.service_name.as_str()),
        ("service.version", config.service_version.as_str()),
        ("deployment.environment.name", config.environment.as_str()),
    ];
    let fields = fields.map(|(name, value)| KeyValue::new(name, value.to_owned()));
    let mut attributes: Vec<_> = others.chain(fields).collect();
    clean::clean_attributes(&mut attributes);
    // An empty builder: the full one would read the environment, which the configuration has done.
    let sdk = Box::new(TelemetryResourceDetector);
    Resource::builder_empty().with_detector(sdk).with_attributes(attributes).build()
}

/// The way to standard error, if it is on.
fn console_queue(config: &Config, problems: &Problems, failed: &Arc<Failed>) -> Option<Queue<BatchSpanProcessor>> {
    if !config.enable_console_exporter {
        return None;
    }
    let is_alone = config.otlp.traces.target(SPANS.path).is_none();
    let signal = if is_alone { ledger::TRACES } else { ledger::CONSOLE };
    let ledger = Arc::new(Ledger::new(signal, config.batch.max_queue_size));
    let exporter = console::ConsoleExporter::new(Arc::clone(&ledger));
    Some(Queue::new(batches(exporter, config.batch, &ledger, problems)?, ledger, Arc::clone(failed)))
}

/// The way to the OTLP receiver, if there is one.
fn otlp_sender(config: &Config, problems: &Problems, worker: &Worker) -> Option<(Arc<Sender>, Arc<Ledger>)> {
    let ledger = Arc::new(Ledger::new(ledger::TRACES, config.batch.max_queue_size));
    let sender = Sender::new(&SPANS, &config.otlp.traces, problems, &ledger, worker.handle())?;
    Some((Arc::new(sender.within(config.batch.export_timeout)), ledger))
}

/// A batch processor, unless the system has no thread left for it.
fn batches(
    exporter: impl SpanExporter + 'static,
    batch: Batch,
    ledger: &Ledger,
    problems: &Problems,
) -> Option<BatchSpanProcessor> {
    let build =
        || BatchSpanProcessor::builder(Guarded(exporter)).with_batch_config(batch_config(batch, ledger)).build();
    match panic::catch_unwind(AssertUnwindSafe(build)) {
        Ok(processor) => Some(processor),
        Err(_) => {
            problems.add(Problem::new(TRACES, "the thread that sends spans cannot be started; no span is exported"));
            None
        }
    }
}

fn batch_config(batch: Batch, ledger: &Ledger) -> BatchConfig {
    BatchConfigBuilder::default()
        .with_max_queue_size(ledger.room())
        .with_max_export_batch_size(batch.max_export_batch_size)
        .with_scheduled_delay(batch.schedule_delay)
        .build()
}
