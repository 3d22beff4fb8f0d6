//! Which cells make which series, with the labels ready.
//!
//! Made anew only when a function has got new values of its own labels; otherwise a scrape finds everything here.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::linked;
use crate::metrics::cell::{Cells, Durations};
use crate::metrics::names::{Label, Metric, OPERATIONS_IN_FLIGHT, WORKFLOWS_ACTIVE};
use crate::metrics::page::push_label;
use crate::outcome::Outcome;
use crate::render;
use crate::site::{self, Role, Site};
use crate::workflow::builder::{BUILT, built_name};

/// The series of all annotated functions.
pub(super) struct Index {
    version: usize,
    /// By operation, module and labels of their own.
    pub(super) operations: Vec<Series>,
    /// Workflow functions by name. Their calls are the runs.
    pub(super) workflows: Vec<Series>,
}

/// Functions that are counted as one, for example two `new` in one file.
pub(super) struct Series {
    /// `operation="ask",module="bot"`.
    head: Box<str>,
    /// The functions' own labels, each behind a comma.
    tail: Box<str>,
    cells: Box<[(&'static Site, &'static Cells)]>,
}

/// The index of now.
pub(super) fn current() -> Arc<Index> {
    static INDEX: Mutex<Option<Arc<Index>>> = Mutex::new(None);
    let mut index = INDEX.lock().unwrap_or_else(PoisonError::into_inner);
    // Asked before the sites are read: what comes in between is seen next time.
    let version = site::variants() + sites().count();
    match &*index {
        Some(known) if known.version == version => Arc::clone(known),
        _ => Arc::clone(index.insert(Arc::new(Index::read(version)))),
    }
}

type Group = Vec<(&'static Site, &'static Cells)>;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Operation {
    name: &'static str,
    module: &'static str,
    own_labels: Vec<(&'static str, &'static str)>,
}

/// Every annotated function, and the site of the runs that a builder opens.
fn sites() -> impl Iterator<Item = &'static Site> {
    linked::sites().chain([&BUILT])
}

/// The label `module` of a run that a builder opened: no function is annotated.
const NO_MODULE: &str = "none";

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
}

impl Index {
    fn read(version: usize) -> Index {
        let mut operations: BTreeMap<Operation, Group> = BTreeMap::new();
        let mut workflows: BTreeMap<&'static str, Group> = BTreeMap::new();
        for site in sites() {
            for (values, cells) in site.all_cells() {
                let operation = Operation::of(site, values);
                let name = operation.name;
                operations.entry(operation).or_default().push((site, cells));
                if matches!(site.said.role, Role::Workflow) {
                    workflows.entry(name).or_default().push((site, cells));
                }
            }
        }
        Index {
            version,
            operations: operations.into_iter().map(Series::of_operation).collect(),
            workflows: workflows.into_iter().map(Series::of_workflow).collect(),
        }
    }
}

impl Series {
    fn of_operation((operation, group): (Operation, Group)) -> Series {
        let mut tail = String::new();
        for (name, value) in operation.own_labels {
            push_label(&mut tail, name, value);
        }
        if !tail.is_empty() {
            tail.insert(0, ',');
        }
        Series::new(&OPERATIONS_IN_FLIGHT, &[operation.name, operation.module], tail, group)
    }

    fn of_workflow((name, group): (&'static str, Group)) -> Series {
        Series::new(&WORKFLOWS_ACTIVE, &[name], String::new(), group)
    }

    /// The series whose functions are told apart by the labels of this gauge.
    fn new(gauge: &Metric, values: &[&str], tail: String, group: Group) -> Series {
        let mut head = String::new();
        write_labels(&mut head, gauge.labels, values);
        Series { head: head.into(), tail: tail.into(), cells: group.into() }
    }

    /// Writes the labels, with those that a metric has beside the name of the function.
    pub(super) fn write_labels(&self, text: &mut String, more: &[Label], values: &[&str]) {
        text.clear();
        text.push_str(&self.head);
        write_labels(text, more, values);
        text.push_str(&self.tail);
    }

    /// The outcomes that calls of these functions can have. Only what is asynchronous can be cancelled: by its spelling, or
    /// because it has returned its work.
    pub(super) fn outcomes(&self) -> impl Iterator<Item = Outcome> + use<> {
        let mut cells = self.cells.iter();
        let ends_late = cells.any(|(site, cells)| site.asynchronous || cells.expects(Outcome::Cancelled));
        Outcome::ALL.into_iter().filter(move |outcome| ends_late || *outcome != Outcome::Cancelled)
    }

    /// The durations of the calls with this outcome.
    pub(super) fn read_durations(&self, outcome: Outcome, total: &mut Durations) {
        total.clear(self.cells.first().map_or(&[], |(site, _)| site.bounds_ns()));
        for (_, cells) in &self.cells {
            cells.add_durations(outcome, total);
        }
    }

    /// The traces of the calls with this outcome.
    pub(super) fn read_exemplars(&self, outcome: Outcome, total: &mut Durations) {
        for (_, cells) in &self.cells {
            cells.add_exemplars(outcome, total);
        }
    }

    /// Errors by their label. `panic` is always there, so that the first one is seen as an increase.
    pub(super) fn errors(&self) -> BTreeMap<String, u64> {
        let mut errors = BTreeMap::from([(render::PANIC.to_owned(), 0)]);
        for (name, count) in self.cells.iter().flat_map(|(_, cells)| cells.errors()) {
            *errors.entry(name.label()).or_default() += count;
        }
        errors
    }

    /// The calls that are running.
    pub(super) fn in_flight(&self) -> u64 {
        self.cells.iter().map(|(_, cells)| cells.in_flight()).sum()
    }
}

fn write_labels(text: &mut String, labels: &[Label], values: &[&str]) {
    labels.iter().zip(values).for_each(|(label, value)| push_label(text, label.name, value));
}
