//! What the page says of the process, its disks and its runtime: read when somebody asks.
//!
//! Each part is a collector in the shared registry, so one that hangs, as a disk behind a network does, costs its own samples.

#[cfg(unix)]
mod disk;
#[cfg(target_os = "linux")]
mod process;
#[cfg(feature = "tokio-metrics")]
mod runtime;

use std::collections::HashMap;

use prometheus::core::{Collector, Desc};
use prometheus::proto::{Counter, Gauge, LabelPair, Metric as Sample, MetricFamily};
use taximeter_runtime::metrics;
use taximeter_runtime::metrics::names::{Kind, Metric};

use crate::config::Config;
use crate::problem::Problems;

/// Adds everything to the registry, with `build_info` and `taximeter_build_info`. A second time changes nothing.
pub(crate) fn register(config: &Config, problems: &Problems) {
    metrics::set_build_info(&config.service_name, &config.service_version);
    #[cfg(target_os = "linux")]
    add(process::Process::new());
    #[cfg(unix)]
    config.disk_paths.iter().for_each(|path| add(disk::Disk::new(path, problems)));
    #[cfg(not(unix))]
    no_disks(config, problems);
    #[cfg(feature = "tokio-metrics")]
    config.tokio_runtime().into_iter().for_each(|handle| add(runtime::Runtime::new(handle)));
    let _ = problems;
}

#[cfg(not(unix))]
fn no_disks(config: &Config, problems: &Problems) {
    use crate::problem::{CONFIGURATION, Problem};

    if !config.disk_paths.is_empty() {
        problems.add(Problem::new(CONFIGURATION, "`disk_path` is read on Unix alone; the disk is not shown"));
    }
}

/// An error means that the program has registered its own already.
fn add(collector: impl Collector + 'static) {
    let _ = metrics::registry().register(Box::new(collector));
}

/// What a collector says of its metrics before it is asked. Labels that never change tell it from another one.
fn describe(all: &[&Metric], constant: &[(&str, &str)]) -> Vec<Desc> {
    let constant: HashMap<String, String> =
        constant.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let describe = |metric: &&Metric| {
        let labels = metric.labels.iter().map(|label| label.name.to_owned());
        let labels = labels.filter(|name| !constant.contains_key(name)).collect();
        Desc::new(metric.name.to_owned(), metric.help.to_owned(), labels, constant.clone()).ok()
    };
    all.iter().filter_map(describe).collect()
}

/// A family with one series for each value of its label, or with one alone when it has none.
fn family(metric: &Metric, values: impl IntoIterator<Item = (String, f64)>) -> MetricFamily {
    let mut family = MetricFamily::default();
    family.set_name(metric.name.to_owned());
    family.set_help(metric.help.to_owned());
    family.set_field_type(metric.kind.into());
    family.set_metric(values.into_iter().map(|(label, value)| sample(metric, label, value)).collect());
    family
}

/// A family without labels.
fn single(metric: &Metric, value: f64) -> MetricFamily {
    family(metric, [(String::new(), value)])
}

fn sample(metric: &Metric, label: String, value: f64) -> Sample {
    let mut pair = LabelPair::default();
    let pairs = metric.labels.first().map(|of| {
        pair.set_name(of.name.to_owned());
        pair.set_value(label);
        pair
    });
    let mut sample = Sample::from_label(pairs.into_iter().collect());
    if metric.kind == Kind::Counter {
        let mut counter = Counter::default();
        counter.set_value(value);
        sample.set_counter(counter);
    } else {
        let mut gauge = Gauge::default();
        gauge.set_value(value);
        sample.set_gauge(gauge);
    }
    sample
}
