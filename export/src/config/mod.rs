//! What the telemetry of a program does: code first, then the environment, then a default.

mod check;
pub(crate) mod environment;
mod exporters;
mod models;
pub(crate) mod otlp;
mod presets;
mod resource;

use std::path::PathBuf;
use std::time::Duration;

use taximeter_runtime::redact::Rule;

use self::environment::{Environment, boolean};
use self::exporters::Exporters;
use self::models::Models;
use self::otlp::{Certificates, Compression, Otlp, Protocol, Wish};
use self::resource::Attributes;
use crate::prices::{self, Prices};
use crate::problem::Problem;
use crate::sampling::{Sampling, Tail};

/// How the telemetry of a program is set up.
///
/// [`Config::from_env`] reads the environment, the setters overrule it, [`Config::init`] starts everything. A value
/// that cannot be used is one warning, listed by [`Telemetry::problems`](crate::Telemetry::problems), and the default
/// is used instead.
///
/// ```no_run
/// use taximeter_export::Config;
///
/// let _telemetry = Config::from_env("support-bot")
///     .service_version(env!("CARGO_PKG_VERSION"))
///     .otlp_endpoint("http://localhost:4317")
///     .init();
/// ```
///
/// | field | default | environment |
/// |---|---|---|
/// | `service_name` | `unknown_service` | `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES` |
/// | `service_version` | `0.0.0` | `OTEL_RESOURCE_ATTRIBUTES` |
/// | `environment` | `development` | `ENVIRONMENT`, `OTEL_RESOURCE_ATTRIBUTES` |
/// | `otlp_endpoint` | none: no OTLP | `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`; `OTEL_TRACES_EXPORTER` = otlp, none |
/// | `otlp_protocol` | grpc | `OTEL_EXPORTER_OTLP_PROTOCOL` = grpc, http/protobuf |
/// | `otlp_headers`, `otlp_timeout`, `otlp_compression` | none, 10 s, none | `OTEL_EXPORTER_OTLP_HEADERS`, `_TIMEOUT`, `_COMPRESSION` = gzip |
/// | `otlp_certificate` | those that the system trusts | `OTEL_EXPORTER_OTLP_CERTIFICATE` |
/// | `otlp_client_certificate` | none | `OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE`, `OTEL_EXPORTER_OTLP_CLIENT_KEY` |
/// | `otlp_logs` | false | `OTEL_LOGS_EXPORTER` = otlp; `OTEL_BLRP_*` as `OTEL_BSP_*` below, with a delay of 1 s |
/// | `otlp_metrics`, `metric_export_interval` | false, 60 s | `OTEL_METRICS_EXPORTER` = otlp or otlp,prometheus; `OTEL_METRIC_EXPORT_INTERVAL` |
/// | `enable_console_exporter` | false | `OTEL_TRACES_EXPORTER` = console |
/// | `enable_prometheus` | true | `OTEL_METRICS_EXPORTER` without prometheus turns it off |
/// | `prometheus_host`, `prometheus_port` | localhost, 9464 | `OTEL_EXPORTER_PROMETHEUS_HOST`, `_PORT`, `PROMETHEUS_PORT` |
/// | `prometheus_endpoint` | `/metrics` | |
/// | `disk_path` | none: no disk is shown | `TAXIMETER_DISK_PATHS`: paths with `:` between them |
/// | `tokio_handle`, with the feature `tokio-metrics` | the runtime in which it is started | |
/// | `trace_sample_rate`, `trace_parent_based` | 1.0, true | `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG` |
/// | `tail_sampling`, `tail_slow` | off, 1 s | `TAXIMETER_TAIL_SAMPLE_RATE`, `TAXIMETER_TAIL_SLOW` in milliseconds |
/// | `log_level` | info | `RUST_LOG` |
/// | `structured_logging`, `log_correlation` | true, true | `TAXIMETER_LOG_FORMAT` = json, text |
/// | `log_rate_limit` | 1,000 lines of one place in one second | |
/// | `log_directory`, `log_files` | none: standard output; 7 | `TAXIMETER_LOG_DIRECTORY` |
/// | `shutdown_on_signal` | false | |
/// | `redaction` | true; `redact` adds rules | |
/// | `batch_span_processor` | true | |
/// | `max_queue_size`, `max_export_batch_size` | 2048, 512 | `OTEL_BSP_MAX_QUEUE_SIZE`, `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` |
/// | `schedule_delay`, `export_timeout` | 5 s, 30 s | `OTEL_BSP_SCHEDULE_DELAY`, `OTEL_BSP_EXPORT_TIMEOUT` |
/// | `budget` of a feature | none | |
/// | names and metrics of the newest GenAI conventions | those of v1.41 | `OTEL_SEMCONV_STABILITY_OPT_IN` = gen_ai_latest_experimental |
/// | `prices` | the bundled price table | `TAXIMETER_PRICES`: a price file above it |
/// | all of it | | `OTEL_SDK_DISABLED` = true turns it off |
///
/// Of `OTEL_EXPORTER_OTLP_*` the variables of the signal (`OTEL_EXPORTER_OTLP_TRACES_*`, `_LOGS_*`, `_METRICS_*`) come
/// first, as the
/// [specification](https://opentelemetry.io/docs/specs/otel/protocol/exporter/) says. An empty variable is unset.
#[derive(Clone, Debug)]
#[must_use = "a configuration does nothing until `init` is called"]
pub struct Config {
    pub(crate) enabled: bool,
    pub(crate) service_name: String,
    pub(crate) service_version: String,
    pub(crate) environment: String,
    pub(crate) resource_attributes: Vec<(String, String)>,
    pub(crate) otlp: Otlp,
    pub(crate) enable_console_exporter: bool,
    pub(crate) enable_prometheus: bool,
    pub(crate) prometheus_host: String,
    pub(crate) prometheus_port: u16,
    pub(crate) prometheus_endpoint: String,
    pub(crate) disk_paths: Vec<PathBuf>,
    #[cfg(feature = "tokio-metrics")]
    pub(crate) tokio: Option<tokio::runtime::Handle>,
    pub(crate) sampling: Sampling,
    pub(crate) tail: Option<Tail>,
    /// What is slow when somebody says the share after the environment.
    pub(crate) slow: Duration,
    pub(crate) batch_span_processor: bool,
    pub(crate) batch: Batch,
    pub(crate) log_batch: Batch,
    pub(crate) metric_export_interval: Duration,
    pub(crate) log_level: String,
    pub(crate) structured_logging: bool,
    pub(crate) log_correlation: bool,
    pub(crate) log_rate_limit: u32,
    pub(crate) log_directory: Option<PathBuf>,
    pub(crate) log_files: usize,
    pub(crate) shutdown_on_signal: bool,
    pub(crate) redaction: bool,
    pub(crate) redaction_rules: Vec<Rule>,
    pub(crate) models: Models,
    pub(crate) prices: Prices,
    pub(crate) problems: Vec<Problem>,
}

/// When and how many spans are sent at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) max_queue_size: usize,
    pub(crate) max_export_batch_size: usize,
    pub(crate) schedule_delay: Duration,
    pub(crate) export_timeout: Duration,
}

/// The numbers of the [specification](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
const BATCH: Batch = Batch {
    max_queue_size: 2048,
    max_export_batch_size: 512,
    schedule_delay: Duration::from_secs(5),
    export_timeout: Duration::from_secs(30),
};
/// The same for log records, which are wanted sooner.
const LOG_BATCH: Batch = Batch { schedule_delay: Duration::from_secs(1), ..BATCH };
/// How often metrics are pushed.
const EXPORT_INTERVAL: Duration = Duration::from_secs(60);
const METRICS_PATH: &str = "/metrics";
const LOG_LEVEL: &str = "info";
/// Lines of one place in one second.
const LOG_RATE_LIMIT: u32 = 1_000;
/// A week of files.
const LOG_FILES: usize = 7;
/// The most disks that are shown.
const DISKS: usize = 16;
/// A bound for the queue: a typing error must not reserve all memory at start.
const MAX_QUEUE: usize = 1 << 20;

impl Config {
    /// The configuration of the process: its environment, then the defaults.
    ///
    /// `service_name` is what the code calls the service, so it comes before `OTEL_SERVICE_NAME`; give `""` to leave
    /// the name to the environment.
    pub fn from_env(service_name: impl Into<String>) -> Self {
        Self::read(service_name.into(), Environment::of_process())
    }

    /// The same from a map of variables, for tests: the environment of the process is neither read nor changed.
    ///
    /// ```
    /// use taximeter_export::Config;
    ///
    /// let variables = [("RUST_LOG".to_owned(), "warn".to_owned())];
    /// let config = Config::from_env_map("support-bot", variables);
    /// # let _ = config;
    /// ```
    pub fn from_env_map(
        service_name: impl Into<String>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        Self::read(service_name.into(), Environment::new(variables))
    }

    fn read(service_name: String, mut env: Environment) -> Self {
        let mut attributes = Attributes::from_env(&mut env);
        let exporters = Exporters::from_env(&mut env);
        let Exporters { traces, logs, metrics, .. } = exporters;
        let slow = Tail::slow_from_env(&mut env);
        let names = [Some(service_name), env.text("OTEL_SERVICE_NAME"), attributes.take("service.name")];
        let version = attributes.take("service.version");
        let named = attributes.take("deployment.environment.name");
        let environments = [env.text("ENVIRONMENT"), named, attributes.take("deployment.environment")];
        Config {
            enabled: !env.read(&["OTEL_SDK_DISABLED"], "`true` or `false`", boolean).unwrap_or(false),
            service_name: first(names).unwrap_or_else(|| "unknown_service".to_owned()),
            service_version: version.unwrap_or_else(|| "0.0.0".to_owned()),
            environment: first(environments).unwrap_or_else(|| "development".to_owned()),
            resource_attributes: attributes.into_others(),
            otlp: Otlp::from_env(&mut env, traces, logs, metrics),
            metric_export_interval: env.milliseconds(&["OTEL_METRIC_EXPORT_INTERVAL"]).unwrap_or(EXPORT_INTERVAL),
            log_batch: Batch::from_env(&mut env, "BLRP", LOG_BATCH),
            enable_console_exporter: exporters.console,
            enable_prometheus: exporters.prometheus,
            prometheus_host: env.text("OTEL_EXPORTER_PROMETHEUS_HOST").unwrap_or_else(|| "localhost".to_owned()),
            prometheus_port: env.number(PORTS, "a port from 0 to 65535", |_| true).unwrap_or(9464),
            prometheus_endpoint: METRICS_PATH.to_owned(),
            disk_paths: env.text("TAXIMETER_DISK_PATHS").map_or_else(Vec::new, |paths| disk_paths(&paths)),
            #[cfg(feature = "tokio-metrics")]
            tokio: None,
            sampling: Sampling::from_env(&mut env),
            tail: Tail::from_env(&mut env, slow),
            slow,
            batch_span_processor: true,
            batch: Batch::from_env(&mut env, "BSP", BATCH),
            log_level: env.read(&["RUST_LOG"], FILTER, filter).unwrap_or_else(|| LOG_LEVEL.to_owned()),
            structured_logging: env.read(&["TAXIMETER_LOG_FORMAT"], "`json` or `text`", is_json).unwrap_or(true),
            log_correlation: true,
            log_rate_limit: LOG_RATE_LIMIT,
            log_directory: env.text("TAXIMETER_LOG_DIRECTORY").map(PathBuf::from),
            log_files: LOG_FILES,
            shutdown_on_signal: false,
            redaction: true,
            redaction_rules: Vec::new(),
            models: Models::from_env(&mut env),
            prices: env.text(prices::VARIABLE).map_or(Prices::Bundled, |path| Prices::File(path.into())),
            problems: env.into_problems(),
        }
    }

    /// The name of the service: the resource attribute `service.name` and the key `service` of every log line.
    pub fn service_name(mut self, name: impl Into<String>) -> Self {
        self.service_name = name.into();
        self
    }

    /// The version of the service, such as `env!("CARGO_PKG_VERSION")`: the resource attribute `service.version` and
    /// the label of `build_info`.
    pub fn service_version(mut self, version: impl Into<String>) -> Self {
        self.service_version = version.into();
        self
    }

    /// Where the service runs, such as `production`: the resource attribute `deployment.environment.name`.
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = environment.into();
        self
    }

    /// The receiver of spans, and of log records and metrics where they are asked for, such as `http://localhost:4317`.
    /// Over HTTP the path of the signal is appended: `/v1/traces`, `/v1/logs`, `/v1/metrics`.
    ///
    /// Without an endpoint no span leaves the process; log lines carry trace ids all the same. `https` needs the feature
    /// `tls`.
    pub fn otlp_endpoint(mut self, url: impl Into<String>) -> Self {
        let url = url.into();
        self.otlp.traces.set_endpoint(url.clone(), false);
        self.otlp.logs.set_endpoint(url.clone(), true);
        self.otlp.metrics.set_endpoint(url, true);
        self
    }

    /// Whether every log line is sent over OTLP too, to [`Config::otlp_endpoint`] or, without one, to
    /// `http://localhost:4317`. Standard output has the lines all the same.
    pub fn otlp_logs(mut self, enable: bool) -> Self {
        self.otlp.logs.wish = Wish::of(enable);
        self
    }

    /// Whether the metrics are pushed over OTLP: the numbers of `/metrics` under the same names, for programs that cannot
    /// be scraped. `/metrics` is served all the same, unless [`Config::enable_prometheus`] says no.
    pub fn otlp_metrics(mut self, enable: bool) -> Self {
        self.otlp.metrics.wish = Wish::of(enable);
        self
    }

    /// How often the metrics are pushed over OTLP, beside once at the end.
    pub fn metric_export_interval(mut self, interval: Duration) -> Self {
        self.metric_export_interval = interval;
        self
    }

    /// How signals travel to the endpoint.
    pub fn otlp_protocol(mut self, protocol: Protocol) -> Self {
        self.otlp.each().into_iter().for_each(|route| route.protocol = protocol);
        self
    }

    /// Adds a header to every OTLP request, such as an API key. Its value is never shown.
    pub fn otlp_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        self.otlp.each().into_iter().for_each(|route| route.headers.insert(name.clone(), value.clone()));
        self
    }

    /// How long one batch may take, all retries included.
    pub fn otlp_timeout(mut self, timeout: Duration) -> Self {
        self.otlp.each().into_iter().for_each(|route| route.timeout = timeout);
        self
    }

    /// Compresses the bodies of OTLP requests.
    pub fn otlp_compression(mut self, compression: Compression) -> Self {
        self.otlp.each().into_iter().for_each(|route| route.compression = Some(compression));
        self
    }

    /// A file in PEM with the certificates that the receiver's has to come from, instead of those that the system trusts.
    /// Used for `https`, with the feature `tls`.
    pub fn otlp_certificate(mut self, file: impl Into<PathBuf>) -> Self {
        let file = file.into();
        self.each_certificates().for_each(|certificates| certificates.trusted = Some(file.clone()));
        self
    }

    /// Two files in PEM: the certificate that the program shows to the receiver, and its key.
    pub fn otlp_client_certificate(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        let own = (certificate.into(), key.into());
        self.each_certificates().for_each(|certificates| certificates.own = Some(own.clone()));
        self
    }

    fn each_certificates(&mut self) -> impl Iterator<Item = &mut Certificates> {
        self.otlp.each().into_iter().map(|route| &mut route.certificates)
    }

    /// Writes every finished span to standard error, one JSON object a line.
    pub fn enable_console_exporter(mut self, enable: bool) -> Self {
        self.enable_console_exporter = enable;
        self
    }

    /// Whether `/metrics` and `/healthz` are served. Without them no port is opened.
    pub fn enable_prometheus(mut self, enable: bool) -> Self {
        self.enable_prometheus = enable;
        self
    }

    /// The address that `/metrics` is served on: `localhost`, an IP address such as `0.0.0.0`, or a host name.
    pub fn prometheus_host(mut self, host: impl Into<String>) -> Self {
        self.prometheus_host = host.into();
        self
    }

    /// The port that `/metrics` is served on; 0 takes any free one, which
    /// [`Telemetry::metrics_address`](crate::Telemetry::metrics_address) tells.
    pub fn prometheus_port(mut self, port: u16) -> Self {
        self.prometheus_port = port;
        self
    }

    /// The path of the metrics; it begins with `/`.
    pub fn prometheus_endpoint(mut self, path: impl Into<String>) -> Self {
        self.prometheus_endpoint = path.into();
        self
    }

    /// Shows how full the disk is that this path is on: `disk_size_bytes`, `disk_used_bytes` and `disk_available_bytes`, with
    /// the label `path`. Called again it shows another one too; at most 16. On Unix.
    ///
    /// A disk that hangs, as one behind a network may, costs its own samples.
    ///
    /// ```
    /// use taximeter_export::Config;
    ///
    /// let config = Config::from_env("support-bot").disk_path("/var/lib/support-bot");
    /// # let _ = config;
    /// ```
    pub fn disk_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.disk_paths.push(path.into());
        self
    }

    /// The Tokio runtime that is shown on the page. Without it, it is the one in which the telemetry is started, if any.
    ///
    /// The share of its time that a worker is busy: `rate(tokio_worker_busy_seconds_total[5m])`. What Tokio tells only with
    /// `--cfg tokio_unstable`, as the threads of `spawn_blocking`, is not shown.
    #[cfg(feature = "tokio-metrics")]
    pub fn tokio_handle(mut self, handle: tokio::runtime::Handle) -> Self {
        self.tokio = Some(handle);
        self
    }

    /// The runtime to show.
    #[cfg(feature = "tokio-metrics")]
    pub(crate) fn tokio_runtime(&self) -> Option<tokio::runtime::Handle> {
        self.tokio.clone().or_else(|| tokio::runtime::Handle::try_current().ok())
    }

    /// The share of traces to keep, from 0 to 1.
    pub fn trace_sample_rate(mut self, rate: f64) -> Self {
        self.sampling.rate = rate;
        self
    }

    /// Whether the decision of a caller, which came with its trace context, is followed.
    pub fn trace_parent_based(mut self, parent_based: bool) -> Self {
        self.sampling.parent_based = parent_based;
        self
    }

    /// Decides on a trace when it has ended: keeps every one with an error or a panic, every one that took longer than
    /// [`Config::tail_slow`], and this share of the others, from 0 to 1. Four sentences hold:
    ///
    /// 1. Metrics count every call, whatever is sampled.
    /// 2. What a kept trace did in this process is exported whole, up to 1,000 spans that wait together.
    /// 3. At most 10,000 traces, 32 MiB and 30 s wait; what does not fit is decided on as it is, slow if it has been open
    ///    for that long, and a span that this drops is counted in `taximeter_dropped_total{reason="tail_evicted"}`. What
    ///    fails or was slow late in a dropped trace is exported with what ends after it, and what the trace has lost until
    ///    then is counted too.
    /// 4. What other services dropped does not come back. The share is decided by the trace id, so services with the
    ///    same share agree on it; for traces that failed elsewhere, sample in a collector.
    pub fn tail_sampling(mut self, rate: f64) -> Self {
        let slow = self.tail.map_or(self.slow, |tail| tail.slow);
        self.tail = Some(Tail { rate, slow });
        self
    }

    /// From which duration of a span here its trace is slow, and kept by [`Config::tail_sampling`]. Turns that on,
    /// with a share of 1, when it is off.
    pub fn tail_slow(mut self, slow: Duration) -> Self {
        let rate = self.tail.map_or(1.0, |tail| tail.rate);
        self.tail = Some(Tail { rate, slow });
        self
    }

    /// Which log lines are written, in the syntax of `RUST_LOG`: `info`, `warn,my_crate=debug`. Spans are exported
    /// whatever it says.
    pub fn log_level(mut self, filter: impl Into<String>) -> Self {
        self.log_level = filter.into();
        self
    }

    /// Log lines as JSON objects for machines, or as text for people.
    pub fn structured_logging(mut self, structured: bool) -> Self {
        self.structured_logging = structured;
        self
    }

    /// Whether log lines carry the ids of the trace, the span and the workflow.
    pub fn log_correlation(mut self, correlation: bool) -> Self {
        self.log_correlation = correlation;
        self
    }

    /// The most lines that one place in the code writes in one second; 0 is no limit. Those beyond it are counted, and one
    /// line tells how many they were.
    pub fn log_rate_limit(mut self, lines_per_second: u32) -> Self {
        self.log_rate_limit = lines_per_second;
        self
    }

    /// Writes log lines to files in this directory, one for each day, and not to standard output.
    ///
    /// When they cannot be created, that is a problem, and the lines go to standard output.
    pub fn log_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.log_directory = Some(directory.into());
        self
    }

    /// How many log files are kept, at least 1; older ones are deleted.
    pub fn log_files(mut self, count: usize) -> Self {
        self.log_files = count;
        self
    }

    /// Sends what waits when the process gets `SIGTERM` or `SIGINT`, and then lets it end as ever. Off by default.
    ///
    /// Handlers that the program has set before are called as before, and then it is they who end the process.
    pub fn shutdown_on_signal(mut self, enable: bool) -> Self {
        self.shutdown_on_signal = enable;
        self
    }

    /// Adds a rule to what is masked in everything that leaves the process: see [`taximeter_runtime::redact`].
    ///
    /// ```
    /// use taximeter_export::Config;
    /// use taximeter_runtime::redact::Rule;
    ///
    /// let config = Config::from_env("support-bot").redact(Rule::name("customer_number"));
    /// # let _ = config;
    /// ```
    pub fn redact(mut self, rule: Rule) -> Self {
        self.redaction_rules.push(rule);
        self
    }

    /// Whether secrets are masked in everything that leaves the process. Turn it off only where nobody else can read.
    pub fn redaction(mut self, enable: bool) -> Self {
        self.redaction = enable;
        self
    }

    /// Prices of language models that go above the bundled table: a price file in TOML or JSON, as `docs/prices.md`
    /// describes it.
    ///
    /// A file with a mistake is one warning with line and column, and changes nothing. A running program changes its
    /// prices with [`llm::set_prices`](taximeter_runtime::llm::set_prices).
    ///
    /// ```
    /// use taximeter_export::Config;
    ///
    /// let config = Config::from_env("support-bot").prices("[models.house-model]\ninput = 0.4\noutput = 1.2\n");
    /// # let _ = config;
    /// ```
    pub fn prices(mut self, file: impl Into<Vec<u8>>) -> Self {
        self.prices = Prices::Bytes(file.into());
        self
    }

    /// Whether spans wait for others and are sent together. Without that, each is sent by itself as soon as it has ended:
    /// for programs that are watched while they are written. The program does not wait for it in either case.
    pub fn batch_span_processor(mut self, enable: bool) -> Self {
        self.batch_span_processor = enable;
        self
    }

    /// The most spans in one request.
    pub fn max_export_batch_size(mut self, spans: usize) -> Self {
        self.batch.max_export_batch_size = spans;
        self
    }

    /// The most finished spans that wait to be sent. Beyond it spans are dropped and counted.
    pub fn max_queue_size(mut self, spans: usize) -> Self {
        self.batch.max_queue_size = spans;
        self
    }

    /// The longest time that a finished span waits for its batch to fill.
    pub fn schedule_delay(mut self, delay: Duration) -> Self {
        self.batch.schedule_delay = delay;
        self
    }

    /// An upper bound for the export of one batch, whatever the transport allows.
    pub fn export_timeout(mut self, timeout: Duration) -> Self {
        self.batch.export_timeout = timeout;
        self
    }
}

/// What `RUST_LOG` and `log_level` hold.
const FILTER: &str = "a filter such as `info` or `warn,my_crate=debug`";
const PORTS: &[&str] = &["OTEL_EXPORTER_PROMETHEUS_PORT", "PROMETHEUS_PORT"];

/// The first that says something.
fn first(candidates: [Option<String>; 3]) -> Option<String> {
    candidates.into_iter().flatten().find(|text| !text.is_empty())
}

fn filter(text: &str) -> Option<String> {
    tracing_subscriber::EnvFilter::try_new(text).ok().map(|_| text.to_owned())
}

fn is_json(format: &str) -> Option<bool> {
    match format {
        "json" => Some(true),
        "text" => Some(false),
        _ => None,
    }
}

/// As `PATH` holds them.
fn disk_paths(paths: &str) -> Vec<PathBuf> {
    std::env::split_paths(paths).filter(|path| !path.as_os_str().is_empty()).collect()
}

impl Batch {
    /// What `OTEL_<processor>_*` say.
    fn from_env(env: &mut Environment, processor: &str, standard: Batch) -> Self {
        let names = |what: &str| [format!("OTEL_{processor}_{what}")];
        let count = "a number from 1 to 1048576";
        let is_count = |items: &usize| (1..=MAX_QUEUE).contains(items);
        let size = env.number(&names("MAX_EXPORT_BATCH_SIZE"), count, is_count);
        Batch {
            max_queue_size: env.number(&names("MAX_QUEUE_SIZE"), count, is_count).unwrap_or(standard.max_queue_size),
            max_export_batch_size: size.unwrap_or(standard.max_export_batch_size),
            schedule_delay: env.milliseconds(&names("SCHEDULE_DELAY")).unwrap_or(standard.schedule_delay),
            export_timeout: env.milliseconds(&names("EXPORT_TIMEOUT")).unwrap_or(standard.export_timeout),
        }
    }
}

#[cfg(test)]
mod tests;
