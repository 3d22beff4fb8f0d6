//! A program that is configured by its arguments and does what they say, one after the other:
//! `configured trace_sample_rate=0.5 work:100 lines:3 page`.
//!
//! `field=value` is a setter of `Config`, everything else a piece of work. At its end it says what was lost.

use std::io::Write;
use std::thread::sleep;
use std::time::Duration;

use taximeter::llm::{Budget, Usage};
use taximeter::redact::Rule;
use taximeter::{Caller, Compression, Config, Protocol, llm_cost, observe, workflow};
use taximeter_tests::numbers;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let name = arguments.iter().find_map(|argument| argument.strip_prefix("named="));
    let settings = arguments.iter().filter_map(|argument| argument.split_once('='));
    let config = settings
        .fold(Config::from_env(name.unwrap_or("configured")), |config, (field, value)| set(config, field, value));
    let telemetry = config.init();
    let problems: Vec<_> = telemetry.problems().iter().map(ToString::to_string).collect();
    eprintln!("address {:?}; problems {problems:?}", telemetry.metrics_address());
    for argument in arguments.iter().filter(|argument| !argument.contains('=')) {
        let (what, number) = argument.split_once(':').unwrap_or((argument, "1"));
        if what == "flush" {
            telemetry.flush();
        }
        act(what, number.parse().expect("a number"));
    }
    eprintln!("{}", telemetry.shutdown());
    let _ = writeln!(std::io::stderr(), "ended");
}

fn set(config: Config, field: &str, value: &str) -> Config {
    let on = || value == "true";
    let number = || value.parse().expect("a number");
    let share = || value.parse().expect("a share");
    let millis = || Duration::from_millis(value.parse().expect("milliseconds"));
    match field {
        "named" => config,
        "service_name" => config.service_name(value),
        "service_version" => config.service_version(value),
        "environment" => config.environment(value),
        "otlp_endpoint" => config.otlp_endpoint(value),
        "otlp_protocol" => config.otlp_protocol(if value == "grpc" { Protocol::Grpc } else { Protocol::HttpProtobuf }),
        "otlp_header" => {
            let (name, value) = value.split_once(':').expect("a header");
            config.otlp_header(name, value)
        }
        "otlp_timeout" => config.otlp_timeout(millis()),
        "otlp_compression" => config.otlp_compression(Compression::Gzip),
        "enable_console_exporter" => config.enable_console_exporter(on()),
        "enable_prometheus" => config.enable_prometheus(on()),
        "prometheus_host" => config.prometheus_host(value),
        "prometheus_port" => config.prometheus_port(value.parse().expect("a port")),
        "prometheus_endpoint" => config.prometheus_endpoint(value),
        "trace_sample_rate" => config.trace_sample_rate(share()),
        "trace_parent_based" => config.trace_parent_based(on()),
        "tail_sampling" => config.tail_sampling(share()),
        "tail_slow" => config.tail_slow(millis()),
        "log_level" => config.log_level(value),
        "structured_logging" => config.structured_logging(on()),
        "log_correlation" => config.log_correlation(on()),
        "log_rate_limit" => config.log_rate_limit(value.parse().expect("a number")),
        "log_directory" => config.log_directory(value),
        "log_files" => config.log_files(number()),
        "shutdown_on_signal" => config.shutdown_on_signal(on()),
        "redact" => config.redact(Rule::name(value)),
        "redaction" => config.redaction(on()),
        "disk_path" => config.disk_path(value),
        "tokio_handle" => {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(number()).build();
            config.tokio_handle(Box::leak(Box::new(runtime.expect("a runtime"))).handle().clone())
        }
        "prices" => config.prices(std::fs::read(value).expect("a price file")),
        "batch_span_processor" => config.batch_span_processor(on()),
        "max_export_batch_size" => config.max_export_batch_size(number()),
        "max_queue_size" => config.max_queue_size(number()),
        "schedule_delay" => config.schedule_delay(millis()),
        "export_timeout" => config.export_timeout(millis()),
        "budget" => {
            let amount: &'static str = Box::leak(value.to_owned().into_boxed_str());
            config.budget("answers", Budget::per_day("answers", amount))
        }
        _ => panic!("no field is called `{field}`"),
    }
}

fn act(what: &str, number: u32) {
    match what {
        "work" => (0..number).for_each(|_| work()),
        "fail" => (0..number).for_each(|number| drop(fail(number))),
        "slow" => slow(Duration::from_millis(number.into())),
        // A caller whose trace is not sampled.
        "stranger" => {
            let header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
            Caller::of(&vec![("traceparent", header)]).in_scope(work);
        }
        "lines" => {
            (0..number).for_each(|number| tracing::info!(number, password = "hunter2", customer = "ann", "a line"))
        }
        "debug" => tracing::debug!("a quiet line"),
        "inside" => inside(),
        "ask" => drop(ask()),
        "sleep" => sleep(Duration::from_millis(number.into())),
        "page" => eprintln!("{}", numbers::text()),
        "exit" => std::process::exit(0),
        "stay" => {
            eprintln!("staying");
            sleep(Duration::from_secs(600));
        }
        "flush" => {}
        _ => panic!("nothing is called `{what}`"),
    }
}

#[observe]
fn work() {}

#[observe]
fn fail(number: u32) -> Result<(), String> {
    Err(format!("failure {number}"))
}

#[observe]
fn slow(time: Duration) {
    sleep(time);
}

#[workflow(name = "inside")]
fn inside() {
    tracing::info!("from inside");
}

#[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "answers")]
fn ask() -> Usage {
    Usage::new(1_000_000, 0)
}
