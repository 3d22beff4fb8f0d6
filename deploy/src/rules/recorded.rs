//! What is computed once and kept: the numbers that alerts, dashboards and people share.
//!
//! An *entry* is what the outside sees of a service: its workflows and its HTTP routes; of a service that has neither,
//! its annotated functions. Alerts that wake somebody look at entries alone. What fails inside and is caught there is no
//! reason to wake anybody.
//!
//! A cancelled call is neither a success nor a failure: it is in none of these numbers.

use super::{Group, Rule, yaml};

/// A number that Prometheus keeps under a name of its own.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// `level:what:how`, where the level is the labels that are left.
    pub name: String,
    /// The labels that are left.
    pub labels: Vec<&'static str>,
    /// How it is computed.
    pub expr: String,
}

impl Recorded {
    fn new(name: impl Into<String>, labels: &[&'static str], expr: impl Into<String>) -> Self {
        Self { name: name.into(), labels: labels.to_vec(), expr: expr.into() }
    }

    pub(super) fn yaml(&self, out: &mut yaml::List) {
        out.item("record", &self.name);
        out.block("expr", &self.expr);
    }
}

/// The windows of the burn rates that are longer than a rate should look at.
const WINDOWS: [&str; 6] = ["30m", "1h", "2h", "6h", "1d", "3d"];

/// The long windows of the burn rates, in which failures are counted too.
const COUNTED: [&str; 4] = ["1h", "6h", "1d", "3d"];

/// The short windows are evaluated as often as the configuration says; in the long ones a minute is nothing.
pub(super) fn groups() -> Vec<Group> {
    let group = |name, interval, rules: Vec<Recorded>| Group {
        name,
        interval,
        rules: rules.into_iter().map(Rule::Recorded).collect(),
    };
    vec![
        group("recorded_entries", None, entries()),
        group("recorded_burn", None, burn(&WINDOWS[..4])),
        group("recorded_burn_long", Some("1m"), burn(&WINDOWS[4..])),
        group("recorded_inside", None, [calls_inside(), money()].concat()),
    ]
}

const ENTRY: [&str; 2] = ["job", "entry"];

/// The first lines decide what the others are about, so each of them asks for the same three things. Whether there are
/// workflows or routes is asked over the time of the rate: the functions of a process that is gone, which the rate knows
/// for five minutes more, do not become entries.
fn by_entry(labels: &str, suffix: &str, own: &str, http: &str) -> String {
    by_entry_over("rate", "5m", labels, suffix, own, http)
}

fn by_entry_over(how: &str, window: &str, labels: &str, suffix: &str, own: &str, http: &str) -> String {
    let sum = |inside: &str| format!("sum by ({labels}) (\n{inside}\n)");
    let workflows = sum(&format!(
        "  label_replace({how}(workflow_duration_seconds_{suffix}{{{own}}}[{window}]), \"entry\", \"$1\", \"workflow\", \"(.+)\")"
    ));
    let routes = sum(&format!(
        "  label_join({how}(http_server_request_duration_seconds_{suffix}{http}[{window}]), \"entry\", \" \", \"method\", \"route\")"
    ));
    let functions = sum(&format!(
        "  label_replace({how}(operation_duration_seconds_{suffix}{{{own}}}[{window}]), \"entry\", \"$1\", \"operation\", \"(.+)\")\n  \
         unless on (job) present_over_time(workflow_duration_seconds_count[{window}])\n  \
         unless on (job) present_over_time(http_server_request_duration_seconds_count[{window}])"
    ));
    [workflows, routes, functions].join("\nor\n")
}

const FAILED: &str = "status=~\"error|panic\"";
const FAILED_ROUTE: &str = "{status_code=~\"5..\"}";

fn entries() -> Vec<Recorded> {
    let calls = by_entry("job, entry", "count", "status!=\"cancelled\"", "");
    let failures = by_entry("job, entry", "count", FAILED, FAILED_ROUTE);
    let buckets = by_entry("job, entry, le", "bucket", "status!=\"cancelled\"", "");
    vec![
        Recorded::new("job_entry:calls:rate5m", &ENTRY, calls),
        Recorded::new("job_entry:failures:rate5m", &ENTRY, format!("{failures}\nor\n0 * job_entry:calls:rate5m")),
        Recorded::new(
            "job_entry:failure_ratio:rate5m",
            &ENTRY,
            "job_entry:failures:rate5m / (job_entry:calls:rate5m > 0)",
        ),
        Recorded::new("job_entry:duration_seconds:p95_5m", &ENTRY, format!("histogram_quantile(0.95,\n{buckets}\n)")),
        Recorded::new("job:calls:rate5m", &["job"], "sum by (job) (job_entry:calls:rate5m)"),
    ]
}

/// An average of rates weighs by events, and costs a fraction of a rate over days of raw series.
fn burn(windows: &[&str]) -> Vec<Recorded> {
    let of = |window: &&str| {
        let average = |what: &str| {
            let name = format!("job_entry:{what}:rate{window}");
            Recorded::new(name, &ENTRY, format!("avg_over_time(job_entry:{what}:rate5m[{window}])"))
        };
        let ratio = format!("job_entry:failures:rate{window} / (job_entry:calls:rate{window} > 0)");
        let name = format!("job_entry:failure_ratio:rate{window}");
        let mut rules = vec![average("calls"), average("failures"), Recorded::new(name, &ENTRY, ratio)];
        rules.extend(COUNTED.contains(window).then(|| failures_within(window)));
        rules
    };
    windows.iter().flat_map(of).collect()
}

/// How many calls failed. An average is one of the time that is known, of a service that is a minute old a minute, so it
/// counts nothing. Over an hour, which wakes somebody, the counters themselves are asked; over more, every fifth minute's
/// rate, which is what happened in those five minutes. What is not known adds nothing.
fn failures_within(window: &str) -> Recorded {
    let count = match window {
        "1h" => by_entry_over("increase", window, "job, entry", "count", FAILED, FAILED_ROUTE),
        _ => format!("sum_over_time(job_entry:failures:rate5m[{window}:5m]) * 300"),
    };
    Recorded::new(format!("job_entry:failures:count{window}"), &ENTRY, count)
}

fn calls_inside() -> Vec<Recorded> {
    vec![Recorded::new(
        "job_operation:in_flight:sum",
        &["job", "operation"],
        "sum by (job, operation) (operations_in_flight)",
    )]
}

fn money() -> Vec<Recorded> {
    let budget = ["job", "budget", "window"];
    vec![
        Recorded::new(
            "job_model:llm_cost_usd:increase1h",
            &["job", "model"],
            "sum by (job, model) (increase(llm_cost_usd_total[1h]))",
        ),
        Recorded::new(
            "job_workflow:llm_requests_a_run:rate5m",
            &["job", "workflow"],
            "sum by (job, workflow) (increase(llm_requests_total{workflow!=\"none\"}[5m]))\n/\n\
             clamp_min(\n  \
             sum by (job, workflow) (increase(workflow_duration_seconds_count[5m]))\n  \
             + sum by (job, workflow) (workflows_active),\n  1\n)",
        ),
        // Every process keeps a budget of its own; what the owner of the money means is their sum. A run is in one process,
        // and is watched there: what its gauge shows is the most that one run has spent, which does not go back.
        Recorded::new(
            "job_budget:spent_usd:sum",
            &budget,
            "sum by (job, budget, window) (llm_budget_spent_usd{window!=\"run\"})",
        ),
        Recorded::new(
            "job_budget:spent:ratio",
            &budget,
            "job_budget:spent_usd:sum / max by (job, budget, window) (llm_budget_usd)",
        ),
    ]
}
