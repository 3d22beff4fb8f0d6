//! What users of a service feel, and what goes wrong inside of it.

use super::alert::{Alert, Severity};
use super::objective::Objective;

pub(super) fn alerts(objective: &Objective) -> Vec<Alert> {
    vec![error_ratio(), latency(objective), service_down(), target_down(), silent(), pile_up(), files(), panic()]
}

/// 20 calls in five minutes: below that, one slow call is the 95th percentile.
const FLOOR: &str = "job_entry:calls:rate5m * 300 >= 20";

/// With 100 calls in five minutes more than 1 % is more than one failure. A service with fewer calls is watched by
/// `ErrorBudgetBurnsFast`, which counts over an hour.
fn error_ratio() -> Alert {
    Alert {
        name: "ErrorRatioHigh",
        severity: Severity::Page,
        expr: "job_entry:failure_ratio:rate5m > 0.01\nand job_entry:calls:rate5m * 300 >= 100".into(),
        after: "5m",
        keep: "5m",
        summary: "{{ $labels.entry }} of {{ $labels.job }} fails, with at least 100 calls in 5 minutes",
        description: "{{ $value | humanizePercentage }} of its calls fail, for more than 5 minutes; 1 % is the limit."
            .into(),
    }
}

fn latency(objective: &Objective) -> Alert {
    let limit = objective.p95_seconds;
    Alert {
        name: "LatencyHigh",
        severity: Severity::Page,
        expr: format!("job_entry:duration_seconds:p95_5m > {limit}\nand {FLOOR}"),
        after: "10m",
        keep: "5m",
        summary: "{{ $labels.entry }} of {{ $labels.job }} is slow",
        description: format!(
            "One call of 20 takes longer than {{{{ $value | humanizeDuration }}}}; the limit is {limit} s."
        ),
    }
}

/// Against the same time a week ago, which knows of nights and week-ends. A service that is younger cannot collapse.
pub(super) fn traffic() -> Alert {
    Alert {
        name: "TrafficCollapsed",
        severity: Severity::Page,
        expr: "job:calls:rate5m / (job:calls:rate5m offset 1w > 0.1) < 0.2".into(),
        after: "10m",
        keep: "10m",
        summary: "{{ $labels.job }} is hardly called any more",
        description: "It gets {{ $value | humanizePercentage }} of the calls that it got a week ago.".into(),
    }
}

/// The jobs of the stack itself. Nobody is woken for them: they serve no user.
const STACK: &str = "prometheus|alertmanager|grafana|collector|sampler|log-collector|node|jaeger|otlp";

/// With a scrape and an evaluation every 10 s this is told within a minute of the last answer.
fn service_down() -> Alert {
    Alert {
        name: "ServiceDown",
        severity: Severity::Page,
        expr: format!("sum by (job) (up{{job!~\"{STACK}\"}}) == 0"),
        after: "20s",
        keep: "2m",
        summary: "{{ $labels.job }} is down",
        description: "{{ $value }} of its instances answer.".into(),
    }
}

fn target_down() -> Alert {
    Alert {
        name: "TargetDown",
        severity: Severity::Ticket,
        expr: format!("up{{job=~\"{STACK}\"}} == 0\nor\nup == 0\nand on (job) sum by (job) (up) > 0"),
        after: "2m",
        keep: "5m",
        summary: "{{ $labels.instance }} of {{ $labels.job }} is down",
        description: "It answers {{ $value }} of the scrapes.".into(),
    }
}

/// `absent(..)` would need to know the names of all services. This one asks who was there within a day.
fn silent() -> Alert {
    Alert {
        name: "MetricSilent",
        severity: Severity::Ticket,
        expr: "count by (job) (last_over_time(taximeter_build_info[1d]))\n\
               unless on (job) operation_duration_seconds_count"
            .into(),
        after: "10m",
        keep: "5m",
        summary: "{{ $labels.job }} reports nothing any more",
        description: "{{ $value }} of its processes reported within the last day, and now none reports an operation."
            .into(),
    }
}

fn pile_up() -> Alert {
    Alert {
        name: "CallsPileUp",
        severity: Severity::Ticket,
        // Without the second half a service without a past could not fire.
        expr: "job_operation:in_flight:sum\n> 4 * clamp_min(\n  \
               avg_over_time(job_operation:in_flight:sum[1d] offset 15m) or 0 * job_operation:in_flight:sum,\n  \
               10\n)"
            .into(),
        after: "10m",
        keep: "5m",
        summary: "calls of {{ $labels.operation }} in {{ $labels.job }} pile up",
        description: "{{ $value }} calls are running at once, more than four times as many as on the day before."
            .into(),
    }
}

fn files() -> Alert {
    Alert {
        name: "FilesNearlyUsedUp",
        severity: Severity::Ticket,
        expr: "process_open_fds / process_max_fds > 0.8".into(),
        after: "10m",
        keep: "10m",
        summary: "{{ $labels.instance }} of {{ $labels.job }} soon cannot open a file or a connection",
        description: "{{ $value | humanizePercentage }} of its file descriptors are open.".into(),
    }
}

/// The series of panics are on the page from the start, as zeros: the first one is an increase.
fn panic() -> Alert {
    Alert {
        name: "PanicSeen",
        severity: Severity::Ticket,
        expr: "sum by (job, operation) (increase(operation_duration_seconds_count{status=\"panic\"}[10m])) > 0".into(),
        after: "0s",
        keep: "10m",
        summary: "{{ $labels.operation }} of {{ $labels.job }} panics",
        description: "{{ $value | humanize }} of its calls panicked within 10 minutes.".into(),
    }
}
