//! Is the service well, and where does the time go?

use super::panel::{Panel, Show, Unit};
use super::{Dashboard, Row};

pub(super) fn dashboard() -> Dashboard {
    Dashboard {
        name: "service",
        title: "Service",
        description: "Traffic, errors, duration and saturation of one service, and the functions where they come from.",
        rows: vec![
            Row { title: "Is it well?", panels: well() },
            Row { title: "What do its users feel?", panels: entries() },
            Row { title: "Where does it come from?", panels: functions() },
            Row { title: "Is it full?", panels: saturation() },
            Row { title: "Can these numbers be trusted?", panels: telemetry() },
        ],
    }
}

fn well() -> Vec<Panel> {
    vec![
        Panel::new(
            "Instances",
            Show::Number,
            Unit::Count,
            "Processes that answered the last scrape. Zero: it is down.",
        )
        .ask("up", "sum(up{job=\"$job\"})"),
        Panel::new(
            "Calls",
            Show::Number,
            Unit::PerSecond,
            "Calls of its workflows and routes; of all functions when it has neither. Zero: nobody calls.",
        )
        .ask("calls", "sum(job_entry:calls:rate5m{job=\"$job\"})"),
        Panel::new(
            "Error ratio",
            Show::Number,
            Unit::Share,
            "Failed calls among those that were not cancelled, over five minutes. No number: no calls.",
        )
        .limits(0.005, 0.01)
        .ask(
            "failed",
            "sum(job_entry:failures:rate5m{job=\"$job\"}) / (sum(job_entry:calls:rate5m{job=\"$job\"}) > 0)",
        ),
        Panel::new(
            "p95",
            Show::Number,
            Unit::Seconds,
            "The slowest entry: 95 of 100 of its calls are faster. No number: no calls.",
        )
        .limits(5.0, 10.0)
        .ask("p95", "max(job_entry:duration_seconds:p95_5m{job=\"$job\"} >= 0)"),
    ]
}

fn entries() -> Vec<Panel> {
    vec![
        Panel::new("Traffic", Show::Lines, Unit::PerSecond, "Calls of each entry, without those that were cancelled. A flat zero is an idle service, a gap is missing data.")
            .ask("{{entry}}", "job_entry:calls:rate5m{job=\"$job\"}"),
        Panel::new("Error ratio", Show::Lines, Unit::Share, "Failed calls of each entry. Zero without errors, a gap without calls.")
            .limits(0.005, 0.01)
            .ask("{{entry}}", "job_entry:failure_ratio:rate5m{job=\"$job\"}"),
        Panel::new("Duration", Show::Lines, Unit::Seconds, "Half, 95 and 99 of 100 calls of all functions are faster. A gap: no calls.")
            .ask("p50", quantile("0.5"))
            .ask("p95", quantile("0.95"))
            .ask("p99", quantile("0.99")),
        Panel::new("Durations", Show::HeatMap, Unit::Seconds, "How many calls took how long. A dot is one call with a trace, which opens in Jaeger when the collector kept it: failed ones, slow ones (10 s), and one of ten others.")
            .ask("{{le}}", "sum by (le) (increase(operation_duration_seconds_bucket{job=\"$job\"}[$__rate_interval]))"),
        Panel::new("Error budget burnt", Show::Lines, Unit::Count, "How many times faster than 99.9 % allows the errors come, over an hour and over six. 1 is exactly the budget, 14.4 wakes somebody.")
            .limits(6.0, 14.4)
            .ask("1 h {{entry}}", "job_entry:failure_ratio:rate1h{job=\"$job\"} / 0.001")
            .ask("6 h {{entry}}", "job_entry:failure_ratio:rate6h{job=\"$job\"} / 0.001"),
        Panel::new("Outcomes", Show::Stacked, Unit::PerSecond, "Calls of all functions by how they ended. Cancelled: the caller hung up.")
            .ask("{{status}}", "sum by (status) (rate(operation_duration_seconds_count{job=\"$job\"}[$__rate_interval]))"),
    ]
}

fn quantile(share: &str) -> String {
    format!(
        "histogram_quantile({share}, sum by (le) (rate(operation_duration_seconds_bucket{{job=\"$job\"}}[$__rate_interval])))"
    )
}

fn functions() -> Vec<Panel> {
    vec![
        Panel::new("Slowest functions", Show::Bars, Unit::Seconds, "The p95 of the ten slowest, over the shown range. Functions that were not called have none.")
            .ask("{{operation}}", "topk(10, histogram_quantile(0.95, sum by (operation, le) (increase(operation_duration_seconds_bucket{job=\"$job\"}[$__range]))) >= 0)"),
        Panel::new("Most time", Show::Bars, Unit::Seconds, "Where the time goes: seconds spent inside, for each second that passes. A function counts the ones it calls.")
            .ask("{{operation}}", "topk(10, sum by (operation) (rate(operation_duration_seconds_sum{job=\"$job\"}[$__range])))"),
        Panel::new("Most expensive features", Show::Bars, Unit::Dollars, "What the requests of each workflow and feature cost in the shown range. Zero: no model was asked, or its price is unknown.")
            .ask("{{workflow}} / {{feature}}", "topk(10, sum by (workflow, feature) (increase(llm_cost_usd_total{job=\"$job\"}[$__range])))"),
        Panel::new("Errors by type", Show::Bars, Unit::Count, "How often which error came out of which function, in the shown range. Empty: there was none since the processes began.")
            .ask("{{operation}}: {{error_type}}", "topk(10, sum by (operation, error_type) (increase(operation_errors_total{job=\"$job\"}[$__range])))"),
        Panel::new("Panics", Show::Number, Unit::Count, "Calls that panicked in the shown range. Anything but zero is a fault in the program.")
            .limits(0.5, 0.5)
            .ask("panics", "sum(increase(operation_duration_seconds_count{job=\"$job\", status=\"panic\"}[$__range]))"),
        Panel::new("Cancelled", Show::Number, Unit::Count, "Calls whose future was dropped half-way, in the shown range.")
            .ask("cancelled", "sum(increase(operation_duration_seconds_count{job=\"$job\", status=\"cancelled\"}[$__range]))"),
    ]
}

fn saturation() -> Vec<Panel> {
    vec![
        Panel::new(
            "In flight",
            Show::Lines,
            Unit::Count,
            "Calls that run at this moment. A line that only rises is a pile-up.",
        )
        .ask("{{operation}}", "job_operation:in_flight:sum{job=\"$job\"}"),
        Panel::new(
            "Workflows going on",
            Show::Lines,
            Unit::Count,
            "Runs that have begun and not ended. Zero between runs.",
        )
        .ask("{{workflow}}", "sum by (workflow) (workflows_active{job=\"$job\"})"),
        Panel::new("CPU cores", Show::Lines, Unit::Count, "Cores that each process keeps busy.")
            .width(8)
            .ask("{{instance}}", "rate(process_cpu_seconds_total{job=\"$job\"}[$__rate_interval])"),
        Panel::new("Memory", Show::Lines, Unit::Bytes, "Resident memory of each process.")
            .width(8)
            .ask("{{instance}}", "process_resident_memory_bytes{job=\"$job\"}"),
        Panel::new(
            "Open files",
            Show::Lines,
            Unit::Share,
            "Files and connections that are open, of those that may be. At 80 % there is a ticket.",
        )
        .width(8)
        .limits(0.6, 0.8)
        .ask("{{instance}}", "process_open_fds{job=\"$job\"} / process_max_fds{job=\"$job\"}"),
    ]
}

fn telemetry() -> Vec<Panel> {
    vec![
        Panel::new(
            "Lost telemetry",
            Show::Lines,
            Unit::Count,
            "Spans and log lines lost in the last five minutes, by reason. Numbers are never lost. Zero is right.",
        )
        .width(8)
        .limits(0.5, 0.5)
        .ask("{{signal}} {{reason}}", "sum by (signal, reason) (increase(taximeter_dropped_total{job=\"$job\"}[5m]))"),
        Panel::new(
            "Faults survived",
            Show::Lines,
            Unit::Count,
            "Faults that taximeter met in the last five minutes and survived. Zero is right.",
        )
        .width(8)
        .limits(0.5, 0.5)
        .ask("{{kind}}", "sum by (kind) (increase(taximeter_internal_errors_total{job=\"$job\"}[5m]))"),
        Panel::new(
            "Scrape",
            Show::Lines,
            Unit::Seconds,
            "How long Prometheus takes to read the page of each process. Above 8 s it gives up.",
        )
        .width(8)
        .limits(1.0, 4.0)
        .ask("{{instance}}", "scrape_duration_seconds{job=\"$job\"}"),
    ]
}
