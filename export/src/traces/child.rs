//! The spans of a process that was forked: they leave by a way of its own, and those of its parent do not leave twice.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use tokio::runtime::Handle;

use super::Traces;
use crate::config::Config;
use crate::deadline;
use crate::fork::{self, Each};
use crate::problem::Problems;
use crate::records::Records;
use crate::worker::Worker;

/// The longest that a flush waits for the records.
const FLUSH_TIME: Duration = Duration::from_secs(5);

/// The processor that the provider has: the parent's, and in a child the child's.
#[derive(Debug)]
pub(super) struct PerProcess<P> {
    parent: P,
    children: Arc<Children>,
}

/// What forked processes have for themselves, made when they end their first span or send their first record.
#[derive(Debug)]
pub(crate) struct Children {
    config: Config,
    problems: Problems,
    all: Each<Option<Child>>,
    /// When the process began a span for the first time.
    born: Each<SystemTime>,
}

#[derive(Debug)]
struct Child {
    traces: Traces,
    records: Option<Records>,
    worker: Mutex<Option<Worker>>,
    handle: Handle,
}

thread_local! {
    static IS_MAKING: Cell<bool> = const { Cell::new(false) };
}

impl Children {
    pub(super) fn new(config: &Config, problems: &Problems) -> Arc<Children> {
        let (config, problems) = (config.clone(), problems.clone());
        Arc::new(Children { config, problems, all: Each::default(), born: Each::default() })
    }

    /// The runtime of this process.
    pub(crate) fn handle(&self) -> Option<Handle> {
        self.child().map(|child| child.handle.clone())
    }

    /// Where records of this process go, if they go over OTLP.
    pub(crate) fn records(&self) -> Option<&Records> {
        self.child()?.records.as_ref()
    }

    /// This process's. What is said while it is being made has none.
    fn child(&self) -> Option<&Child> {
        if IS_MAKING.replace(true) {
            return None;
        }
        let child = self.all.get_or_make(|| Child::start(&self.config, &self.problems)).as_ref();
        IS_MAKING.set(false);
        child
    }

    fn began(&self, span: &Span) {
        let start = || span.exported_data().map_or_else(SystemTime::now, |data| data.start_time);
        self.born.get_or_make(start);
    }

    /// A span that began before the fork is also open in the parent, which sends it when it ends there.
    fn ended(&self, span: SpanData) {
        if span.start_time < *self.born.get_or_make(SystemTime::now) {
            return;
        }
        if let Some(child) = self.child() {
            child.traces.exits.on_end(span);
        }
    }

    pub(super) fn flush(&self) {
        if let Some(Some(child)) = self.all.get() {
            let _ = panic::catch_unwind(AssertUnwindSafe(|| child.traces.exits.force_flush()));
            child.records.iter().for_each(|records| records.flush(deadline::after(FLUSH_TIME)));
        }
    }

    /// Sends what waits in this process, and stops its threads.
    pub(super) fn stop(&self, deadline: Instant) {
        let Some(Some(child)) = self.all.get() else { return };
        child.traces.stop_exits(deadline);
        child.records.iter().for_each(|records| records.stop(deadline));
        let worker = child.worker.lock().unwrap_or_else(PoisonError::into_inner).take();
        worker.into_iter().for_each(|worker| worker.stop(deadline));
    }
}

impl Child {
    fn start(config: &Config, problems: &Problems) -> Option<Child> {
        let worker = Worker::spawn().ok()?;
        let handle = worker.handle().clone();
        let traces = Traces::start(config, problems, Some(&worker));
        let records = Records::start(config, &super::resource(config), problems, &worker);
        Some(Child { traces, records, worker: Mutex::new(Some(worker)), handle })
    }
}

impl<P> PerProcess<P> {
    pub(super) fn new(parent: P, children: Arc<Children>) -> Self {
        PerProcess { parent, children }
    }
}

impl<P: SpanProcessor> SpanProcessor for PerProcess<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        if fork::is_child() {
            return self.children.began(span);
        }
        self.parent.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if fork::is_child() {
            return self.children.ended(span);
        }
        self.parent.on_end(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        if fork::is_child() {
            self.children.flush();
            return Ok(());
        }
        self.parent.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        if fork::is_child() { Ok(()) } else { self.parent.shutdown_with_timeout(timeout) }
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.parent.set_resource(resource);
    }
}
