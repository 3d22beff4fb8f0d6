//! Shows every family of the table to a Prometheus registry.

use std::collections::BTreeMap;
use std::time::SystemTime;

use prometheus::core::{Collector, Desc};
use prometheus::proto::{self, MetricFamily, MetricType};

use crate::Usd;
use crate::linked;
use crate::llm::spec::LlmSpec;
use crate::llm::{self, budget};
use crate::metrics::cell::{Cells, Durations};
use crate::metrics::names::{self, Kind, Label, Metric};
use crate::metrics::{self, family};
use crate::outcome::Outcome;
use crate::render;
use crate::site::{Role, Site};
use crate::workflow::builder::{BUILT, built_name};

/// The collector of everything that the attributes count.
pub(super) struct Families {
    descriptions: Vec<Desc>,
}

impl Families {
    pub(super) fn new() -> prometheus::Result<Families> {
        let label = |label: &Label| label.name.to_owned();
        let describe = |metric: &&Metric| {
            let labels = metric.labels.iter().map(label).collect();
            Desc::new(metric.name.to_owned(), metric.help.to_owned(), labels, Default::default())
        };
        Ok(Families { descriptions: names::ALL.iter().map(describe).collect::<prometheus::Result<_>>()? })
    }
}

impl Collector for Families {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        llm::record::show_zeros();
        metrics::show_zero_faults();
        let operations = Operations::read();
        let workflows = Workflows::read();
        let now = SystemTime::now();
        vec![
            page(&names::OPERATION_DURATION, operations.durations()),
            page(&names::OPERATION_ERRORS, operations.errors()),
            page(&names::OPERATIONS_IN_FLIGHT, operations.in_flight()),
            page(&names::WORKFLOW_DURATION, workflows.durations()),
            page(&names::WORKFLOWS_ACTIVE, workflows.active()),
            dynamic(&metrics::http::SERVER_DURATION),
            dynamic(&metrics::http::SERVER_ACTIVE),
            dynamic(&metrics::http::CLIENT_DURATION),
            dynamic(&metrics::LLM_REQUESTS),
            dynamic(&metrics::LLM_REQUEST_DURATION),
            dynamic(&metrics::LLM_TIME_TO_FIRST_TOKEN),
            dynamic(&metrics::LLM_TOKENS),
            dynamic(&metrics::LLM_TOKEN_DETAILS),
            dynamic(&metrics::LLM_COST),
            dynamic(&metrics::LLM_UNPRICED),
            page(&names::LLM_BUDGET, budgets(&names::LLM_BUDGET, |account| account.limit())),
            page(&names::LLM_BUDGET_SPENT, budgets(&names::LLM_BUDGET_SPENT, |account| account.spent(now))),
            dynamic(&metrics::GEN_AI_OPERATION_DURATION),
            dynamic(&metrics::GEN_AI_TOKEN_USAGE),
            dynamic(&metrics::DROPPED),
            dynamic(&metrics::REDACTIONS),
            dynamic(&metrics::INTERNAL_ERRORS),
            page(&names::TAXIMETER_BUILD_INFO, info(&names::TAXIMETER_BUILD_INFO, &[env!("CARGO_PKG_VERSION")])),
            page(&names::BUILD_INFO, service()),
        ]
    }
}

/// The label `module` of a run that a builder opened: no function is annotated.
const NO_MODULE: &str = "none";

/// Every annotated function, and the site of the runs that a builder opens.
fn sites() -> impl Iterator<Item = &'static Site> {
    linked::sites().chain([&BUILT])
}

/// The cells that make one series.
type Group = Vec<(&'static Site, &'static Cells)>;

/// Functions by operation, module and labels of their own. Two functions may share all of it, for example two `new` in
/// one file; they share a series then.
struct Operations(BTreeMap<Operation, Group>);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Operation {
    name: &'static str,
    module: &'static str,
    own_labels: Vec<(&'static str, &'static str)>,
}

impl Operations {
    fn read() -> Operations {
        let mut operations: BTreeMap<_, Group> = BTreeMap::new();
        for site in sites() {
            for (values, cells) in site.all_cells() {
                let operation = Operation::of(site, values);
                operations.entry(operation).or_default().push((site, cells));
            }
        }
        Operations(operations)
    }

    fn durations(&self) -> Vec<proto::Metric> {
        let mut samples = Vec::new();
        for (operation, group) in &self.0 {
            for outcome in possible(group) {
                let sample = operation.sample(&names::OPERATION_DURATION, Some(outcome.label()));
                samples.push(durations(sample, group, outcome));
            }
        }
        samples
    }

    fn errors(&self) -> Vec<proto::Metric> {
        let mut samples = Vec::new();
        for (operation, group) in &self.0 {
            for (error_type, count) in errors(group) {
                let mut sample = operation.sample(&names::OPERATION_ERRORS, Some(&error_type));
                metrics::write_counter(&mut sample, count as f64);
                samples.push(sample);
            }
        }
        samples
    }

    fn in_flight(&self) -> Vec<proto::Metric> {
        let sample = |operation: &Operation| operation.sample(&names::OPERATIONS_IN_FLIGHT, None);
        self.0.iter().map(|(operation, group)| running(sample(operation), group)).collect()
    }
}

impl Operation {
    fn of(site: &'static Site, values: &'static [&'static str]) -> Operation {
        match built_name(site, values) {
            Some(name) => Operation { name, module: NO_MODULE, own_labels: Vec::new() },
            None => {
                let own_labels = site.said.labels.iter().copied().zip(values.iter().copied()).collect();
                Operation { name: site.operation(), module: site.module, own_labels }
            }
        }
    }

    /// An empty sample of this operation. `last` is the value of the metric's third label.
    fn sample(&self, metric: &Metric, last: Option<&str>) -> proto::Metric {
        let values: Vec<&str> = [self.name, self.module].into_iter().chain(last).collect();
        let mut sample = metrics::sample(metric, &values);
        let mut labels = sample.take_label();
        labels.extend(self.own_labels.iter().map(|(name, value)| metrics::label_pair(name, value)));
        sample.set_label(labels);
        sample
    }
}

/// Workflow functions by name. Their calls are the runs.
struct Workflows(BTreeMap<&'static str, Group>);

impl Workflows {
    fn read() -> Workflows {
        let mut workflows: BTreeMap<&'static str, Group> = BTreeMap::new();
        for site in sites().filter(|site| matches!(site.said.role, Role::Workflow)) {
            for (values, cells) in site.all_cells() {
                let name = built_name(site, values).unwrap_or(site.operation());
                workflows.entry(name).or_default().push((site, cells));
            }
        }
        Workflows(workflows)
    }

    fn durations(&self) -> Vec<proto::Metric> {
        let mut samples = Vec::new();
        for (name, group) in &self.0 {
            for outcome in possible(group) {
                let sample = metrics::sample(&names::WORKFLOW_DURATION, &[name, outcome.label()]);
                samples.push(durations(sample, group, outcome));
            }
        }
        samples
    }

    fn active(&self) -> Vec<proto::Metric> {
        let sample = |name: &str| metrics::sample(&names::WORKFLOWS_ACTIVE, &[name]);
        self.0.iter().map(|(name, group)| running(sample(name), group)).collect()
    }
}

/// The outcomes that calls of these functions can have. Only what is asynchronous can be cancelled.
fn possible(group: &Group) -> impl Iterator<Item = Outcome> {
    let is_asynchronous = group.iter().any(|(site, _)| site.asynchronous);
    Outcome::ALL.into_iter().filter(move |outcome| is_asynchronous || *outcome != Outcome::Cancelled)
}

fn durations(mut sample: proto::Metric, group: &Group, outcome: Outcome) -> proto::Metric {
    let bounds_ns = group.first().map_or(&[][..], |(site, _)| site.bounds_ns());
    let mut total = Durations::new(bounds_ns);
    for (site, cells) in group {
        total.add(&cells.durations(outcome, site.bounds_ns()));
    }
    let bounds: Vec<f64> = bounds_ns.iter().map(|bound| *bound as f64 / 1e9).collect();
    metrics::write_histogram(&mut sample, &bounds, &total.buckets, total.sum_ns as f64 / 1e9);
    sample
}

/// Errors by their label. `panic` is always there, so that the first one is seen as an increase.
fn errors(group: &Group) -> BTreeMap<String, u64> {
    let mut errors = BTreeMap::from([(render::PANIC.to_owned(), 0)]);
    for (name, count) in group.iter().flat_map(|(_, cells)| cells.errors()) {
        *errors.entry(name.label()).or_default() += count;
    }
    errors
}

fn running(mut sample: proto::Metric, group: &Group) -> proto::Metric {
    metrics::write_gauge(&mut sample, group.iter().map(|(_, cells)| cells.in_flight()).sum::<u64>() as f64);
    sample
}

/// Every budget, those of functions that were not called yet too.
fn budgets(metric: &Metric, amount: impl Fn(&budget::Account) -> Usd) -> Vec<proto::Metric> {
    for site in linked::sites() {
        if let Role::Llm(LlmSpec { budget: Some(budget), .. }) = site.said.role {
            budget::Account::of(budget);
        }
    }
    let sample = |account: &'static budget::Account| {
        let mut sample = metrics::sample(metric, &[account.name()]);
        metrics::write_gauge(&mut sample, amount(account).to_f64());
        sample
    };
    budget::known().into_iter().map(sample).collect()
}

fn service() -> Vec<proto::Metric> {
    let build = metrics::BUILD.get();
    build.map_or_else(Vec::new, |build| info(&names::BUILD_INFO, &[&build.service_name, &build.version]))
}

fn info(metric: &Metric, labels: &[&str]) -> Vec<proto::Metric> {
    let mut sample = metrics::sample(metric, labels);
    metrics::write_gauge(&mut sample, 1.0);
    vec![sample]
}

fn dynamic<C: family::Cell>(family: &family::Family<C>) -> MetricFamily {
    page(family.metric, family.collect())
}

pub(super) fn page(metric: &Metric, samples: Vec<proto::Metric>) -> MetricFamily {
    let mut family = MetricFamily::default();
    family.set_name(metric.name.to_owned());
    family.set_help(metric.help.to_owned());
    family.set_field_type(match metric.kind {
        Kind::Counter => MetricType::COUNTER,
        Kind::Gauge => MetricType::GAUGE,
        Kind::Histogram => MetricType::HISTOGRAM,
    });
    family.set_metric(samples);
    family
}
