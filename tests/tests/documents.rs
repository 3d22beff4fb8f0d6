//! What the documents say is what the code says.

use taximeter::metrics::names::{ALL, Kind, Metric, SYSTEM};

const PAGE: &str = "docs/metrics.md";

/// The page of the metrics, made from the one table. `TAXIMETER_BLESS=1 cargo test -p taximeter-tests --test documents`
/// writes it anew.
#[test]
fn the_page_of_the_metrics_is_the_table_in_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/metrics.md");
    let expected = page();
    if std::env::var_os("TAXIMETER_BLESS").is_some() {
        std::fs::write(path, &expected).expect("the page can be written");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(found == expected, "{PAGE} is not what the table says; make it anew with TAXIMETER_BLESS=1");
}

fn page() -> String {
    let mut page = String::from(HEAD);
    for metric in ALL {
        page.push_str(&row(metric));
    }
    page.push_str(BETWEEN);
    for metric in SYSTEM {
        page.push_str(&row(metric));
    }
    page.push_str(TAIL);
    page
}

fn row(metric: &Metric) -> String {
    let kind = match metric.kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
        other => panic!("a word for {other:?}"),
    };
    let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{}`", label.name)).collect();
    format!("| `{}` | {kind} | {} | {} |\n", metric.name, labels.join(", "), metric.help)
}

const HEAD: &str = "\
# The metrics

Made from the table in `runtime/src/metrics/names.rs` by `tests/tests/documents.rs`.

| name | type | labels | meaning |
|---|---|---|---|
";

const BETWEEN: &str = "
When the telemetry is started, there are also these: the process on Linux, the disks of `Config::disk_path` on Unix, and with
the feature `tokio-metrics` the Tokio runtime in which it was started, or that of `Config::tokio_handle`.

| name | type | labels | meaning |
|---|---|---|---|
";

const TAIL: &str = "
The values of `status` are `success`, `error`, `panic` and `cancelled`; those of `token_type` are `prompt` and
`completion`; those of `token_detail` are `cache_read`, `cache_write`, `reasoning`, `audio` and `image`. A request that
belongs to no workflow or no feature has `none` there. Durations are seconds, costs are US dollars.

`model` is the model that answered. When the answer only adds a date to the name that was asked for, as
`gpt-4o-mini-2024-07-18` does to `gpt-4o-mini`, it is the name that was asked for.

A family of requests to language models holds 2,000 series. Beyond that the labels from outside become `other`, the sums
stay exact, and one warning is logged. The errors of one function are told apart by 100 types.

A function that was not called yet is a zero. The first request inside of a workflow begins series of its own: zeros, while the model answers.

The labels of HTTP: `method` is one that the conventions know or `_OTHER`, `route` the template of the path or `none`, and
`status_code` is `none` for a request that was not answered.

Beside these there are those that the program registers itself with `taximeter::metrics::counter` and its kind or with
`taximeter::metrics::registry()`, and the instruments of OpenTelemetry. A
collector or a callback of the program that panics, or does not come back in its time, costs its own samples.

## OpenMetrics and exemplars

The page is text 0.0.4, or OpenMetrics 1.0 for whoever names `application/openmetrics-text` in `Accept`, as Prometheus does.
There each bucket of `operation_duration_seconds`, `workflow_duration_seconds` and `llm_request_duration_seconds` has the
`trace_id` and the `span_id` of the last call that fell into it and whose trace is kept: with tail sampling that of a call that
failed, was slow, or is in the share. Start Prometheus with `--enable-feature=exemplar-storage` to keep them. An exemplar holds
these ids and nothing else.

Bounds of buckets are floats there, `le=\"1.0\"`, as the text of OpenMetrics asks. A counter of the program whose name does
not end in `_total` has the type `unknown` there, so that its series is the same one in both.

## Questions

| question | query |
|---|---|
| Where is the time spent? | `rate(operation_duration_seconds_sum[5m])` |
| How slow are the slow ones? | `histogram_quantile(0.95, rate(operation_duration_seconds_bucket[5m]))` |
| What fails? | `rate(operation_errors_total[5m])` |
| What does each model cost? | `sum(llm_cost_usd_total) by (model)` |
| How many tokens a second? | `sum by (model) (rate(llm_tokens_total[1h]))` |
| What does a request cost? | `sum(llm_cost_usd_total) / sum(llm_requests_total)` |
| How busy are the workers of Tokio? | `sum(rate(tokio_worker_busy_seconds_total[5m])) / sum(tokio_workers)` |
| How full is the disk? | `1 - disk_available_bytes / disk_size_bytes` |
";
