//! The `tracing` span of a call: its fields, and how an outcome is written into it.
//!
//! Names are those of the OpenTelemetry semantic conventions; the `otel.*` fields are read by `tracing-opentelemetry`
//! and become the kind and the status of the exported span.

use tracing::Span;
use tracing::field::Value;

use crate::context;
use crate::field::FieldValue;
use crate::guard::user_code;
use crate::llm::record::Receipt;
use crate::opening::Opening;
use crate::outcome::Outcome;
use crate::site::{LlmSpec, Role, Site};
use crate::thread;
use crate::workflow::Workflow;

/// The operation of the GenAI conventions that an LLM call has unless it says otherwise.
const CHAT: &str = "chat";
/// What stands for a model that neither the attribute nor the answer names.
pub(crate) const UNKNOWN: &str = "unknown";

/// The fields of a span of `#[observe]` and `#[workflow]`.
pub(crate) const PLAIN_FIELDS: &[&str] = &[
    "code.function.name",
    "otel.kind",
    "otel.status_code",
    "otel.status_description",
    "error.type",
    "workflow.name",
    "workflow.id",
    "workflow.correlation_id",
];

/// The fields of a span of `#[llm_cost]`: the plain ones, then those of the GenAI conventions (v1.41).
pub(crate) const LLM_FIELDS: &[&str] = &[
    "code.function.name",
    "otel.kind",
    "otel.status_code",
    "otel.status_description",
    "error.type",
    "workflow.name",
    "workflow.id",
    "workflow.correlation_id",
    "otel.name",
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.request.model",
    "gen_ai.response.model",
    "gen_ai.response.id",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.cost",
];

/// Opens the span of a plain call, in the workflow that is current.
pub(crate) fn open_plain(site: &'static Site, opening: Option<&Opening>) -> Span {
    // Asked first: without a subscriber nobody needs to know the workflow.
    if !site.wants_span() {
        return Span::none();
    }
    open(site, Workflow::innermost().as_ref(), None, opening)
}

/// Opens the span of a call, or a disabled one when no subscriber wants it.
///
/// `model` is the requested model of an LLM call.
pub(crate) fn open(
    site: &'static Site,
    workflow: Option<&Workflow>,
    model: Option<&str>,
    opening: Option<&Opening>,
) -> Span {
    if !site.wants_span() || !context::is_usable() {
        return Span::none();
    }
    let path = site.path();
    let name = workflow.map(Workflow::name);
    let id = workflow.map(Workflow::id);
    let correlation_id = workflow.map(Workflow::correlation_id);
    let plain: [Option<&dyn Value>; PLAIN_FIELDS.len()] = [
        Some(&path.as_str()),
        as_value(&site.kind),
        None,
        None,
        None,
        as_value(&name),
        as_value(&id),
        as_value(&correlation_id),
    ];
    let span = match site.role {
        Role::Llm(spec) => open_llm(site, plain, spec, model.unwrap_or(UNKNOWN), opening),
        Role::Observe | Role::Workflow => open_with(site, &plain, opening),
    };
    if let Some(workflow) = workflow {
        if !matches!(site.role, Role::Workflow) {
            workflow.count_step();
        }
        workflow.write_data_to(&span);
    }
    span
}

fn open_llm(
    site: &'static Site,
    plain: [Option<&dyn Value>; PLAIN_FIELDS.len()],
    spec: LlmSpec,
    model: &str,
    opening: Option<&Opening>,
) -> Span {
    let name = format!("{CHAT} {model}");
    let known: [(&str, &dyn Value); 5] = [
        ("otel.kind", &"client"),
        ("otel.name", &name),
        ("gen_ai.operation.name", &CHAT),
        ("gen_ai.provider.name", &spec.provider),
        ("gen_ai.request.model", &model),
    ];
    let values: [Option<&dyn Value>; LLM_FIELDS.len()] = std::array::from_fn(|position| {
        let field = LLM_FIELDS.get(position)?;
        let known = known.iter().find(|(name, _)| name == field).map(|(_, value)| *value);
        known.or_else(|| plain.get(position).copied().flatten())
    });
    open_with(site, &values, opening)
}

/// Opens a span with the values of the fields that every span has, and with what the attribute asks for.
fn open_with(site: &'static Site, values: &[Option<&dyn Value>], opening: Option<&Opening>) -> Span {
    let metadata = site.tracing_metadata();
    let Some(opening) = opening else {
        let mut all = Vec::new();
        let values = metadata.fields().value_set_all(padded(site, values, &mut all));
        return thread::open_span(|| Span::new(metadata, &values));
    };
    let own = opening.fields.values().iter().map(|value| value.as_ref().map(FieldValue::as_value));
    let all: Vec<Option<&dyn Value>> = values.iter().copied().chain(own).collect();
    let values = metadata.fields().value_set_all(&all);
    let span = thread::open_span(|| match &opening.parent {
        None => Span::new(metadata, &values),
        // A registry panics when the parent is closed already.
        Some(parent) => user_code(|| Span::child_of(parent.clone(), metadata, &values)).unwrap_or_else(Span::none),
    });
    for id in &opening.follows_from {
        span.follows_from(id.clone());
    }
    span
}

/// The values with an empty place for each of the user's own fields. Without any they stay where they are.
fn padded<'a, 'v>(
    site: &Site,
    values: &'a [Option<&'v dyn Value>],
    all: &'a mut Vec<Option<&'v dyn Value>>,
) -> &'a [Option<&'v dyn Value>] {
    if site.fields.is_empty() {
        return values;
    }
    all.extend_from_slice(values);
    all.resize(values.len() + site.fields.len(), None);
    all
}

fn as_value<'a>(text: &'a Option<&'a str>) -> Option<&'a dyn Value> {
    text.as_ref().map(|text| text as &dyn Value)
}

/// Writes the outcome of a call into its span. A cancelled call leaves the status unset, as the conventions ask.
pub(crate) fn record_outcome(span: &Span, outcome: Outcome, error: Option<(&str, &str)>) {
    match (outcome, error) {
        (Outcome::Success, _) => {
            span.record("otel.status_code", "OK");
        }
        (Outcome::Error | Outcome::Panic, Some((kind, message))) => {
            span.record("otel.status_code", "ERROR");
            span.record("otel.status_description", message);
            span.record("error.type", kind);
        }
        _ => {}
    }
}

/// Writes what a language model's answer said, and what it costs, into the span of the call.
pub(crate) fn record_receipt(span: &Span, receipt: &Receipt) {
    span.record("gen_ai.response.model", receipt.response_model.as_deref());
    span.record("gen_ai.response.id", receipt.response_id.as_deref());
    if let Some(usage) = &receipt.usage {
        span.record("gen_ai.usage.input_tokens", usage.input_tokens);
        span.record("gen_ai.usage.output_tokens", usage.output_tokens);
        let details = [
            ("gen_ai.usage.cache_read.input_tokens", usage.cache_read_tokens),
            ("gen_ai.usage.cache_creation.input_tokens", usage.cache_write_tokens),
            ("gen_ai.usage.reasoning.output_tokens", usage.reasoning_tokens),
        ];
        for (name, tokens) in details {
            if tokens > 0 {
                span.record(name, tokens);
            }
        }
    }
    if let Some(cost) = receipt.cost {
        span.record("gen_ai.usage.cost", cost.to_f64());
    }
}
