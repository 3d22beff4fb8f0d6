//! Metrics as a receiver saw them, written as a page of Prometheus, so that they can be held against the one that is scraped.

use std::fmt::Write;

use crate::Page;

/// The last push in the detailed debug log of rotel, if it is there to its end, with how many there were.
pub fn last_push(log: &str) -> (usize, Option<Page>) {
    let pushes: Vec<&str> = log.split("ResourceMetrics #0\n").skip(1).collect();
    // The one before the last is there to its end.
    let whole = pushes.len().checked_sub(2).map(|place| pushes[place]);
    (pushes.len(), whole.map(|push| Page::parse(&page(push))))
}

/// Whether every sum and histogram of the log counts from a moment on, and says that it adds up from there.
pub fn are_cumulative(log: &str) -> bool {
    let metrics: Vec<&str> = log.split("\nMetric #").skip(1).collect();
    !metrics.is_empty()
        && metrics.iter().filter(|metric| !metric.contains("DataType: Gauge")).all(|metric| {
            metric.contains("AGGREGATION_TEMPORALITY_CUMULATIVE") && !metric.contains("StartTimestamp: 0\n")
        })
}

fn page(push: &str) -> String {
    let mut text = String::new();
    for metric in push.split("\nMetric #").skip(1) {
        write_metric(&mut text, metric);
    }
    text
}

fn write_metric(text: &mut String, metric: &str) {
    let said = |what: &str| metric.lines().find_map(|line| line.trim().strip_prefix(what)).unwrap_or_default().trim();
    let (name, help) = (said("-> Name:"), said("-> Description:"));
    let kind = match said("-> DataType:") {
        "Sum" => "counter",
        "Gauge" => "gauge",
        "Histogram" => "histogram",
        other => panic!("`{name}` is a {other}"),
    };
    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    // The first part is about the metric.
    for point in metric.split("DataPoints #").skip(1) {
        write_point(text, name, kind == "histogram", point);
    }
}

fn write_point(text: &mut String, name: &str, is_histogram: bool, point: &str) {
    let entries = point.lines().filter_map(|line| line.trim().strip_prefix("-> "));
    let label = |entry: &str| {
        let (key, value) = entry.split_once(": Str(")?;
        Some(format!("{key}=\"{}\"", value.strip_suffix(')')?.replace('\\', "\\\\").replace('"', "\\\"")))
    };
    let labels: Vec<String> = entries.filter_map(label).collect();
    let said = |what: &str| point.lines().find_map(|line| line.trim().strip_prefix(what)).map(str::trim);
    if !is_histogram {
        let _ = writeln!(text, "{name}{{{}}} {}", labels.join(","), said("Value:").expect("a value"));
        return;
    }
    let each = |what: &'static str| point.lines().filter_map(move |line| line.trim().strip_prefix(what));
    let bounds = each("ExplicitBounds #").filter_map(|line| Some(line.split_once(": ")?.1)).chain(["+Inf"]);
    let counts = each("Buckets #").filter_map(|line| line.split_once("Count: ")?.1.trim().parse::<u64>().ok());
    let mut total = 0;
    for (bound, count) in bounds.zip(counts) {
        total += count;
        let labels: Vec<_> = labels.iter().cloned().chain([format!("le=\"{bound}\"")]).collect();
        let _ = writeln!(text, "{name}_bucket{{{}}} {total}", labels.join(","));
    }
    for what in ["Sum", "Count"] {
        let value = said(&format!("{what}:")).expect("a number");
        let _ = writeln!(text, "{name}_{}{{{}}} {value}", what.to_lowercase(), labels.join(","));
    }
}
