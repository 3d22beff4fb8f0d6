//! Every metric and every label, once.
//!
//! Whatever writes, encodes or documents a metric takes its name from here.

use crate::llm::{Unpriced, budget};
use crate::outcome::Outcome;

/// A family of metrics: its name as Prometheus sees it, what it means, and its labels.
#[derive(Debug)]
#[non_exhaustive]
pub struct Metric {
    /// The name, with the unit and `_total` where Prometheus' naming rules want them.
    pub name: &'static str,
    /// Counter, gauge or histogram.
    pub kind: Kind,
    /// One sentence for the `# HELP` line.
    pub help: &'static str,
    /// The labels, in the order in which values are given.
    pub labels: &'static [Label],
}

/// What kind of number a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Cumulative buckets, a sum and a count.
    Histogram,
}

/// A label and whether its values come from a list in this code.
#[derive(Debug)]
#[non_exhaustive]
pub struct Label {
    /// The name of the label.
    pub name: &'static str,
    /// A free label takes values from the program or its providers. Beyond the series limit they become `other`.
    pub is_free: bool,
    /// Every value that it can have, where that is known when the program is built; empty otherwise.
    pub values: &'static [&'static str],
}

const fn free(name: &'static str) -> Label {
    Label { name, is_free: true, values: &[] }
}

const fn fixed(name: &'static str) -> Label {
    closed(name, &[])
}

const fn closed(name: &'static str, values: &'static [&'static str]) -> Label {
    Label { name, is_free: false, values }
}

const STATUS: Label = closed("status", &Outcome::LABELS);
const WINDOW: Label = closed("window", &budget::WINDOWS);

/// What the GenAI conventions tell every request by.
const OPERATION: Label = fixed("gen_ai_operation_name");
const PROVIDER: Label = free("gen_ai_provider_name");
const ASKED: Label = free("gen_ai_request_model");
const ANSWERED: Label = free("gen_ai_response_model");
const MODALITY: Label = fixed("gen_ai_token_modality");

/// The values of `token_type`.
pub(crate) const TOKEN_TYPES: [&str; 2] = ["prompt", "completion"];
/// The values of `token_detail`.
pub(crate) const TOKEN_DETAILS: [&str; 5] = ["cache_read", "cache_write", "reasoning", "audio", "image"];

macro_rules! table {
    ($(#[doc = $of:literal])+ $all:ident: $($(#[doc = $help:literal])+ $ident:ident = $kind:ident $name:literal [$($label:expr),*];)+) => {
        $(
            $(#[doc = $help])+
            pub static $ident: Metric = Metric {
                name: $name,
                kind: Kind::$kind,
                // A doc comment begins with the space after its slashes.
                help: concat!($($help),+).trim_ascii(),
                labels: &[$($label),*],
            };
        )+

        $(#[doc = $of])+
        pub static $all: &[&Metric] = &[$(&$ident),+];
    };
}

table! {
    /// Every family that we count, in the order of the documentation.
    ALL:

    /// Duration of calls of annotated functions.
    OPERATION_DURATION = Histogram "operation_duration_seconds" [fixed("operation"), fixed("module"), STATUS];
    /// Calls of annotated functions that returned an error or panicked, by type of the error.
    OPERATION_ERRORS = Counter "operation_errors_total" [fixed("operation"), fixed("module"), free("error_type")];
    /// Calls of annotated functions that are running now.
    OPERATIONS_IN_FLIGHT = Gauge "operations_in_flight" [fixed("operation"), fixed("module")];
    /// Duration of workflow runs.
    WORKFLOW_DURATION = Histogram "workflow_duration_seconds" [fixed("workflow"), STATUS];
    /// Workflow runs that are going on now.
    WORKFLOWS_ACTIVE = Gauge "workflows_active" [fixed("workflow")];
    /// Duration of HTTP requests that were served, until the head of the answer.
    HTTP_SERVER_DURATION = Histogram "http_server_request_duration_seconds"
        [fixed("method"), free("route"), fixed("status_code")];
    /// HTTP requests that are being served now.
    HTTP_SERVER_ACTIVE = Gauge "http_server_active_requests" [fixed("method")];
    /// Duration of HTTP requests that were sent, until the head of the answer.
    HTTP_CLIENT_DURATION = Histogram "http_client_request_duration_seconds"
        [fixed("method"), free("server_address"), fixed("status_code")];
    /// Requests to language models.
    LLM_REQUESTS = Counter "llm_requests_total"
        [free("provider"), free("model"), STATUS, free("workflow"), free("feature")];
    /// Duration of requests to language models.
    LLM_REQUEST_DURATION = Histogram "llm_request_duration_seconds" [free("provider"), free("model"), STATUS];
    /// Time from a request to a language model to the first item of its stream.
    LLM_TIME_TO_FIRST_TOKEN = Histogram "llm_time_to_first_token_seconds" [free("provider"), free("model")];
    /// Tokens that requests to language models took; a prompt includes its cached tokens, a completion its reasoning.
    LLM_TOKENS = Counter "llm_tokens_total"
        [free("provider"), free("model"), closed("token_type", &TOKEN_TYPES), free("workflow"), free("feature")];
    /// Of the tokens in llm_tokens_total, those of a special kind; never to be added to it.
    LLM_TOKEN_DETAILS = Counter "llm_token_details_total" [free("provider"), free("model"), closed("token_detail", &TOKEN_DETAILS)];
    /// Cost of requests to language models in US dollars, where the price is known; counted in the innermost workflow alone.
    LLM_COST = Counter "llm_cost_usd_total"
        [free("provider"), free("model"), free("workflow"), free("feature"), STATUS];
    /// Requests to language models whose cost is not known, by reason.
    LLM_UNPRICED = Counter "llm_unpriced_requests_total" [free("provider"), free("model"), closed("reason", &Unpriced::LABELS)];
    /// Limit of a budget of language models in US dollars.
    LLM_BUDGET = Gauge "llm_budget_usd" [fixed("budget"), WINDOW];
    /// Spent of a budget in its window of now, in US dollars; of a budget per workflow run, the most that one run spent.
    LLM_BUDGET_SPENT = Gauge "llm_budget_spent_usd" [fixed("budget"), WINDOW];
    /// Duration of requests to language models, by the GenAI conventions; with their opt-in only of what is no inference.
    GEN_AI_OPERATION_DURATION = Histogram "gen_ai_client_operation_duration_seconds"
        [OPERATION, PROVIDER, ASKED, ANSWERED, free("error_type")];
    /// Time to the first item of a stream, by the GenAI conventions; with their opt-in only of what is no inference.
    GEN_AI_OPERATION_FIRST_CHUNK = Histogram "gen_ai_client_operation_time_to_first_chunk_seconds"
        [OPERATION, PROVIDER, ASKED, ANSWERED];
    /// Tokens of each request to a language model, by the GenAI conventions; not with their opt-in.
    GEN_AI_TOKEN_USAGE = Histogram "gen_ai_client_token_usage"
        [OPERATION, PROVIDER, ASKED, ANSWERED, fixed("gen_ai_token_type")];
    /// Duration of inferences, by the newer GenAI conventions; only with their opt-in.
    GEN_AI_INFERENCE_DURATION = Histogram "gen_ai_client_inference_duration_seconds"
        [OPERATION, PROVIDER, ASKED, ANSWERED, free("error_type")];
    /// Time to the first item of an inference's stream, by the newer GenAI conventions; only with their opt-in.
    GEN_AI_INFERENCE_FIRST_CHUNK = Histogram "gen_ai_client_inference_time_to_first_chunk_seconds"
        [OPERATION, PROVIDER, ASKED, ANSWERED];
    /// Input tokens of each inference, by the newer GenAI conventions; only with their opt-in.
    GEN_AI_INFERENCE_INPUT_TOKENS = Histogram "gen_ai_client_inference_operation_input_tokens"
        [OPERATION, PROVIDER, ASKED, ANSWERED, free("error_type")];
    /// Output tokens of each inference, by the newer GenAI conventions; only with their opt-in.
    GEN_AI_INFERENCE_OUTPUT_TOKENS = Histogram "gen_ai_client_inference_operation_output_tokens"
        [OPERATION, PROVIDER, ASKED, ANSWERED, free("error_type")];
    /// Input tokens of inferences, by the newer GenAI conventions; only with their opt-in.
    GEN_AI_USAGE_INPUT_TOKENS = Counter "gen_ai_client_inference_usage_input_tokens_total"
        [OPERATION, PROVIDER, ASKED, ANSWERED, MODALITY];
    /// Output tokens of inferences, by the newer GenAI conventions; only with their opt-in.
    GEN_AI_USAGE_OUTPUT_TOKENS = Counter "gen_ai_client_inference_usage_output_tokens_total"
        [OPERATION, PROVIDER, ASKED, ANSWERED, MODALITY];
    /// Of the input tokens of inferences, those read from a cache, by the newer GenAI conventions; only with their opt-in.
    GEN_AI_USAGE_CACHE_READ_TOKENS = Counter "gen_ai_client_inference_usage_cache_read_input_tokens_total"
        [OPERATION, PROVIDER, ASKED, ANSWERED, MODALITY];
    /// Of the input tokens of inferences, those written into a cache, by the newer GenAI conventions; only with their opt-in.
    GEN_AI_USAGE_CACHE_WRITE_TOKENS = Counter "gen_ai_client_inference_usage_cache_write_input_tokens_total"
        [OPERATION, PROVIDER, ASKED, ANSWERED, MODALITY];
    /// Of the output tokens of inferences, those of reasoning, by the newer GenAI conventions; only with their opt-in.
    GEN_AI_USAGE_REASONING_TOKENS = Counter "gen_ai_client_inference_usage_reasoning_output_tokens_total"
        [OPERATION, PROVIDER, ASKED, ANSWERED, MODALITY];
    /// Telemetry that was lost on its way out, by signal and reason.
    DROPPED = Counter "taximeter_dropped_total" [fixed("signal"), fixed("reason")];
    /// Secrets that were masked on their way out, by the rule that knew them.
    REDACTIONS = Counter "taximeter_redactions_total" [fixed("rule")];
    /// Faults that taximeter met and survived, by kind.
    INTERNAL_ERRORS = Counter "taximeter_internal_errors_total" [closed("kind", &super::fault::ALL)];
    /// Always 1; the label tells the version of taximeter.
    TAXIMETER_BUILD_INFO = Gauge "taximeter_build_info" [fixed("version")];
    /// Always 1; the labels tell the service and its version.
    BUILD_INFO = Gauge "build_info" [fixed("service_name"), fixed("version")];
}

table! {
    /// What is read from the process, its disks and its runtime when somebody asks; it is on the page of a program that has
    /// started its telemetry.
    SYSTEM:

    /// Processor time that the process took, in the program and in the system for it.
    PROCESS_CPU = Counter "process_cpu_seconds_total" [];
    /// Memory of the process that is resident.
    PROCESS_MEMORY = Gauge "process_resident_memory_bytes" [];
    /// Address space of the process.
    PROCESS_VIRTUAL_MEMORY = Gauge "process_virtual_memory_bytes" [];
    /// Files that the process has open.
    PROCESS_OPEN_FILES = Gauge "process_open_fds" [];
    /// The most files that the process may have open.
    PROCESS_MAX_FILES = Gauge "process_max_fds" [];
    /// Threads of the process.
    PROCESS_THREADS = Gauge "process_threads" [];
    /// When the process was started, in seconds since 1970.
    PROCESS_START = Gauge "process_start_time_seconds" [];
    /// Size of the disk that a path of the configuration is on.
    DISK_SIZE = Gauge "disk_size_bytes" [fixed("path")];
    /// What of the disk is used.
    DISK_USED = Gauge "disk_used_bytes" [fixed("path")];
    /// What of the disk the program may still use; less than what is not used, where some is kept for the system.
    DISK_AVAILABLE = Gauge "disk_available_bytes" [fixed("path")];
    /// Workers of the program's Tokio runtime.
    TOKIO_WORKERS = Gauge "tokio_workers" [];
    /// Time that a worker of the Tokio runtime was busy.
    TOKIO_BUSY = Counter "tokio_worker_busy_seconds_total" [fixed("worker")];
    /// How often a worker of the Tokio runtime found nothing to do and went to rest.
    TOKIO_PARKS = Counter "tokio_worker_parks_total" [fixed("worker")];
    /// Tasks of the Tokio runtime that have not ended.
    TOKIO_TASKS = Gauge "tokio_tasks" [];
    /// Tasks that wait in the queue that all workers of the Tokio runtime share.
    TOKIO_QUEUE = Gauge "tokio_global_queue_depth" [];
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_follow_the_rules_of_prometheus() {
        let mut seen = HashSet::new();
        for metric in ALL.iter().chain(SYSTEM) {
            assert!(seen.insert(metric.name), "{} stands twice", metric.name);
            assert_eq!(metric.kind == Kind::Counter, metric.name.ends_with("_total"), "{}", metric.name);
            // Tokens have no unit in a name (`{token}`, OpenTelemetry's compatibility with Prometheus), and the start of a
            // process is a moment.
            let is_time = metric.name.ends_with("_seconds") && metric.name != "process_start_time_seconds";
            let is_tokens = metric.name.starts_with("gen_ai_") && !metric.name.ends_with("_total");
            let is_histogram = is_time || is_tokens;
            assert_eq!(metric.kind == Kind::Histogram, is_histogram, "{}", metric.name);
            assert!(metric.help.ends_with('.') && !metric.help.contains('\n'), "{}", metric.help);
        }
    }
}
