//! The disk that a path is on, as the configuration names it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use rustix::fs::statvfs;
use taximeter_runtime::metrics::names::{self, Metric};
use taximeter_runtime::redact;

use super::{describe, family};
use crate::problem::{CONFIGURATION, Key, Problem, Problems};

const ALL: [&Metric; 3] = [&names::DISK_SIZE, &names::DISK_USED, &names::DISK_AVAILABLE];

/// A path whose disk is watched. A mount that hangs holds its own collector, see [`super`].
pub(super) struct Disk {
    path: PathBuf,
    label: String,
    descriptions: Vec<Desc>,
    problems: Problems,
    /// That it cannot be read at this moment.
    problem: Mutex<Option<Key>>,
}

impl Disk {
    pub(super) fn new(path: &Path, problems: &Problems) -> Disk {
        let label = redact::text(&path.display().to_string()).into_owned();
        let descriptions = describe(&ALL, &[("path", &label)]);
        Disk { path: path.to_owned(), label, descriptions, problems: problems.clone(), problem: Mutex::default() }
    }

    /// Says once that it cannot be read, and forgets it when it can.
    fn note(&self, error: Option<std::io::Error>) {
        let mut known = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        match (error, known.take()) {
            (Some(error), None) => {
                let message = format!("the disk of `{}` cannot be read: {error}", self.label);
                *known = Some(self.problems.begin(Problem::new(CONFIGURATION, message)));
            }
            (Some(_), lasting) => *known = lasting,
            (None, over) => over.into_iter().for_each(|key| self.problems.end(key)),
        }
    }
}

impl Collector for Disk {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let disk = match statvfs(&self.path) {
            Ok(disk) => disk,
            Err(error) => {
                self.note(Some(error.into()));
                return Vec::new();
            }
        };
        self.note(None);
        let bytes = |blocks: u64| blocks as f64 * disk.f_frsize as f64;
        let numbers = [
            (&names::DISK_SIZE, bytes(disk.f_blocks)),
            (&names::DISK_USED, bytes(disk.f_blocks.saturating_sub(disk.f_bfree))),
            (&names::DISK_AVAILABLE, bytes(disk.f_bavail)),
        ];
        numbers.into_iter().map(|(metric, number)| family(metric, [(self.label.clone(), number)])).collect()
    }
}
