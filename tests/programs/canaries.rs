//! A program that puts secrets wherever a text can stand, and then serves until it is ended.

use std::panic::{self, AssertUnwindSafe};
use std::{fmt, thread};

use opentelemetry::trace::{Link, Span, SpanContext, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Array, Context, InstrumentationScope, KeyValue, StringValue, Value, global};
use taximeter::{Config, Secret, llm_cost, observe};
use taximeter_tests::canaries;
use tracing::{error, info, info_span};

fn main() {
    // What the program itself prints of a panic is not ours to redact.
    panic::set_hook(Box::new(|_| ()));
    let telemetry = Config::from_env("canaries").max_queue_size(8192).init();
    for canary in canaries::all() {
        of_opentelemetry(&canary.text);
        of_tracing(&canary.text);
        of_attributes(&canary.text);
        of_a_model(&canary.text);
    }
    telemetry.flush();
    eprintln!("flushed");
    loop {
        thread::park();
    }
}

/// Every text that the API of OpenTelemetry takes.
fn of_opentelemetry(text: &str) {
    let attributes = || {
        let list = Value::Array(Array::String(vec![StringValue::from(text.to_owned())]));
        [KeyValue::new("note", text.to_owned()), KeyValue::new(text.to_owned(), 1), KeyValue::new("list", list)]
            .to_vec()
    };
    let scope =
        InstrumentationScope::builder(text.to_owned()).with_version(text.to_owned()).with_attributes(attributes());
    let tracer = global::tracer_provider().tracer_with_scope(scope.build());
    let links = vec![Link::new(SpanContext::empty_context(), attributes(), 0)];
    let mut span = tracer.span_builder(text.to_owned()).with_links(links).start(&tracer);
    span.set_attributes(attributes());
    span.add_event(text.to_owned(), attributes());
    span.set_status(Status::error(text.to_owned()));
    let _inside = Context::current_with_span(span).attach();
    info!("inside of {text}");
}

fn of_tracing(text: &str) {
    let _inside = info_span!("work", note = text, shown = %text, written = ?text, password = 7).entered();
    info!(note = text, shown = %text, written = ?text, wrapped = ?Some(text), token = text, "said {text}");
    error!(error = &Refused(text.to_owned()) as &dyn std::error::Error, "refused");
    info!(secret = ?Secret::new(text), plain = %Secret::new(text));
}

fn of_attributes(text: &str) {
    let _ = refuse(text);
    let _ = panic::catch_unwind(AssertUnwindSafe(|| fall(text)));
}

#[observe(capture(text, ret), fields(shown = %text, hidden = Secret::new(text)))]
fn refuse(text: &str) -> Result<(), Refused> {
    Err(Refused(text.to_owned()))
}

#[observe]
fn fall(text: &str) {
    panic!("fell over {text}");
}

/// What a provider says becomes labels.
#[llm_cost(model = model, provider = "openai")]
fn of_a_model(model: &str) -> serde_json::Value {
    serde_json::json!({
        "id": model, "object": "chat.completion", "model": model, "choices": [],
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
