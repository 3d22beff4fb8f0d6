//! Money, and the providers that take it.

use super::alert::{Alert, Severity};

pub(super) fn alerts() -> Vec<Alert> {
    vec![
        cost_spike(),
        budget("LlmBudgetHalfSpent", Severity::Info, "job_budget:spent:ratio >= 0.5 < 0.8"),
        budget("LlmBudgetNearlySpent", Severity::Ticket, "job_budget:spent:ratio >= 0.8 < 1"),
        budget("LlmBudgetSpent", Severity::Ticket, "job_budget:spent:ratio >= 1"),
        overrun(),
        runaway(),
        unpriced(),
        rate_limits(),
    ]
}

/// The week before this hour is the measure, or half a dollar where there was none: a model that is new must be able
/// to fire too.
fn cost_spike() -> Alert {
    Alert {
        name: "LlmCostSpike",
        severity: Severity::Ticket,
        expr: "job_model:llm_cost_usd:increase1h\n> 3 * clamp_min(\n  \
               avg_over_time(job_model:llm_cost_usd:increase1h[1w] offset 1h) or 0 * job_model:llm_cost_usd:increase1h,\n  \
               0.5\n)"
        .into(),
        after: "10m",
        keep: "30m",
        summary: "{{ $labels.model }} costs {{ $labels.job }} much more than it did",
        description: "{{ $value | printf \"%.2f\" }} USD within an hour, more than three times the usual.".into(),
    }
}

/// One at a time: each begins where the one before ends. Not even the last of them wakes anybody: whether users are refused
/// then, or money is spent on, is up to the program; who is refused fails, and `ErrorRatioHigh` tells.
fn budget(name: &'static str, severity: Severity, expr: &str) -> Alert {
    Alert {
        name,
        severity,
        expr: expr.into(),
        after: "0s",
        keep: "15m",
        summary: "the budget {{ $labels.budget }} of {{ $labels.job }} is being spent",
        description: "{{ $value | humanizePercentage }} of it are gone.".into(),
    }
}

/// Looks to the end of the hour at the pace of ten minutes, four hours of the day ahead at the pace of one, but not beyond
/// midnight in UTC, when it begins anew, and to the end of the month at the pace of a day, of which six hours must be known.
fn overrun() -> Alert {
    let ahead = |window: &str, pace: &str, seconds: &str| {
        let spent = format!("job_budget:spent_usd:sum{{window=\"{window}\"}}");
        format!("{spent} + deriv({spent}[{pace}]) * scalar({seconds})")
    };
    let hour = ahead("hour", "10m", "vector(3600 - time() % 3600)");
    let day = ahead("day", "1h", "clamp_max(vector(86400 - time() % 86400), 14400)");
    let month = ahead("month", "1d", "(days_in_month() - day_of_month() + 1) * 86400 - time() % 86400");
    Alert {
        name: "LlmBudgetOverrunAhead",
        severity: Severity::Ticket,
        expr: format!(
            "(\n  {hour}\n  or {day}\n  or {month}\n  \
             and job_budget:spent_usd:sum offset 6h >= 0\n)\n\
             > max by (job, budget, window) (llm_budget_usd)\n\
             and job_budget:spent:ratio < 1"
        ),
        after: "15m",
        keep: "15m",
        summary: "the budget {{ $labels.budget }} of {{ $labels.job }} will not last",
        description: "At its pace {{ $value | printf \"%.2f\" }} USD will be spent \
                      {{ if eq $labels.window \"day\" }}within 4 hours{{ else }}by the end of the {{ $labels.window }}{{ end }}, \
                      which is more than it holds."
            .into(),
    }
}

/// A run that asks again and again does not end, so runs that go on count as well. What is asked outside of a workflow
/// has no run; its cost is watched by `LlmCostSpike`. A ticket, because it is a cause: what it costs is told by
/// `LlmCostSpike` and by budgets, and what users feel of it by `LatencyHigh`.
fn runaway() -> Alert {
    Alert {
        name: "LlmRunawayLoop",
        severity: Severity::Ticket,
        expr: "job_workflow:llm_requests_a_run:rate5m > 50".into(),
        after: "2m",
        keep: "5m",
        summary: "{{ $labels.workflow }} of {{ $labels.job }} asks in a loop",
        description: "{{ $value | humanize }} requests to language models a run within 5 minutes; 50 is the limit."
            .into(),
    }
}

/// A series that begins with 1 is no increase, so what was not there an hour ago counts as it is.
fn unpriced() -> Alert {
    const SERIES: &str = "llm_unpriced_requests_total{reason!~\"panic|cancelled\"}";
    Alert {
        name: "LlmUnpricedModel",
        severity: Severity::Ticket,
        expr: format!(
            "sum by (job, provider, model, reason) (\n  ({SERIES} unless {SERIES} offset 1h)\n  \
             or increase({SERIES}[1h])\n) > 0"
        ),
        after: "5m",
        keep: "30m",
        summary: "{{ $labels.job }} pays an unknown price for {{ $labels.model }} of {{ $labels.provider }}",
        description: "Requests within an hour whose cost is not known: {{ $value | humanize }} ({{ $labels.reason }})."
            .into(),
    }
}

/// A cause: users feel it as errors or as time, and those alerts wake somebody.
fn rate_limits() -> Alert {
    Alert {
        name: "RateLimitStorm",
        severity: Severity::Ticket,
        expr: format!(
            "(\n  {LIMITED}\n  / sum by (job, operation) (rate(operation_duration_seconds_count{{status!=\"cancelled\"}}[5m]))\n  \
             > 0.05\n)\nand {LIMITED} * 300 >= 5\n\
             or\n(\n  {REFUSED}\n  / sum by (job) (rate(http_client_request_duration_seconds_count[5m]))\n  > 0.05\n)\n\
             and {REFUSED} * 300 >= 5"
        ),
        after: "10m",
        keep: "10m",
        summary: "{{ with $labels.operation }}{{ . }} of {{ end }}{{ $labels.job }} is refused by rate limits",
        description: "{{ $value | humanizePercentage }} of its calls were refused with 429 or its like.".into(),
    }
}

/// By the names of errors: a variant of an enum that derives `ErrorKind` (`RateLimited`, `TooManyRequests`), the code of a
/// provider (`rate_limit_exceeded`, `ThrottlingException`, `RESOURCE_EXHAUSTED`), or what `error_type` says. A client
/// with one type for all its errors says none of that: `docs/clients.md` shows how to.
pub(crate) const LIMITED: &str = "sum by (job, operation) (rate(operation_errors_total\
    {error_type=~\"(?i).*(429|rate.?limit|too.?many.?requests|throttl|resource.?exhausted|quota|slow.?down).*\"}[5m]))";
const REFUSED: &str = "sum by (job) (rate(http_client_request_duration_seconds_count{status_code=\"429\"}[5m]))";
