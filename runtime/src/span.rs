//! The `tracing` span of a call: its fields, and how an outcome is written into it.
//!
//! Names are those of the OpenTelemetry semantic conventions; the `otel.*` fields are read by `tracing-opentelemetry`
//! and become the kind and the status of the exported span.

use tracing::Span;
use tracing::field::Value;

use crate::context;
use crate::field::FieldValue;
use crate::guard::user_code;
use crate::llm::convention;
use crate::llm::record::Receipt;
use crate::llm::spec::LlmSpec;
use crate::llm::{CostSource, Usage};
use crate::opening::Opening;
use crate::outcome::Outcome;
use crate::site::{Role, Site};
use crate::switch;
use crate::thread;
use crate::workflow::{Workflow, attributes};

/// What stands for a model that neither the attribute nor the answer names.
pub(crate) const UNKNOWN: &str = "unknown";

/// The fields that every span has, then those of its kind.
macro_rules! fields {
    ($($own:expr),* $(,)?) => {
        &[
            "code.function.name",
            "otel.kind",
            "otel.status_code",
            "otel.status_description",
            "error.type",
            attributes::NAME,
            attributes::ID,
            attributes::CORRELATION_ID,
            $($own),*
        ]
    };
}

/// The fields of a span of `#[observe]`.
pub(crate) const PLAIN_FIELDS: &[&str] = fields![];

/// The fields of a span of `#[workflow]`: the plain ones, then the run that it is nested in, and what it has cost when it
/// ends.
pub(crate) const WORKFLOW_FIELDS: &[&str] = fields![attributes::CAUSATION_ID, WORKFLOW_COST];

/// What the language models that were called in a run have cost, in dollars.
pub(crate) const WORKFLOW_COST: &str = "workflow.cost_usd";

/// The fields of a span of `#[llm_cost]`: the plain ones, then those of the GenAI conventions of both
/// generations, then what the conventions have no name for.
pub(crate) const LLM_FIELDS: &[&str] = fields![
    "otel.name",
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.request.model",
    "gen_ai.request.stream",
    "gen_ai.response.model",
    "gen_ai.response.id",
    "gen_ai.response.finish_reasons",
    "gen_ai.response.time_to_first_chunk",
    "openai.response.service_tier",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.cost",
    "taximeter.cost.source",
    "taximeter.usage.lower_bound",
    "taximeter.usage.repeated",
    "taximeter.output_tokens_per_second",
];

/// Opens the span of a plain call, in the workflow that is current.
pub(crate) fn open_plain(site: &'static Site, opening: Option<&Opening>) -> Span {
    // Asked first: without a subscriber nobody needs to know the workflow.
    if !is_wanted(site, opening) {
        return Span::none();
    }
    open(site, Workflow::innermost().as_ref(), None, opening)
}

/// Whether a subscriber wants the span, and somebody will keep it. A parent that the attribute names decides for itself.
#[inline]
pub(crate) fn is_wanted(site: &'static Site, opening: Option<&Opening>) -> bool {
    let has_own_parent = opening.is_some_and(|opening| opening.parent.is_some());
    (has_own_parent || !switch::is_unsampled()) && !switch::is_off() && site.wants_span()
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
    if !is_wanted(site, opening) || !context::is_usable() {
        return Span::none();
    }
    let path = site.path();
    let name = workflow.map(Workflow::name);
    let id = workflow.map(Workflow::id);
    let correlation_id = workflow.map(Workflow::correlation_id);
    let plain: [Option<&dyn Value>; PLAIN_FIELDS.len()] = [
        Some(&path.as_str()),
        as_value(&site.said.kind),
        None,
        None,
        None,
        as_value(&name),
        as_value(&id),
        as_value(&correlation_id),
    ];
    let span = match site.said.role {
        Role::Llm(spec) => open_llm(site, plain, spec, model.unwrap_or(UNKNOWN), opening),
        Role::Observe => open_with(site, &plain, opening),
        Role::Workflow => {
            let causation_id = workflow.and_then(Workflow::causation_id);
            let own = [as_value(&causation_id), None];
            let mut values = plain.iter().chain(&own).copied();
            let values: [Option<&dyn Value>; WORKFLOW_FIELDS.len()] = std::array::from_fn(|_| values.next().flatten());
            open_with(site, &values, opening)
        }
    };
    if let Some(workflow) = workflow {
        if !matches!(site.said.role, Role::Workflow) {
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
    let name = format!("{} {model}", spec.operation);
    let provider = convention::provider(spec.provider);
    let known: [(&str, &dyn Value); 5] = [
        ("otel.kind", &"client"),
        ("otel.name", &name),
        ("gen_ai.operation.name", &spec.operation),
        ("gen_ai.provider.name", &provider),
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
    if site.said.fields.is_empty() {
        return values;
    }
    all.extend_from_slice(values);
    all.resize(values.len() + site.said.fields.len(), None);
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
    // A span of `tracing` has no lists.
    let reasons = (!receipt.finish_reasons.is_empty()).then(|| receipt.finish_reasons.join(","));
    span.record("gen_ai.response.finish_reasons", reasons.as_deref());
    span.record("openai.response.service_tier", receipt.openai_tier.as_deref());
    if let Some(usage) = &receipt.usage {
        record_usage(span, usage);
    }
    if let Some(cost) = receipt.cost {
        span.record("gen_ai.usage.cost", cost.to_f64());
        span.record("taximeter.cost.source", receipt.source.map(CostSource::label));
    }
    // What is not so is left out.
    span.record("taximeter.usage.lower_bound", receipt.is_lower_bound.then_some(true));
    span.record("taximeter.usage.repeated", receipt.is_repeated.then_some(true));
    if let Some(first) = receipt.time_to_first {
        span.record("gen_ai.request.stream", true);
        span.record("gen_ai.response.time_to_first_chunk", first.as_secs_f64());
        span.record("taximeter.output_tokens_per_second", receipt.output_tokens_per_second);
    }
}

fn record_usage(span: &Span, usage: &Usage) {
    span.record("gen_ai.usage.input_tokens", usage.input_tokens);
    span.record("gen_ai.usage.output_tokens", usage.output_tokens);
    let details = [
        ("gen_ai.usage.cache_read.input_tokens", usage.cache_read_tokens),
        (convention::cache_write(), usage.cache_write_tokens),
        ("gen_ai.usage.reasoning.output_tokens", usage.reasoning_tokens),
    ];
    for (name, tokens) in details {
        if tokens > 0 {
            span.record(name, tokens);
        }
    }
}
