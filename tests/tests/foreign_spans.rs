//! The id of a run is on every span and every line of it, whoever opens the span and writes the line: plain `tracing`, the
//! `log` crate, a library, the OpenTelemetry API. None of them knows of runs.

use std::collections::BTreeMap;
use std::fs;

use opentelemetry::global;
use opentelemetry::trace::{Span as _, Tracer as _};
use serde_json::Value;
use taximeter::{Caller, Config, Workflow, observe, workflow};
use taximeter_tests::Rotel;
use taximeter_tests::temporary::Folder;
use taximeter_tests::trace::{Span, tree};
use tracing::info_span;

/// A library of the program: it has spans and lines, and not one attribute of ours.
mod library {
    pub(super) fn connect() {
        tracing::info_span!(target: "sqlx::pool", "connect").in_scope(|| {
            tracing::info!(target: "sqlx::pool", "connected");
            log::warn!(target: "rustls::client", "an old cipher");
        });
    }

    #[tracing::instrument]
    pub(super) async fn fetch(user_tier: &str) {
        tracing::info!(target: "reqwest::async_impl", user_tier, "fetched");
    }
}

#[workflow(name = "orders.place", data(user_tier = "gold"))]
async fn place() -> Workflow {
    library::connect();
    library::fetch("of its own").await;
    asked().await;
    let run = Workflow::current().expect("a run");
    run.set_data("items", 2);
    run.set_data("items", 3);
    let mut span = global::tracer("kafka").start("publish");
    span.end();
    let late = info_span!("late");
    std::thread::spawn(move || late.in_scope(library::connect)).join().expect("a thread that ends");
    run
}

#[observe]
async fn asked() {
    library::connect();
    Workflow::current().expect("a run").set_data("stock", "north");
    checked();
}

#[workflow(name = "orders.check")]
fn checked() {
    library::connect();
}

/// A request in which no workflow runs.
#[observe]
fn ping() {
    library::connect();
}

fn all(config: Config) -> Workflow {
    let _telemetry = config.init();
    library::connect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let run = runtime.block_on(place());
    Caller::of(&vec![("x-correlation-id", "request-7")]).in_scope(ping);
    run
}

#[test]
fn every_span_and_every_line_of_a_run_has_its_ids_and_none_outside_of_it() {
    let Some(rotel) = Rotel::start() else { return };
    let folder = Folder::new("foreign-spans");
    let config = Config::from_env("foreign").prometheus_port(0).otlp_endpoint(rotel.grpc_endpoint());
    let run = all(config.log_directory(folder.path()));
    let spans = rotel.wait_for_spans(13);
    spans_have_ids(&spans, &run);
    is_nothing_twice(&rotel.received(), &spans);
    lines_have_ids(&lines(&folder), &run);
}

fn spans_have_ids(spans: &[Span], run: &Workflow) {
    let place = "\
orders.place ok
  connect unset
  fetch unset
  foreign_spans::asked ok
    connect unset
    orders.check ok
      connect unset
  publish unset
  late unset
    connect unset
";
    assert_eq!(tree(spans), format!("connect unset\n{place}foreign_spans::ping ok\n  connect unset\n"));
    let keys = [
        "workflow.name",
        "workflow.id",
        "workflow.correlation_id",
        "workflow.causation_id",
        "user_tier",
        "items",
        "stock",
    ];
    let told = |span: &Span| keys.map(|key| span.attributes.get(key).cloned().unwrap_or_default());

    let placed: BTreeMap<&str, [String; 7]> =
        of_run(spans, run.id()).map(|span| (span.name.as_str(), told(span))).collect();
    let [name, id, correlation] = ["orders.place", run.id(), run.correlation_id()];
    let expected = |tier: &str, items: &str| [name, id, correlation, "", tier, items, "north"].map(str::to_owned);
    assert_eq!(of_run(spans, id).count(), 8, "{placed:#?}");
    assert_eq!(placed["orders.place"], expected("gold", "3"), "what is noted in a step too");
    assert_eq!(placed["foreign_spans::asked"], expected("gold", ""));
    assert_eq!(placed["fetch"][4], "of its own", "a field of the span itself stays");
    assert_eq!(placed["publish"], expected("gold", "3"), "a span of the OpenTelemetry API");
    assert_eq!(placed["late"], expected("gold", "3"));
    let fetch = spans.iter().find(|span| span.name == "fetch").expect("the span");
    assert_eq!(fetch.attributes["workflow.user_tier"], "gold");

    let check = spans.iter().find(|span| span.name == "orders.check").expect("the nested run");
    let nested: Vec<_> = of_run(spans, &check.attributes["workflow.id"]).map(told).collect();
    assert_eq!(nested.len(), 2, "the run and what it connects to");
    assert!(nested.iter().all(|told| told[0] == "orders.check" && told[2] == correlation && told[4] == "gold"));
    assert_eq!(check.attributes["workflow.causation_id"], id);

    let outside = |span: &&Span| !span.attributes.contains_key("workflow.id");
    let mut outside: Vec<_> = spans.iter().filter(outside).map(|span| (span.name.as_str(), told(span))).collect();
    outside.sort();
    let nothing = || [const { String::new() }; 7];
    let mut request = nothing();
    request[2] = "request-7".to_owned();
    let ping = ("foreign_spans::ping", request.clone());
    assert_eq!(outside, [("connect", nothing()), ("connect", request), ping]);
}

fn of_run<'s>(spans: &'s [Span], id: &'s str) -> impl Iterator<Item = &'s Span> {
    spans.iter().filter(move |span| span.attributes.get("workflow.id").is_some_and(|own| own == id))
}

/// A key is in a list of attributes once.
fn is_nothing_twice(received: &str, spans: &[Span]) {
    for key in
        ["workflow.name", "workflow.id", "workflow.correlation_id", "workflow.user_tier", "user_tier", "items", "stock"]
    {
        let sent = received.matches(&format!("-> {key}: ")).count();
        let events = spans.iter().flat_map(|span| &span.events).filter(|event| event.attributes.contains_key(key));
        let seen = spans.iter().filter(|span| span.attributes.contains_key(key)).count() + events.count();
        assert_eq!(sent, seen, "{key}");
    }
}

fn lines(folder: &Folder) -> Vec<Value> {
    let files = fs::read_dir(folder.path()).expect("the folder").map(|file| file.expect("a file").path());
    let texts: Vec<String> = files.map(|file| fs::read_to_string(file).expect("a text")).collect();
    let lines = texts.iter().flat_map(|text| text.lines());
    lines.map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn lines_have_ids(lines: &[Value], run: &Workflow) {
    let (of_run, others): (Vec<&Value>, Vec<&Value>) =
        lines.iter().partition(|line| line["correlation_id"] == run.correlation_id());
    let count = |lines: &[&Value], message: &str| lines.iter().filter(|line| line["message"] == message).count();
    // One in each of `connect`, of which three are in the run, one in the nested run, one in the request, one nowhere.
    for message in ["connected", "an old cipher"] {
        assert_eq!((count(&of_run, message), count(&others, message)), (4, 2), "{message}: {lines:#?}");
    }
    assert_eq!((count(&of_run, "fetched"), count(&others, "fetched")), (1, 0));
    assert_eq!(count(&of_run, "workflow_executed"), 2);
    let whole = |line: &&Value| line["workflow_id"].is_string() && line["user_tier"].is_string();
    assert!(of_run.iter().all(whole), "{of_run:#?}");
    let (of_request, outside): (Vec<&Value>, Vec<&Value>) =
        others.iter().partition(|line| line["correlation_id"] == "request-7");
    assert_eq!(of_request.len(), 2);
    assert!(outside.iter().all(|line| line.get("correlation_id").is_none()), "{outside:#?}");
    assert!(others.iter().all(|line| line.get("workflow_id").is_none()), "{others:#?}");
}
