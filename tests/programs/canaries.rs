//! A program that puts secrets wherever a text can stand, and then serves until it is ended.
//!
//! Beside each secret stands a mark that is none: `at_<place>_<number>`. `HEADERS` is the file for the headers that it would
//! send, `GATEWAY` the push gateway; the last line, span and counter are called `the_last_one`.

use std::convert::Infallible;
use std::fs::OpenOptions;
use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::{env, fmt, thread};

use futures::executor::block_on;
use http::{HeaderMap, Request, Response};
use opentelemetry::trace::{
    Link, Span, SpanContext, Status, TraceContextExt, TraceFlags, TraceState, Tracer, TracerProvider,
};
use opentelemetry::{Array, Context, InstrumentationScope, KeyValue, StringValue, Value, global};
use taximeter::http::{ClientLayer, ServerLayer};
use taximeter::{Config, Secret, Workflow, llm_cost, metrics, observe, workflow};
use taximeter_tests::canaries::{self, Canary};
use tower::{ServiceBuilder, ServiceExt};
use tracing::{error, info, info_span};

fn main() {
    // What the program itself prints of a panic is not ours to redact.
    panic::set_hook(Box::new(|info| eprintln!("panic at {:?}", info.location())));
    let telemetry = Config::from_env("canaries").max_queue_size(32_768).log_rate_limit(0).init();
    for canary in canaries::all() {
        of_opentelemetry(&canary);
        of_tracing(&canary);
        of_the_log_crate(&canary);
        of_attributes(&canary);
        of_workflows(&canary);
        of_a_model(&canary.text, &canary.at("prompt"), &canary.at("completion"));
        of_a_database(&canary);
        of_requests(&canary);
        of_metrics(&canary);
    }
    the_last_one();
    telemetry.flush();
    if let Ok(gateway) = env::var("GATEWAY") {
        telemetry.push_gateway(&gateway).expect("a gateway that takes it");
    }
    eprintln!("flushed");
    loop {
        thread::park();
    }
}

fn the_last_one() {
    metrics::counter("the_last_one", "Stands on a page that has all of it.").register().expect("a name").inc();
    let _span = info_span!("the_last_one").entered();
    info!("the_last_one");
}

/// Every text that the API of OpenTelemetry takes.
fn of_opentelemetry(canary: &Canary) {
    let at = |place: &str| canary.at(place);
    let attributes = |place: &str| {
        let list = Value::Array(Array::String(vec![StringValue::from(at(&format!("{place}_list")))]));
        let key = KeyValue::new(at(&format!("{place}_key")), 1);
        [KeyValue::new("note", at(&format!("{place}_value"))), key, KeyValue::new("list", list)].to_vec()
    };
    let scope = InstrumentationScope::builder(at("scope")).with_version(at("version"));
    let tracer = global::tracer_provider().tracer_with_scope(scope.with_attributes(attributes("scope")).build());
    let links = vec![Link::new(other_span(), attributes("link"), 0)];
    let mut span = tracer.span_builder(at("name")).with_links(links).start(&tracer);
    span.set_attributes(attributes("span"));
    span.add_event(at("event"), attributes("event"));
    span.set_status(Status::error(at("status")));
    let _inside = Context::current_with_span(span).attach();
    info!("{}", at("inside"));
}

/// One that a link can name; a link to nothing is not kept.
fn other_span() -> SpanContext {
    SpanContext::new(1_u128.into(), 1_u64.into(), TraceFlags::SAMPLED, false, TraceState::default())
}

fn of_tracing(canary: &Canary) {
    let at = |place: &str| canary.at(place);
    let text = canary.text.as_str();
    let _inside =
        info_span!("work", note = at("field"), shown = %at("display"), written = ?at("debug"), password = 7).entered();
    info!(
        note = at("line_field"), shown = %at("line_display"), written = ?at("line_debug"), wrapped = ?Some(at("some")),
        token = text, "{}", at("message")
    );
    error!(error = &Refused(at("error")) as &dyn std::error::Error, "refused");
    info!(secret = ?Secret::new(text), plain = %Secret::new(text));
}

/// Only here a target can be made while the program runs.
fn of_the_log_crate(canary: &Canary) {
    log::info!(target: &canary.at("target"), "{}", canary.at("record"));
}

fn of_attributes(canary: &Canary) {
    let _ = refuse(&canary.at("captured"), &canary.at("refused"));
    let _ = panic::catch_unwind(AssertUnwindSafe(|| fall(&canary.at("panic"))));
}

#[observe(capture(text, ret), fields(shown = %text, hidden = Secret::new(text)))]
fn refuse(text: &str, error: &str) -> Result<(), Refused> {
    Err(Refused(error.to_owned()))
}

#[observe]
fn fall(text: &str) {
    panic!("fell over {text}");
}

/// An id with a secret in it is none, so the mark is the id of another run.
fn of_workflows(canary: &Canary) {
    let _ = run(&canary.mark("id"), &canary.mark("correlation"), canary);
    if let Some(secret) = canary.word() {
        let _ = run(secret, secret, canary);
    }
}

#[workflow(
    name = "canary.run",
    id = id,
    correlation_id = correlation,
    data(noted = canary.at("data"), shown = %canary.at("data_shown")),
    baggage(noted = canary.at("baggage"))
)]
fn run(id: &str, correlation: &str, canary: &Canary) -> Result<(), Refused> {
    let run = Workflow::current().expect("inside of a run");
    run.checkpoint(canary.at("checkpoint"));
    run.set_data("later", canary.at("data_later"));
    block_on(ask("http://shop.example/"));
    Err(Refused(canary.at("run_refused")))
}

#[observe(db(system = "sqlite", operation = "SELECT", table = "users", statement = statement))]
fn query(statement: &str) {}

fn of_a_database(canary: &Canary) {
    let text = canary.text.as_str();
    query(&format!("SELECT name FROM {} WHERE note = '{text}' -- {text}", canary.mark("statement")));
    query(&canary.at("broken_statement"));
}

/// Paths, queries and headers, as a server gets them and as a client sends them.
fn of_requests(canary: &Canary) {
    let mut headers = HeaderMap::new();
    for name in ["user-agent", "x-note", "authorization", "cookie", "tracestate"] {
        headers.insert(name, canary.at("header").parse().expect("a header"));
    }
    headers.insert("user-agent", canary.at("agent").parse().expect("a header"));
    let carried = http_escape(&canary.at("carried"));
    headers.insert("baggage", format!("noted={carried}").parse().expect("a header"));
    headers.insert("x-correlation-id", canary.mark("caller").parse().expect("a header"));
    let path = format!("/{}", canary.mark("path"));
    serve(&path, &headers);
    block_on(ask(&format!("http://shop.example{path}")));
    if let Some(secret) = canary.word() {
        headers.insert("x-correlation-id", secret.parse().expect("a header"));
        headers.insert("host", secret.parse().expect("a header"));
        let address = format!("{path}/{secret}?note={secret}&token={secret}");
        serve(&address, &headers);
        block_on(ask(&format!("http://shop.example{address}")));
        block_on(ask(&format!("http://ann:{}@shop.example{path}", canary.needle)));
        block_on(ask(&format!("http://{secret}{path}")));
    }
}

fn http_escape(text: &str) -> String {
    taximeter_tests::http::escape(text)
}

fn serve(address: &str, headers: &HeaderMap) {
    let mut request = Request::new(());
    *request.uri_mut() = address.parse().unwrap_or_default();
    *request.headers_mut() = headers.clone();
    let service = ServiceBuilder::new().layer(ServerLayer::new()).service_fn(|_: Request<()>| async {
        ask("http://behind.example/").await;
        Ok::<_, Infallible>(Response::new(()))
    });
    let _ = block_on(service.oneshot(request));
}

/// Asks nobody; what the layer has added to the headers is a line of the file `HEADERS`.
async fn ask(address: &str) {
    let Ok(request) = Request::builder().uri(address).body(()) else { return };
    let service = ServiceBuilder::new().layer(ClientLayer::new()).service_fn(|request: Request<()>| async move {
        note_headers(request.headers());
        Response::builder().status(500).body(())
    });
    let _ = service.oneshot(request).await;
}

fn note_headers(headers: &HeaderMap) {
    let Some(file) = env::var_os("HEADERS") else { return };
    let mut file = OpenOptions::new().create(true).append(true).open(file).expect("a file");
    writeln!(file, "{headers:?}").expect("a disk");
}

/// Labels of the program's own metrics, by each way to make them. The mark has no number: labels are few.
fn of_metrics(canary: &Canary) {
    use std::sync::LazyLock;

    use taximeter::prometheus::{IntCounterVec, Opts};

    static OWN: LazyLock<metrics::Counter<1>> =
        LazyLock::new(|| metrics::counter("own", "Ours.").labels(["note"]).register().expect("a name"));
    static PLAIN: LazyLock<IntCounterVec> = LazyLock::new(|| {
        let counter = IntCounterVec::new(Opts::new("plain_total", "Theirs."), &["note"]).expect("a name");
        metrics::registry().register(Box::new(counter.clone())).expect("a free name");
        counter
    });
    OWN.with([&format!("at_own {}", canary.text)]).inc();
    PLAIN.with_label_values(&[&format!("at_plain {}", canary.text)]).inc();
    let instrument = global::meter("canaries").u64_counter("instrument").build();
    instrument.add(1, &[KeyValue::new("note", format!("at_instrument {}", canary.text))]);
}

/// What a provider says becomes labels.
#[llm_cost(model = model, provider = "openai", capture(prompt, completion))]
fn of_a_model(model: &str, prompt: &str, completion: &str) -> serde_json::Value {
    serde_json::json!({
        "id": model, "object": "chat.completion", "model": model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": completion}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    })
}

#[derive(Debug)]
struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "refused: {}", self.0)
    }
}

impl std::error::Error for Refused {}
