//! Shows every family of the table to a Prometheus registry.

use std::collections::BTreeMap;

use prometheus::core::{Collector, Desc};
use prometheus::proto::{self, MetricFamily, MetricType};

use crate::llm;
use crate::metrics::cell::{BOUNDS_NS, Durations};
use crate::metrics::names::{self, Kind, Label, Metric};
use crate::metrics::{self, family};
use crate::outcome::Outcome;
use crate::render;
use crate::site::{Role, SITES, Site};

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
        vec![
            page(&names::OPERATION_DURATION, operations.durations()),
            page(&names::OPERATION_ERRORS, operations.errors()),
            page(&names::OPERATIONS_IN_FLIGHT, operations.in_flight()),
            page(&names::WORKFLOW_DURATION, workflows.durations()),
            page(&names::WORKFLOWS_ACTIVE, workflows.active()),
            dynamic(&metrics::LLM_REQUESTS),
            dynamic(&metrics::LLM_REQUEST_DURATION),
            dynamic(&metrics::LLM_TOKENS),
            dynamic(&metrics::LLM_TOKEN_DETAILS),
            dynamic(&metrics::LLM_COST),
            dynamic(&metrics::LLM_UNPRICED),
            dynamic(&metrics::DROPPED),
            dynamic(&metrics::INTERNAL_ERRORS),
            page(&names::TAXIMETER_BUILD_INFO, info(&names::TAXIMETER_BUILD_INFO, &[env!("CARGO_PKG_VERSION")])),
            page(&names::BUILD_INFO, service()),
        ]
    }
}

/// Functions by operation and module. Two functions may share both, for example two `new` in one file; they share a
/// series then.
struct Operations(BTreeMap<(&'static str, &'static str), Vec<&'static Site>>);

impl Operations {
    fn read() -> Operations {
        let mut operations: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for site in SITES {
            operations.entry((site.operation, site.module)).or_default().push(site);
        }
        Operations(operations)
    }

    fn durations(&self) -> Vec<proto::Metric> {
        let mut samples = Vec::new();
        for ((operation, module), sites) in &self.0 {
            for outcome in possible(sites) {
                let labels = [operation, module, outcome.label()];
                samples.push(durations(&names::OPERATION_DURATION, &labels, sites, outcome));
            }
        }
        samples
    }

    fn errors(&self) -> Vec<proto::Metric> {
        let mut samples = Vec::new();
        for ((operation, module), sites) in &self.0 {
            for (error_type, count) in errors(sites) {
                let mut sample = metrics::sample(&names::OPERATION_ERRORS, &[*operation, *module, &error_type]);
                metrics::write_counter(&mut sample, count as f64);
                samples.push(sample);
            }
        }
        samples
    }

    fn in_flight(&self) -> Vec<proto::Metric> {
        let sample = |((operation, module), sites): (&(&str, &str), &Vec<&Site>)| {
            running(&names::OPERATIONS_IN_FLIGHT, &[*operation, *module], sites)
        };
        self.0.iter().map(sample).collect()
    }
}

/// Workflow functions by name. Their calls are the runs.
struct Workflows(BTreeMap<&'static str, Vec<&'static Site>>);

impl Workflows {
    fn read() -> Workflows {
        let mut workflows: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for site in SITES.iter().filter(|site| matches!(site.role, Role::Workflow)) {
            workflows.entry(site.operation).or_default().push(site);
        }
        Workflows(workflows)
    }

    fn durations(&self) -> Vec<proto::Metric> {
        let mut samples = Vec::new();
        for (name, sites) in &self.0 {
            for outcome in possible(sites) {
                let labels = [name, outcome.label()];
                samples.push(durations(&names::WORKFLOW_DURATION, &labels, sites, outcome));
            }
        }
        samples
    }

    fn active(&self) -> Vec<proto::Metric> {
        self.0.iter().map(|(name, sites)| running(&names::WORKFLOWS_ACTIVE, &[*name], sites)).collect()
    }
}

/// The outcomes that calls of these functions can have. Only what is asynchronous can be cancelled.
fn possible(sites: &[&'static Site]) -> impl Iterator<Item = Outcome> {
    let is_asynchronous = sites.iter().any(|site| site.asynchronous);
    Outcome::ALL.into_iter().filter(move |outcome| is_asynchronous || *outcome != Outcome::Cancelled)
}

fn durations(metric: &Metric, labels: &[&str], sites: &[&'static Site], outcome: Outcome) -> proto::Metric {
    let mut total = Durations::default();
    for site in sites {
        total.add(&site.cells.durations(outcome));
    }
    let mut sample = metrics::sample(metric, labels);
    let bounds = BOUNDS_NS.map(|bound| bound as f64 / 1e9);
    metrics::write_histogram(&mut sample, &bounds, &total.buckets, total.sum_ns as f64 / 1e9);
    sample
}

/// Errors by the short name of their type. `panic` is always there, so that the first one is seen as an increase.
fn errors(sites: &[&'static Site]) -> BTreeMap<String, u64> {
    let mut errors = BTreeMap::from([(render::PANIC.to_owned(), 0)]);
    for (type_name, count) in sites.iter().flat_map(|site| site.cells.errors()) {
        *errors.entry(render::short_type_name(type_name)).or_default() += count;
    }
    errors
}

fn running(metric: &Metric, labels: &[&str], sites: &[&Site]) -> proto::Metric {
    let mut sample = metrics::sample(metric, labels);
    metrics::write_gauge(&mut sample, sites.iter().map(|site| site.cells.in_flight()).sum::<u64>() as f64);
    sample
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

fn page(metric: &Metric, samples: Vec<proto::Metric>) -> MetricFamily {
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
