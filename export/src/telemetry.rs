//! Starts everything, and stops it when the guard is dropped.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use taximeter_runtime::{llm, metrics, panics, redact};
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer, SubscriberExt};

use crate::config::Config;
use crate::lines::Lines;
use crate::logs::{Log, LogLayer, Surroundings};
use crate::loss::Loss;
use crate::prices;
use crate::problem::{self, CONFIGURATION, InitError, LOGS, Problem, Problems, SERVER, TRACES};
use crate::rate::Rate;
use crate::registry::Spans;
use crate::server::{self, Server};
use crate::span_events::SpanEventLayer;
use crate::span_fields::PlainFields;
use crate::traces::{self, Traces};
use crate::worker::Worker;
use crate::{meters, process};

/// The longest that dropping the guard takes.
const STOP_TIME: Duration = Duration::from_secs(5);
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
        let (parts, problems) = Parts::start(self.checked());
        if let Some(problem) = parts.as_ref().and_then(|parts| parts.subscribe().err()) {
            problems.add(problem);
        }
        let running = parts.map(|parts| parts.install(&problems));
        for problem in problems.list() {
            problem::warn(&problem);
        }
        Telemetry { running, problems }
    }

    /// Starts the telemetry, or nothing when anything does not work.
    ///
    /// # Errors
    ///
    /// The first [`Problem`]: a bad value, a port that is taken, a subscriber that is already set.
    pub fn try_init(self) -> Result<Telemetry, InitError> {
        let (parts, problems) = Parts::start(self.checked());
        // The subscriber comes last: it alone cannot be taken back.
        let problem = problems.first().or_else(|| parts.as_ref()?.subscribe().err());
        match problem {
            Some(problem) => {
                if let Some(parts) = parts {
                    parts.abandon();
                }
                Err(InitError::new(problem))
            }
            None => Ok(Telemetry { running: parts.map(|parts| parts.install(&problems)), problems }),
        }
    }
}

/// The running telemetry. Dropping it sends what waits and stops everything.
///
/// Bind it to a name in `main`, so that it lives as long as the program. The drop takes 5 s at most, from any thread,
/// inside and outside of an async runtime. A program that ends in another way, as by `std::process::exit`, loses what
/// waits; call [`Telemetry::shutdown`] before that.
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
    running: Option<Running>,
    problems: Problems,
}

impl Telemetry {
    /// What does not work at this moment.
    pub fn problems(&self) -> Vec<Problem> {
        self.problems.list()
    }

    /// The address of `/metrics` and `/healthz`, or none while nothing listens.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.running.as_ref()?.server.as_ref()?.address()
    }

    /// Sends and writes what waits, and waits for it: 5 s for each exporter of spans and 5 s for the lines at most.
    pub fn flush(&self) {
        if let Some(running) = &self.running {
            running.traces.flush();
            running.flush_lines(Instant::now() + STOP_TIME);
        }
    }

    /// Sends what waits, stops everything, and tells what was lost since the program began. Takes 5 s at most.
    pub fn shutdown(mut self) -> Loss {
        self.stop();
        Loss::now()
    }

    fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop();
        }
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What has been started and is not seen by the program yet.
struct Parts {
    config: Config,
    worker: Option<Worker>,
    server: Option<Arc<Server>>,
    traces: Traces,
    log: Option<Arc<Log>>,
}

impl Parts {
    /// Starts the threads. Nothing is started twice, nor when all of it is turned off.
    fn start(config: Config) -> (Option<Self>, Problems) {
        let problems = Problems::default();
        for problem in &config.problems {
            problems.add(problem.clone());
        }
        if !config.enabled {
            return (None, problems);
        }
        if IS_STARTED.swap(true, Ordering::AcqRel) {
            let message = "the telemetry of this process is already started; this call changes nothing";
            problems.add(Problem::new(CONFIGURATION, message));
            return (None, problems);
        }
        config.prices.apply(&problems);
        redact::set_enabled(config.redaction);
        redact::add_rules(config.redaction_rules.clone());
        let worker = started(Worker::spawn(), SERVER, "the worker thread", &problems);
        let server = worker.as_ref().filter(|_| config.enable_prometheus);
        let server = server.map(|worker| server::start(&config, &problems, worker));
        let traces = Traces::start(&config, &problems, worker.as_ref());
        let log = log_lines(&config, &problems).map(|lines| log_of(&config, lines));
        (Some(Parts { config, worker, server, traces, log }), problems)
    }

    /// Puts the layers together and makes them the subscriber of the process.
    ///
    /// Whether there is another one is known only by trying: `tracing` tells no global subscriber from one that was
    /// there for the length of a closure.
    fn subscribe(&self) -> Result<(), Problem> {
        let spans = tracing_opentelemetry::layer()
            .with_tracer(self.traces.tracer())
            // Threads and inactivity say little of async code, and cost a clock reading at every poll.
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_target(false);
        let spans = PlainFields(spans).with_filter(filter_fn(traces::wants_span));
        let surroundings = Surroundings::default();
        let events = SpanEventLayer { surroundings: surroundings.clone() };
        let events = events.with_filter(filter_fn(traces::wants_event));
        let logs = self.log.as_ref().map(|log| {
            // Checked before; an unreadable filter would let everything through.
            let filter = EnvFilter::try_new(&self.config.log_level).unwrap_or_default();
            LogLayer { log: Arc::clone(log), surroundings }.with_filter(filter)
        });
        let subscriber = Spans::default().with(spans).with(events).with(logs);
        tracing::subscriber::set_global_default(subscriber).map_err(|_| foreign_subscriber())
    }

    /// Makes the other parts those of the process.
    fn install(self, problems: &Problems) -> Running {
        take_log_records(problems);
        let Parts { config, worker, server, traces, log } = self;
        panics::install_hook();
        process::register(&config);
        if config.enable_prometheus {
            meters::install(traces::resource(&config), problems);
        }
        config.models.apply();
        if let Some(warning) = prices::warning() {
            tracing::warn!(target: "taximeter", "{warning}");
        }
        // The table is read from the disk when it is first looked into; the first call must not wait for that.
        let _ = thread::Builder::new().name("taximeter-prices".to_owned()).spawn(llm::warm_prices);
        traces.set_global();
        if let Some(worker) = &worker {
            worker.spawn_task(tick(log.clone()));
        }
        Running { worker, server, traces, log }
    }

    /// Takes everything back; another call may start it.
    fn abandon(self) {
        self.traces.stop(Instant::now() + STOP_RESERVE);
        IS_STARTED.store(false, Ordering::Release);
    }
}

fn started<T>(thread: io::Result<T>, area: &'static str, what: &str, problems: &Problems) -> Option<T> {
    thread.map_err(|error| problems.add(Problem::new(area, format!("{what} cannot be started: {error}")))).ok()
}

fn foreign_subscriber() -> Problem {
    let message = "the program has set a `tracing` subscriber of its own; spans and log lines go there and not to us";
    Problem::new(TRACES, message)
}

fn log_of(config: &Config, lines: Lines) -> Arc<Log> {
    Arc::new(Log {
        service: config.service_name.clone(),
        is_json: config.structured_logging,
        has_ids: config.log_correlation,
        lines,
        rate: Rate::new(config.log_rate_limit),
    })
}

/// Where the lines go: to files, or to standard output, also when there can be no files.
fn log_lines(config: &Config, problems: &Problems) -> Option<Lines> {
    let files = config.log_directory.as_deref().and_then(|directory| {
        let files = log_files(config, directory);
        let message = |error| format!("log files in `{}` cannot be written: {error}", directory.display());
        files.map_err(|error| problems.add(Problem::new(LOGS, message(error)))).ok()
    });
    let lines = match files {
        Some(files) => Lines::spawn(files, problems.clone()),
        None => Lines::spawn(io::stdout(), problems.clone()),
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
async fn tick(log: Option<Arc<Log>>) {
    loop {
        tokio::time::sleep(TICK).await;
        log_warnings();
        if let Some(log) = &log {
            log.tell_suppressed();
        }
    }
}

fn log_warnings() {
    for warning in metrics::take_warnings() {
        tracing::warn!(target: "taximeter", "{warning}");
    }
}

/// What runs until the guard is dropped.
#[derive(Debug)]
struct Running {
    worker: Option<Worker>,
    server: Option<Arc<Server>>,
    traces: Traces,
    log: Option<Arc<Log>>,
}

impl Running {
    fn flush_lines(&self, deadline: Instant) -> bool {
        self.log.as_ref().is_none_or(|log| log.lines.flush(deadline))
    }

    /// Spans first, while the worker can send them; then the lines, which tell what was lost; then the port.
    fn stop(self) {
        let deadline = Instant::now() + STOP_TIME;
        self.traces.stop(deadline.checked_sub(STOP_RESERVE).unwrap_or(deadline));
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
        if let Some(worker) = self.worker {
            worker.stop(deadline);
        }
    }
}
