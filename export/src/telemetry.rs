//! Starts everything, and stops it when the guard is dropped.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::Context;
use taximeter_runtime::{llm, metrics, panics, redact, switch};
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use crate::config::Config;
use crate::deadline;
use crate::fork;
use crate::lines::{Lines, Writer};
use crate::logs::{Log, LogLayer, Surroundings};
use crate::loss::Loss;
use crate::outermost::Outermost;
use crate::overflow::{self, Overflow};
use crate::points::Points;
use crate::prices;
use crate::problem::{CONFIGURATION, InitError, LOGS, Problem, Problems, SERVER, TRACES};
use crate::push::{self, PushError};
use crate::rate::Rate;
use crate::records::Records;
use crate::registry::Spans;
use crate::server::{self, Server};
#[cfg(unix)]
use crate::signals;
use crate::span_events::SpanEventLayer;
use crate::span_fields::{PlainFields, PlainFilter};
use crate::traces::{self, Children, Traces};
use crate::worker::Worker;
use crate::{meters, system};

/// The longest that dropping the guard takes.
const STOP_TIME: Duration = Duration::from_secs(3);
/// The longest that a flush waits for one exporter.
const FLUSH_TIME: Duration = Duration::from_secs(5);
/// What of it is kept for the lines and the threads, after the spans.
const STOP_RESERVE: Duration = Duration::from_millis(500);
/// How often the runtime is asked what it has to say.
const TICK: Duration = Duration::from_secs(10);

/// Whether this process has its telemetry. There is one subscriber in a process, so there is one telemetry.
static IS_STARTED: AtomicBool = AtomicBool::new(false);

/// Starts the telemetry of a program that is called `service_name`: `Config::from_env(service_name).init()`.
///
/// Metrics on port 9464, JSON log lines on standard output, and OTLP when an endpoint is set. It never fails the
/// program and never waits for the network; see [`Config`] for what can be set and [`Telemetry`] for how it ends.
///
/// ```no_run
/// let _telemetry = taximeter_export::init("support-bot");
/// tracing::info!("ready");
/// ```
pub fn init(service_name: impl Into<String>) -> Telemetry {
    Config::from_env(service_name).init()
}

impl Config {
    /// Starts the telemetry.
    ///
    /// What does not work is one warning each, is listed by [`Telemetry::problems`] and shown by `/healthz`; the rest
    /// works. Only the first call in a process starts anything.
    pub fn init(self) -> Telemetry {
        let on_signal = self.shutdown_on_signal;
        let (parts, problems) = Parts::start(self.checked());
        let problem = parts.as_ref().and_then(|parts| parts.subscribe().err());
        let is_ours = problem.is_none();
        if let Some(problem) = problem {
            problems.add(problem);
        }
        let running = Shared::new(parts.map(|parts| parts.install(&problems, is_ours)));
        running.stop_on_signal(on_signal, &problems);
        problems.say();
        Telemetry { running, problems }
    }

    /// Starts the telemetry, or nothing when anything does not work.
    ///
    /// # Errors
    ///
    /// The first [`Problem`]: a bad value, a port that is taken, a subscriber that is already set.
    pub fn try_init(self) -> Result<Telemetry, InitError> {
        let (on_signal, config) = (self.shutdown_on_signal, self.checked());
        if let Some(problem) = config.problems.first() {
            return Err(InitError::new(problem.clone()));
        }
        let (parts, problems) = Parts::start(config);
        // The subscriber comes last: it alone cannot be taken back.
        let problem = problems.first().or_else(|| parts.as_ref()?.subscribe().err());
        match problem {
            Some(problem) => {
                if let Some(parts) = parts {
                    parts.abandon();
                }
                Err(InitError::new(problem))
            }
            None => {
                let running = Shared::new(parts.map(|parts| parts.install(&problems, true)));
                running.stop_on_signal(on_signal, &problems);
                problems.say();
                Ok(Telemetry { running, problems })
            }
        }
    }
}

/// The running telemetry. Dropping it sends what waits and stops everything.
///
/// Bind it to a name in `main`, so that it lives as long as the program. The drop takes 3 s at most, from any thread,
/// inside and outside of an async runtime. A program that ends in another way, as by `std::process::exit`, loses what
/// waits; call [`Telemetry::shutdown`] before that. On `SIGTERM` and `SIGINT` it is sent when the configuration says
/// [`Config::shutdown_on_signal`].
///
/// A process that is forked from this one, without another program being started in it, goes on: its spans and lines leave by
/// threads of its own, which begin with its first; what the parent has not sent yet, and the spans that were open, are the
/// parent's. Its counts go on from those of the parent. It serves no port: start the telemetry after you daemonize, or push.
/// Metrics over OTLP stay with the parent, and on a signal nothing is sent.
///
/// ```no_run
/// let telemetry = taximeter_export::init("support-bot");
/// // ...
/// let loss = telemetry.shutdown();
/// assert_eq!(loss.total(), 0, "{loss}");
/// ```
#[derive(Debug)]
#[must_use = "dropping it stops the telemetry; bind it to a name: `let _telemetry = ...`"]
pub struct Telemetry {
    running: Shared,
    problems: Problems,
}

impl Telemetry {
    /// What does not work at this moment.
    pub fn problems(&self) -> Vec<Problem> {
        self.problems.list()
    }

    /// The address of `/metrics` and `/healthz`, or none while nothing listens.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        if fork::is_child() {
            return None;
        }
        self.running.lock().as_ref()?.server.as_ref()?.address()
    }

    /// Sends and writes what waits, and waits for it: at most 5 s for each exporter, and 3 s for the lines.
    pub fn flush(&self) {
        // Not under the lock: whoever ends it must not wait for a flush.
        let parts = self
            .running
            .lock()
            .as_ref()
            .map(|running| (running.traces.clone(), running.log.clone(), running.points.clone()));
        let Some((traces, log, points)) = parts else { return };
        traces.flush();
        if let Some(log) = &log {
            log.lines.flush(deadline::after(STOP_TIME));
        }
        // What a forked process has of its own was flushed with its spans; the threads of the rest are the parent's.
        if fork::is_child() {
            return;
        }
        let records = log.as_ref().and_then(|log| log.records.as_ref());
        records.into_iter().for_each(|records| records.flush(deadline::after(FLUSH_TIME)));
        points.iter().for_each(|points| points.flush(deadline::after(FLUSH_TIME)));
    }

    /// Pushes the metrics of this moment to a Prometheus Pushgateway, under the name of the service: for programs that
    /// end before anybody scrapes them. Takes 5 s at most.
    ///
    /// # Errors
    ///
    /// [`PushError`] says why the gateway did not take them.
    ///
    /// ```no_run
    /// let telemetry = taximeter_export::init("nightly-report");
    /// // ... the work ...
    /// if let Err(error) = telemetry.push_gateway("http://localhost:9091") {
    ///     tracing::warn!("{error}");
    /// }
    /// ```
    pub fn push_gateway(&self, url: &str) -> Result<(), PushError> {
        let parts = self.running.lock().as_ref().map(|running| (running.handle(), running.service_name.clone()));
        match parts {
            Some((Some(runtime), service)) => push::push(&runtime, url, &service),
            _ => Err(PushError::new("the telemetry is not running")),
        }
    }

    /// Sends what waits, stops everything, and tells what was lost since the program began. Takes 3 s at most.
    pub fn shutdown(self) -> Loss {
        self.running.stop(STOP_TIME);
        Loss::now()
    }

    /// The same within a time of your own: less for a program that has to end quickly, more for a slow receiver. A day at
    /// most.
    pub fn shutdown_within(self, time: Duration) -> Loss {
        self.running.stop(time);
        Loss::now()
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        self.running.stop(STOP_TIME);
    }
}

/// What runs, until somebody stops it: the guard, or a signal.
#[derive(Clone, Debug)]
struct Shared {
    running: Arc<Mutex<Option<Running>>>,
    /// Whether somebody is stopping it.
    stopping: Arc<(Mutex<bool>, Condvar)>,
}

impl Shared {
    fn new(running: Option<Running>) -> Self {
        Shared { running: Arc::new(Mutex::new(running)), stopping: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first one stops it. The others wait until it is stopped, so that `main` does not end the process before a signal
    /// has let everything go.
    fn stop(&self, time: Duration) {
        let mut running = self.lock();
        match running.take() {
            Some(stopped) => {
                self.set_stopping(true);
                drop(running);
                stopped.stop(time);
                self.set_stopping(false);
            }
            None => {
                drop(running);
                let (is_stopping, ended) = &*self.stopping;
                let is_stopping = is_stopping.lock().unwrap_or_else(PoisonError::into_inner);
                let _ = ended.wait_timeout_while(is_stopping, time, |is_stopping| *is_stopping);
            }
        }
    }

    fn set_stopping(&self, is_stopping: bool) {
        let (state, ended) = &*self.stopping;
        *state.lock().unwrap_or_else(PoisonError::into_inner) = is_stopping;
        ended.notify_all();
    }

    #[cfg(unix)]
    fn stop_on_signal(&self, is_wanted: bool, problems: &Problems) {
        if !is_wanted || self.lock().is_none() {
            return;
        }
        let running = self.clone();
        if let Err(error) = signals::wait(move || running.stop(STOP_TIME)) {
            let message = format!("signals cannot be waited for: {error}; what waits then is lost");
            problems.add(Problem::new(CONFIGURATION, message));
        }
    }

    /// Other systems have other signals.
    #[cfg(not(unix))]
    fn stop_on_signal(&self, _: bool, _: &Problems) {}
}

/// What has been started and is not seen by the program yet.
struct Parts {
    config: Config,
    worker: Option<Worker>,
    server: Option<Arc<Server>>,
    traces: Traces,
    log: Option<Arc<Log>>,
    points: Option<Points>,
    /// Takes back what was changed for the whole process.
    undo: Box<dyn FnOnce() + Send>,
}

impl Parts {
    /// Starts the threads. Nothing is started twice, nor when all of it is turned off.
    fn start(config: Config) -> (Option<Self>, Problems) {
        let problems = Problems::default();
        for problem in &config.problems {
            problems.add(problem.clone());
        }
        if !config.enabled {
            switch::turn_off();
            return (None, problems);
        }
        if IS_STARTED.swap(true, Ordering::AcqRel) {
            let message = "the telemetry of this process is already started; this call changes nothing";
            problems.add(Problem::new(CONFIGURATION, message));
            return (None, problems);
        }
        fork::watch();
        let (undo_redaction, undo_prices) = (redact::undo(), llm::undo_prices());
        redact::set_enabled(config.redaction);
        redact::add_rules(config.redaction_rules.clone());
        config.prices.apply(&problems);
        let worker = started(Worker::spawn(), SERVER, "the worker thread", &problems);
        let server = worker.as_ref().filter(|_| config.enable_prometheus);
        let server = server.map(|worker| server::start(&config, &problems, worker));
        let traces = Traces::start(&config, &problems, worker.as_ref());
        let resource = traces::resource(&config);
        let sent = |worker| {
            let records = Records::start(&config, &resource, &problems, worker);
            (records, Points::start(&config, &resource, &problems, worker))
        };
        let (records, points) = worker.as_ref().map(sent).unwrap_or_default();
        let log = log_lines(&config, &problems).map(|lines| log_of(&config, lines, records, &traces.children));
        let undo = Box::new(move || {
            undo_redaction();
            undo_prices();
        });
        (Some(Parts { config, worker, server, traces, log, points, undo }), problems)
    }

    /// Puts the layers together and makes them the subscriber of the process.
    ///
    /// Whether there is another one is known only by trying: `tracing` tells no global subscriber from one that was
    /// there for the length of a closure.
    fn subscribe(&self) -> Result<(), Problem> {
        let places = Surroundings::default();
        let subscriber =
            Spans::default().with(self.span_layer()).with(event_layer(&places)).with(self.log_layer(&places));
        tracing::subscriber::set_global_default(Outermost(subscriber)).map_err(|_| foreign_subscriber())
    }

    /// Turns spans of `tracing` into those of OpenTelemetry.
    fn span_layer<S: Spanned>(&self) -> impl Layer<S> + use<S> {
        let spans = tracing_opentelemetry::layer()
            .with_tracer(self.traces.tracer())
            // Threads and inactivity say little of async code, and cost a clock reading at every poll.
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_target(false);
        PlainFields(spans).with_filter(filter_fn(traces::wants_span))
    }

    /// Turns events into lines.
    fn log_layer<S: Spanned>(&self, places: &Surroundings) -> Option<impl Layer<S> + use<S>> {
        let log = self.log.as_ref()?;
        // Checked before; an unreadable filter would let everything through.
        let filter = EnvFilter::try_new(&self.config.log_level).unwrap_or_default();
        Some(LogLayer { log: Arc::clone(log), surroundings: places.clone() }.with_filter(PlainFilter(filter)))
    }

    /// Makes the other parts those of the process, whose subscriber may be ours.
    fn install(self, problems: &Problems, is_ours: bool) -> Running {
        take_log_records(problems);
        let Parts { config, worker, server, traces, log, points, .. } = self;
        panics::install_hook();
        system::register(&config, problems);
        if config.enable_prometheus {
            meters::install(traces::resource(&config), problems);
        }
        if let Some(server) = &server {
            server.has_log();
        }
        config.models.apply();
        if let Some(warning) = prices::warning() {
            tracing::warn!(target: "taximeter", "{warning}");
        }
        traces.set_global();
        // A sampler that asks the parent keeps no span of a trace that is not kept.
        switch::skip_unsampled(config.sampling.parent_based);
        if let Some(tail) = config.tail {
            metrics::exemplars_of(move |candidate| tail.will_keep(candidate));
        }
        warm_llm(is_ours);
        if let Some(worker) = &worker {
            worker.spawn_task(tick(log.clone(), traces.clone()));
            worker.spawn_task(overflow::watch(overflows(&traces, log.as_deref()), problems.clone()));
        }
        Running { service_name: config.service_name, worker, server, traces, log, points }
    }

    /// Takes everything back; another call may start it.
    fn abandon(self) {
        self.traces.stop(deadline::after(STOP_RESERVE));
        (self.undo)();
        IS_STARTED.store(false, Ordering::Release);
    }
}

/// Makes the program ready for its first request to a language model. Here and not on another thread: it may come at once.
fn warm_llm(is_subscriber_ours: bool) {
    llm::warm_prices();
    if is_subscriber_ours {
        // What happens in such a context is not recorded.
        let _quiet = Context::enter_telemetry_suppressed_scope();
        llm::rehearse();
    }
}

/// A subscriber that keeps spans, as layers need it.
trait Spanned: Subscriber + for<'a> LookupSpan<'a> + Send + Sync + 'static {}

impl<S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync + 'static> Spanned for S {}

/// Puts events into the spans that they happen in.
fn event_layer<S: Spanned>(places: &Surroundings) -> impl Layer<S> + use<S> {
    SpanEventLayer { surroundings: places.clone() }.with_filter(filter_fn(traces::wants_event))
}

/// A layer for any subscriber that keeps spans.
pub type BoxedLayer<S> = Box<dyn Layer<S> + Send + Sync + 'static>;

/// Starts the telemetry of a program that has a subscriber of its own, and gives the layers to put into it.
///
/// The program sets the subscriber itself. What does not work is listed by [`Telemetry::problems`]; its warnings have no
/// log yet when they come up. Without anything to start, because the telemetry is turned off or already started, there
/// are no layers.
///
/// ```no_run
/// use taximeter_export::Config;
/// use tracing_subscriber::layer::SubscriberExt;
/// use tracing_subscriber::util::SubscriberInitExt;
///
/// let (layers, _telemetry) = taximeter_export::layers(Config::from_env("support-bot"));
/// tracing_subscriber::registry().with(layers).init();
/// ```
pub fn layers<S>(config: Config) -> (Vec<BoxedLayer<S>>, Telemetry)
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync + 'static,
{
    let on_signal = config.shutdown_on_signal;
    let (parts, problems) = Parts::start(config.checked());
    let mut layers: Vec<BoxedLayer<S>> = Vec::new();
    if let Some(parts) = &parts {
        let places = Surroundings::default();
        layers.push(Box::new(parts.span_layer()));
        layers.push(Box::new(event_layer(&places)));
        layers.extend(parts.log_layer(&places).map(|layer| Box::new(layer) as BoxedLayer<S>));
    }
    let running = Shared::new(parts.map(|parts| parts.install(&problems, false)));
    running.stop_on_signal(on_signal, &problems);
    problems.say();
    (layers, Telemetry { running, problems })
}

fn started<T>(thread: io::Result<T>, area: &'static str, what: &str, problems: &Problems) -> Option<T> {
    thread.map_err(|error| problems.add(Problem::new(area, format!("{what} cannot be started: {error}")))).ok()
}

fn foreign_subscriber() -> Problem {
    let message = "the program has set a `tracing` subscriber of its own; spans and log lines go there and not to us";
    Problem::new(TRACES, message)
}

fn log_of(config: &Config, lines: Lines, records: Option<Records>, children: &Arc<Children>) -> Arc<Log> {
    Arc::new(Log {
        service: config.service_name.clone(),
        is_json: config.structured_logging,
        has_ids: config.log_correlation,
        lines,
        records,
        children: Arc::clone(children),
        rate: Rate::new(config.log_rate_limit),
    })
}

/// Where the lines of this process go, and those of every process that is forked from it.
fn log_lines(config: &Config, problems: &Problems) -> Option<Lines> {
    let (config, problems) = (config.clone(), problems.clone());
    Lines::started(move || log_writer(&config, &problems))
}

/// To files, or to standard output, also when there can be no files.
fn log_writer(config: &Config, problems: &Problems) -> Option<Writer> {
    let files = config.log_directory.as_deref().and_then(|directory| {
        let files = log_files(config, directory);
        let message = |error| format!("log files in `{}` cannot be written: {error}", directory.display());
        files.map_err(|error| problems.add(Problem::new(LOGS, message(error)))).ok()
    });
    let lines = match files {
        Some(files) => Writer::spawn(files, problems.clone()),
        None => Writer::spawn(io::stdout(), problems.clone()),
    };
    started(lines, LOGS, "the log thread", problems)
}

/// A file for each day: `support-bot.2026-01-31.log`. The guard of the library is not used: our thread does not wait for a
/// disk that is stuck.
fn log_files(config: &Config, directory: &Path) -> Result<RollingFileAppender, InitError> {
    let is_plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
    let name = config.service_name.replace(|letter| !is_plain(letter), "_");
    let builder = RollingFileAppender::builder().rotation(Rotation::DAILY).max_log_files(config.log_files);
    let files = builder.filename_prefix(name).filename_suffix("log").build(directory);
    files.map_err(|error| InitError::new(Problem::new(LOGS, error.to_string())))
}

/// Makes the records of the `log` crate events, unless the program has a logger of its own.
fn take_log_records(problems: &Problems) {
    if tracing_log::LogTracer::init().is_err() {
        let message = "the program has set a logger of the `log` crate; its records go there and not to us";
        problems.add(Problem::new(LOGS, message));
    }
}

/// Logs what the runtime has to say, once in a while.
async fn tick(log: Option<Arc<Log>>, traces: Traces) {
    loop {
        tokio::time::sleep(TICK).await;
        log_warnings();
        traces.sweep();
        if let Some(log) = &log {
            log.tell_suppressed();
        }
    }
}

/// All queues that can be full.
fn overflows(traces: &Traces, log: Option<&Log>) -> Vec<Overflow> {
    let records = log.and_then(|log| log.records.as_ref()).map(Records::overflow);
    let lines = log.and_then(|log| log.lines.overflow());
    traces.overflows().chain(records).chain(lines).collect()
}

fn log_warnings() {
    for warning in metrics::take_warnings() {
        tracing::warn!(target: "taximeter", "{warning}");
    }
}

/// What runs until the guard is dropped.
#[derive(Debug)]
struct Running {
    service_name: String,
    worker: Option<Worker>,
    server: Option<Arc<Server>>,
    traces: Traces,
    log: Option<Arc<Log>>,
    points: Option<Points>,
}

impl Running {
    /// The runtime of our own that this process has.
    fn handle(&self) -> Option<Handle> {
        if fork::is_child() {
            return self.traces.children.handle();
        }
        self.worker.as_ref().map(|worker| worker.handle().clone())
    }

    /// Ends what this process has of its own. What it has from its parent it leaves as it is: the threads are not here, and
    /// what they have open is the parent's.
    fn stop_in_child(self, time: Duration) {
        let deadline = deadline::after(time);
        self.traces.stop(deadline);
        if !self.flush_lines(deadline)
            && let Some(log) = &self.log
        {
            log.lines.give_up();
        }
        std::mem::forget(self);
    }

    fn flush_lines(&self, deadline: Instant) -> bool {
        self.log.as_ref().is_none_or(|log| log.lines.flush(deadline))
    }

    /// Spans first, while the worker can send them, then the metrics; then the lines, which tell what was lost; then the port.
    fn stop(self, time: Duration) {
        if fork::is_child() {
            return self.stop_in_child(time);
        }
        let deadline = deadline::after(time);
        self.traces.stop(deadline::after(time.saturating_sub(STOP_RESERVE.min(time / 4))));
        let left = deadline.saturating_duration_since(Instant::now());
        self.points.iter().for_each(|points| points.stop(deadline::after(left / 2)));
        log_warnings();
        if let Some(log) = &self.log {
            log.tell_suppressed();
        }
        let loss = Loss::now();
        if loss.total() > 0 {
            tracing::warn!(target: "taximeter", "{loss}");
        }
        if !self.flush_lines(deadline)
            && let Some(log) = &self.log
        {
            log.lines.give_up();
        }
        // The last: what was lost is in them.
        if let Some(records) = self.log.as_ref().and_then(|log| log.records.as_ref()) {
            records.stop(deadline);
            // They may have something to say of their own way.
            self.flush_lines(deadline);
        }
        if let Some(worker) = self.worker {
            worker.stop(deadline);
        }
    }
}
