//! One test per field: what it is when nobody says anything, and what changes it.

use std::time::Duration;

use taximeter_runtime::redact::Rule;

use super::otlp::{Certificates, Compression, Endpoint, Protocol, Route};
use super::{Config, Sampling, Tail};

fn from(variables: &[(&str, &str)]) -> Config {
    let owned = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_env_map("bot", owned).checked()
}

/// The configuration of an environment in which everything can be used.
fn good(variables: &[(&str, &str)]) -> Config {
    let config = from(variables);
    assert_eq!(config.problems, [], "problems of {variables:?}");
    config
}

/// The one problem of an environment, which never shows what the variable holds.
#[track_caller]
fn problem(variables: &[(&str, &str)]) -> String {
    let config = from(variables);
    let [problem] = config.problems.as_slice() else { panic!("one problem expected: {:?}", config.problems) };
    problem.message().to_owned()
}

fn target(config: &Config) -> Option<String> {
    config.otlp.traces.target("/v1/traces")
}

#[test]
fn the_service_name_of_the_code_comes_first() {
    let variables = [("OTEL_SERVICE_NAME", "named"), ("OTEL_RESOURCE_ATTRIBUTES", "service.name=attribute")];
    let unnamed = |variables: &[(&str, &str)]| {
        Config::from_env_map("", variables.iter().map(|(name, value)| (name.to_string(), value.to_string())))
            .service_name
    };
    assert_eq!(good(&variables).service_name, "bot");
    assert_eq!(good(&variables).service_name("code").service_name, "code");
    assert_eq!(unnamed(&variables), "named");
    assert_eq!(unnamed(&variables[1..]), "attribute");
    assert_eq!(unnamed(&[]), "unknown_service");
}

#[test]
fn service_version_is_a_resource_attribute() {
    assert_eq!(good(&[]).service_version, "0.0.0");
    let config = good(&[("OTEL_RESOURCE_ATTRIBUTES", "service.version=1.2.3,team=billing%2C%20eu")]);
    assert_eq!(config.service_version, "1.2.3");
    assert_eq!(config.resource_attributes, [("team".to_owned(), "billing, eu".to_owned())]);
    assert_eq!(config.service_version("9").service_version, "9");
}

#[test]
fn environment_has_a_variable_of_its_own() {
    assert_eq!(good(&[]).environment, "development");
    let attribute = ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=staging");
    assert_eq!(good(&[attribute]).environment, "staging");
    assert_eq!(good(&[attribute, ("ENVIRONMENT", "production")]).environment, "production");
    assert_eq!(good(&[]).environment("test").environment, "test");
}

#[test]
fn there_is_no_otlp_without_an_endpoint() {
    assert_eq!(target(&good(&[])), None);
    let base = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://base:4317");
    assert_eq!(target(&good(&[base])).as_deref(), Some("http://base:4317"));
    assert_eq!(target(&good(&[base]).otlp_endpoint("http://code:1")).as_deref(), Some("http://code:1"));
    assert_eq!(target(&good(&[base, ("OTEL_TRACES_EXPORTER", "none")])), None);
    assert_eq!(target(&good(&[("OTEL_TRACES_EXPORTER", "otlp")])).as_deref(), Some("http://localhost:4317"));
}

#[test]
fn http_appends_the_path_of_the_signal_to_the_common_endpoint_alone() {
    let http = ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    let base = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://base:4318/prefix/");
    let traces = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:4318/as/it/is");
    assert_eq!(target(&good(&[http, base])).as_deref(), Some("http://base:4318/prefix/v1/traces"));
    assert_eq!(target(&good(&[http, base, traces])).as_deref(), Some("http://traces:4318/as/it/is"));
}

#[test]
fn log_records_and_metrics_go_nowhere_unless_asked() {
    let targets = |config: &Config| {
        [config.otlp.logs.target("/v1/logs"), config.otlp.metrics.target("/v1/metrics")]
            .map(|url| url.unwrap_or_default())
    };
    let base = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://base:4318");
    let http = ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    let asked = [("OTEL_LOGS_EXPORTER", "otlp"), ("OTEL_METRICS_EXPORTER", "otlp,prometheus")];
    assert_eq!(targets(&good(&[base])), ["", ""]);
    assert_eq!(targets(&good(&asked)), ["http://localhost:4317"; 2]);
    let both = [asked[0], asked[1], base, http];
    assert_eq!(targets(&good(&both)), ["http://base:4318/v1/logs", "http://base:4318/v1/metrics"]);
    assert_eq!(targets(&good(&both).otlp_logs(false).otlp_metrics(false)), ["", ""]);
    assert_eq!(targets(&good(&[base]).otlp_logs(true).otlp_metrics(true)), ["http://base:4318"; 2]);
    let own = [
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://logs:1/here"),
        ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://metrics:1/there"),
    ];
    let all: Vec<_> = both.into_iter().chain(own).collect();
    assert_eq!(targets(&good(&all)), ["http://logs:1/here", "http://metrics:1/there"]);
    assert_eq!(good(&all).otlp.logs.protocol, Protocol::Grpc);
    assert_eq!(targets(&good(&[]).otlp_endpoint("http://code:1")), ["", ""]);
    assert!(problem(&[("OTEL_LOGS_EXPORTER", "xray")]).contains("made of `otlp`, `console` and `none`"));
}

#[test]
fn log_records_wait_a_second_and_metrics_a_minute() {
    let config = good(&[]);
    assert_eq!((config.log_batch.schedule_delay, config.log_batch.max_queue_size), (Duration::from_secs(1), 2048));
    assert_eq!(config.metric_export_interval, Duration::from_secs(60));
    let config = good(&[
        ("OTEL_BLRP_SCHEDULE_DELAY", "20"),
        ("OTEL_BLRP_MAX_QUEUE_SIZE", "7"),
        ("OTEL_BLRP_EXPORT_TIMEOUT", "40"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "30"),
    ]);
    assert_eq!((config.log_batch.schedule_delay, config.log_batch.max_queue_size), (Duration::from_millis(20), 7));
    assert_eq!(config.log_batch.export_timeout, Duration::from_millis(40));
    assert_eq!(config.metric_export_interval, Duration::from_millis(30));
    let second = Duration::from_secs(1);
    assert_eq!(config.metric_export_interval(second).metric_export_interval, second);
    assert_eq!(good(&[]).metric_export_interval(Duration::ZERO).checked().problems.len(), 1);
}

#[test]
fn certificates_are_those_of_the_system_unless_said() {
    let files = |config: &Config| config.otlp.traces.certificates.clone();
    assert_eq!(files(&good(&[])), Certificates::default());
    let said = good(&[
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem"),
        ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/own.pem"),
        ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "/own.key"),
        ("OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE", "/logs.pem"),
    ]);
    let own = Some(("/own.pem".into(), "/own.key".into()));
    assert_eq!(files(&said), Certificates { trusted: Some("/ca.pem".into()), own: own.clone() });
    assert_eq!(said.otlp.logs.certificates, Certificates { trusted: Some("/logs.pem".into()), own: own.clone() });
    let code = good(&[]).otlp_certificate("/ca.pem").otlp_client_certificate("/own.pem", "/own.key");
    assert_eq!(files(&code), Certificates { trusted: Some("/ca.pem".into()), own });
    let alone = problem(&[("OTEL_EXPORTER_OTLP_CLIENT_KEY", "/own.key")]);
    assert!(alone.contains("`OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE`"), "{alone}");
}

#[test]
fn an_endpoint_without_a_scheme_has_to_be_called_insecure() {
    let bare = ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317");
    let insecure = ("OTEL_EXPORTER_OTLP_INSECURE", "true");
    assert_eq!(target(&good(&[bare, insecure])).as_deref(), Some("http://collector:4317"));
    assert_eq!(
        problem(&[bare]),
        "`OTEL_EXPORTER_OTLP_ENDPOINT` is not a URL such as `http://localhost:4317`; it is ignored"
    );
    let config = good(&[]).otlp_endpoint("collector:4317").checked();
    assert_eq!(config.problems.len(), 1);
    assert_eq!(target(&config), None);
}

#[test]
fn otlp_protocol_is_grpc_unless_said() {
    assert_eq!(good(&[]).otlp.traces.protocol, Protocol::Grpc);
    let all = ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
    assert_eq!(good(&[all]).otlp.traces.protocol, Protocol::HttpProtobuf);
    assert_eq!(good(&[all, ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc")]).otlp.traces.protocol, Protocol::Grpc);
    assert_eq!(good(&[all]).otlp_protocol(Protocol::Grpc).otlp.traces.protocol, Protocol::Grpc);
    assert!(problem(&[("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]).starts_with("`OTEL_EXPORTER_OTLP_PROTOCOL`"));
}

#[test]
fn otlp_headers_are_sent_and_never_shown() {
    let all = ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=s3cret%3D,x-team=eu");
    let usable = |route: &Route| {
        let usable = route.headers.usable();
        usable.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect::<Vec<_>>()
    };
    let sent = |config: &Config| usable(&config.otlp.traces);
    assert_eq!(sent(&good(&[])), [""; 0]);
    assert_eq!(sent(&good(&[all])), ["x-key: s3cret=", "x-team: eu"]);
    assert_eq!(sent(&good(&[all, ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "a=b")])), ["a: b"]);
    let logs = good(&[all, ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "c=d")]);
    assert_eq!((usable(&logs.otlp.logs), sent(&logs).len()), (vec!["c: d".to_owned()], 2));
    assert_eq!(sent(&good(&[all]).otlp_header("X-Key", "code")), ["x-team: eu", "x-key: code"]);
    let shown = format!("{:?}", good(&[all]));
    assert!(!shown.contains("s3cret") && shown.contains("x-key"), "{shown}");
    let message = problem(&[("OTEL_EXPORTER_OTLP_HEADERS", "s3cret,x-team=eu")]);
    assert!(message.contains("`OTEL_EXPORTER_OTLP_HEADERS`") && !message.contains("s3cret"), "{message}");
    assert_eq!(from(&[]).otlp_header("two words", "s3cret").checked().problems.len(), 1);
}

#[test]
fn the_password_of_an_endpoint_is_never_shown() {
    let config = good(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://ann:s3cret@collector:4317")]);
    assert!(!format!("{config:?}").contains("s3cret"));
}

#[test]
fn otlp_timeout_is_in_milliseconds() {
    assert_eq!(good(&[]).otlp.traces.timeout, Duration::from_secs(10));
    let all = ("OTEL_EXPORTER_OTLP_TIMEOUT", "1500");
    assert_eq!(good(&[all]).otlp.traces.timeout, Duration::from_millis(1500));
    assert_eq!(good(&[all, ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "7")]).otlp.traces.timeout, Duration::from_millis(7));
    assert_eq!(good(&[all]).otlp_timeout(Duration::from_secs(1)).otlp.traces.timeout, Duration::from_secs(1));
    assert_eq!(from(&[]).otlp_timeout(Duration::ZERO).checked().otlp.traces.timeout, Duration::from_secs(10));
    let endless = from(&[]).otlp_timeout(Duration::MAX).checked();
    assert_eq!((endless.otlp.traces.timeout, endless.problems.len()), (Duration::from_secs(10), 1));
}

#[test]
fn otlp_compression_is_off_unless_said() {
    assert_eq!(good(&[]).otlp.traces.compression, None);
    let all = ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip");
    assert_eq!(good(&[all]).otlp.traces.compression, Some(Compression::Gzip));
    assert_eq!(good(&[all, ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "none")]).otlp.traces.compression, None);
    assert_eq!(good(&[]).otlp_compression(Compression::Gzip).otlp.traces.compression, Some(Compression::Gzip));
}

#[test]
fn the_console_exporter_is_off_unless_said() {
    assert!(!good(&[]).enable_console_exporter);
    assert!(good(&[("OTEL_TRACES_EXPORTER", "console")]).enable_console_exporter);
    let both = good(&[("OTEL_TRACES_EXPORTER", "otlp, console"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:1")]);
    assert!(both.enable_console_exporter && target(&both).is_some());
    assert!(good(&[]).enable_console_exporter(true).enable_console_exporter);
}

#[test]
fn prometheus_is_on_unless_said() {
    assert!(good(&[]).enable_prometheus);
    assert!(!good(&[("OTEL_METRICS_EXPORTER", "none")]).enable_prometheus);
    assert!(good(&[("OTEL_METRICS_EXPORTER", "otlp,prometheus")]).enable_prometheus);
    assert!(!good(&[]).enable_prometheus(false).enable_prometheus);
    assert!(!good(&[("OTEL_METRICS_EXPORTER", "otlp")]).enable_prometheus);
    assert!(problem(&[("OTEL_METRICS_EXPORTER", "xray")]).contains("made of `prometheus`, `otlp` and `none`"));
}

#[test]
fn prometheus_listens_on_localhost_9464() {
    let config = good(&[]);
    assert_eq!((config.prometheus_host.as_str(), config.prometheus_port), ("localhost", 9464));
    let config = good(&[
        ("OTEL_EXPORTER_PROMETHEUS_HOST", "0.0.0.0"),
        ("OTEL_EXPORTER_PROMETHEUS_PORT", "1"),
        ("PROMETHEUS_PORT", "2"),
    ]);
    assert_eq!((config.prometheus_host.as_str(), config.prometheus_port), ("0.0.0.0", 1));
    assert_eq!(good(&[("PROMETHEUS_PORT", "2")]).prometheus_port, 2);
    let config = good(&[("PROMETHEUS_PORT", "2")]).prometheus_port(3).prometheus_host("::1");
    assert_eq!((config.prometheus_host.as_str(), config.prometheus_port), ("::1", 3));
}

#[test]
fn prometheus_endpoint_is_a_path_that_is_free() {
    assert_eq!(good(&[]).prometheus_endpoint, "/metrics");
    assert_eq!(good(&[]).prometheus_endpoint("/m").checked().prometheus_endpoint, "/m");
    for bad in ["metrics", "", "/healthz", "/a?b"] {
        let config = good(&[]).prometheus_endpoint(bad).checked();
        assert_eq!(config.prometheus_endpoint, "/metrics", "{bad}");
        assert_eq!(config.problems.len(), 1, "{bad}");
    }
}

#[test]
fn sampling_keeps_everything_and_follows_the_caller() {
    let sampling = |rate, parent_based| Sampling { rate, parent_based };
    assert_eq!(good(&[]).sampling, sampling(1.0, true));
    for (name, expected) in [
        ("always_on", sampling(1.0, false)),
        ("always_off", sampling(0.0, false)),
        ("traceidratio", sampling(0.25, false)),
        ("parentbased_always_off", sampling(0.0, true)),
        ("parentbased_traceidratio", sampling(0.25, true)),
    ] {
        let config = good(&[("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", "0.25")]);
        assert_eq!(config.sampling, expected, "{name}");
    }
    assert_eq!(good(&[]).trace_sample_rate(0.5).trace_parent_based(false).sampling, sampling(0.5, false));
    for bad in [-0.1, 1.5, f64::NAN] {
        let config = good(&[]).trace_sample_rate(bad).checked();
        assert_eq!((config.sampling.rate, config.problems.len()), (1.0, 1), "{bad}");
    }
    assert!(problem(&[("OTEL_TRACES_SAMPLER", "xray")]).contains("`OTEL_TRACES_SAMPLER`"));
    let bad_share = [("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "2")];
    assert!(problem(&bad_share).contains("`OTEL_TRACES_SAMPLER_ARG`"));
}

#[test]
fn tail_sampling_is_off_unless_said() {
    assert_eq!(good(&[]).tail, None);
    let rate = ("TAXIMETER_TAIL_SAMPLE_RATE", "0.1");
    assert_eq!(good(&[rate]).tail, Some(Tail { rate: 0.1, slow: Duration::from_secs(1) }));
    let tail = good(&[rate, ("TAXIMETER_TAIL_SLOW", "250")]).tail;
    assert_eq!(tail, Some(Tail { rate: 0.1, slow: Duration::from_millis(250) }));
    let code = good(&[rate]).tail_sampling(0.5).tail_slow(Duration::from_secs(2)).tail;
    assert_eq!(code, Some(Tail { rate: 0.5, slow: Duration::from_secs(2) }));
    for bad in [-0.1, 1.5, f64::NAN] {
        let config = good(&[]).tail_sampling(bad).checked();
        assert_eq!((config.tail, config.problems.len()), (None, 1), "{bad}");
    }
    assert!(problem(&[("TAXIMETER_TAIL_SAMPLE_RATE", "2")]).contains("`TAXIMETER_TAIL_SAMPLE_RATE`"));
}

#[test]
fn batches_have_the_size_of_the_specification() {
    let batch = good(&[]).batch;
    assert_eq!((batch.max_queue_size, batch.max_export_batch_size), (2048, 512));
    assert_eq!((batch.schedule_delay, batch.export_timeout), (Duration::from_secs(5), Duration::from_secs(30)));
    let batch = good(&[
        ("OTEL_BSP_MAX_QUEUE_SIZE", "100"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "10"),
        ("OTEL_BSP_SCHEDULE_DELAY", "20"),
        ("OTEL_BSP_EXPORT_TIMEOUT", "30"),
    ])
    .batch;
    assert_eq!((batch.max_queue_size, batch.max_export_batch_size), (100, 10));
    assert_eq!((batch.schedule_delay, batch.export_timeout), (Duration::from_millis(20), Duration::from_millis(30)));
    assert_eq!(good(&[("OTEL_BSP_MAX_QUEUE_SIZE", "100")]).batch.max_export_batch_size, 100);
}

#[test]
fn batches_that_cannot_be_are_not_used() {
    let config = good(&[]).max_queue_size(0).max_export_batch_size(0).checked();
    assert_eq!((config.batch.max_queue_size, config.batch.max_export_batch_size), (2048, 512));
    assert_eq!(config.problems.len(), 2);
    let config = good(&[]).max_queue_size(10).max_export_batch_size(20).checked();
    assert_eq!((config.batch.max_export_batch_size, config.problems.len()), (10, 1));
    let config = good(&[]).schedule_delay(Duration::ZERO).export_timeout(Duration::ZERO).checked();
    assert_eq!((config.batch.schedule_delay, config.problems.len()), (Duration::from_secs(5), 2));
    let endless = good(&[]).schedule_delay(Duration::MAX).export_timeout(Duration::MAX);
    let config = endless.metric_export_interval(Duration::MAX).checked();
    assert_eq!((config.batch.export_timeout, config.problems.len()), (Duration::from_secs(30), 3));
}

#[test]
fn log_level_is_a_filter() {
    assert_eq!(good(&[]).log_level, "info");
    assert_eq!(good(&[("RUST_LOG", "warn,bot=debug")]).log_level, "warn,bot=debug");
    assert_eq!(good(&[("RUST_LOG", "warn")]).log_level("debug").log_level, "debug");
    assert!(problem(&[("RUST_LOG", "bot=loud")]).contains("`RUST_LOG`"));
    assert_eq!(good(&[]).log_level("bot=loud").checked().log_level, "info");
}

#[test]
fn logs_are_json_with_ids_unless_said() {
    let config = good(&[]);
    assert!(config.structured_logging && config.log_correlation);
    assert!(!good(&[("TAXIMETER_LOG_FORMAT", "text")]).structured_logging);
    let config = good(&[("TAXIMETER_LOG_FORMAT", "text")]).structured_logging(true).log_correlation(false);
    assert!(config.structured_logging && !config.log_correlation);
    assert!(problem(&[("TAXIMETER_LOG_FORMAT", "yaml")]).contains("`TAXIMETER_LOG_FORMAT`"));
}

#[test]
fn lines_go_to_standard_output_and_have_a_rate() {
    let config = good(&[]);
    assert_eq!((config.log_directory, config.log_files, config.log_rate_limit), (None, 7, 1_000));
    let config = good(&[("TAXIMETER_LOG_DIRECTORY", "/var/log/bot")]).log_files(2).log_rate_limit(0);
    assert_eq!(config.log_directory.as_deref(), Some(std::path::Path::new("/var/log/bot")));
    assert_eq!((config.log_files, config.log_rate_limit), (2, 0));
    let none = good(&[]).log_files(0).checked();
    assert_eq!((none.log_files, none.problems.len()), (7, 1), "to keep none would delete those that are there");
    assert_eq!(config.log_directory("x").log_directory.as_deref(), Some(std::path::Path::new("x")));
}

#[test]
fn signals_are_left_alone_unless_said() {
    assert!(!good(&[]).shutdown_on_signal);
    assert!(good(&[]).shutdown_on_signal(true).shutdown_on_signal);
}

#[test]
fn redaction_is_on_unless_said() {
    let config = good(&[]);
    assert!(config.redaction && config.redaction_rules.is_empty());
    let config = good(&[]).redaction(false).redact(Rule::name("customer_number"));
    assert!(!config.redaction && config.redaction_rules.len() == 1);
}

#[test]
fn everything_can_be_turned_off() {
    assert!(good(&[]).enabled);
    assert!(!good(&[("OTEL_SDK_DISABLED", "TRUE")]).enabled);
    assert!(problem(&[("OTEL_SDK_DISABLED", "yes")]).contains("`OTEL_SDK_DISABLED`"));
}

#[test]
fn an_empty_variable_is_unset() {
    let names = ["OTEL_BSP_MAX_QUEUE_SIZE", "RUST_LOG", "OTEL_TRACES_SAMPLER", "OTEL_EXPORTER_OTLP_ENDPOINT"];
    for name in names {
        let config = good(&[(name, "  ")]);
        assert_eq!(config.batch.max_queue_size, 2048);
        assert_eq!(config.log_level, "info");
        assert_eq!(config.otlp.traces.endpoint, None::<Endpoint>);
    }
}

#[test]
fn a_bad_number_is_named_and_not_shown() {
    for value in ["abc", "-1", "1e99", "0", "99999999999999999999", "5 5", "\0"] {
        let message = problem(&[("OTEL_BSP_MAX_QUEUE_SIZE", value)]);
        assert_eq!(message, "`OTEL_BSP_MAX_QUEUE_SIZE` is not a number from 1 to 1048576; it is ignored");
    }
}

#[test]
fn a_budget_needs_an_amount() {
    use taximeter_runtime::llm::Budget;

    let fine = good(&[]).budget("answers", Budget::per_day("answers", "25 USD")).checked();
    assert_eq!(fine.problems, []);
    let bad = good(&[]).budget("answers", Budget::per_day("daily", "25 EUR")).checked();
    let [problem] = bad.problems.as_slice() else { panic!("one problem expected: {:?}", bad.problems) };
    assert!(problem.message().contains("budget `daily` of the feature `answers`"), "{}", problem.message());
}

#[test]
fn the_newest_conventions_of_language_models_are_opted_into() {
    assert!(!good(&[]).models.latest_conventions);
    assert!(!good(&[("OTEL_SEMCONV_STABILITY_OPT_IN", "http")]).models.latest_conventions);
    let both = [("OTEL_SEMCONV_STABILITY_OPT_IN", "http, gen_ai_latest_experimental")];
    assert!(good(&both).models.latest_conventions);
}

#[test]
fn no_disk_is_shown_unless_a_path_is_named() {
    assert!(good(&[]).disk_paths.is_empty());
    let named = good(&[("TAXIMETER_DISK_PATHS", "/var:/srv/data:")]).disk_path("/home");
    let shown: Vec<_> = named.disk_paths.iter().map(|path| path.display().to_string()).collect();
    assert_eq!(shown, ["/var", "/srv/data", "/home"]);
    let many = (0..17).fold(good(&[]), |config, path| config.disk_path(format!("/{path}"))).checked();
    assert_eq!((many.disk_paths.len(), many.problems.len()), (16, 1));
}

#[test]
#[cfg(feature = "tokio-metrics")]
fn the_runtime_that_is_shown_is_the_one_that_was_named_or_the_current_one() {
    let runtime = || tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let (named, current) = (runtime(), runtime());
    let config = good(&[]);
    assert!(config.tokio_runtime().is_none());
    let _inside = current.enter();
    assert_eq!(config.tokio_runtime().map(|handle| handle.id()), Some(current.handle().id()));
    let config = config.tokio_handle(named.handle().clone());
    assert_eq!(config.tokio_runtime().map(|handle| handle.id()), Some(named.handle().id()));
}
