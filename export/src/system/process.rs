//! The process: processor time, memory, open files, threads, start. From `/proc`, as the conventions of Prometheus name it.
//!
//! The collector of the `prometheus` crate counts whole seconds of processor time, which says nothing of a program that
//! rests for the most part.

use procfs::process::{LimitValue, Process as Entry, Stat};
use procfs::{boot_time_secs, page_size, ticks_per_second};
use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use rustix::time::{ClockId, clock_gettime};
use taximeter_runtime::metrics::names::{self, Metric};

use super::{describe, single};

const ALL: [&Metric; 7] = [
    &names::PROCESS_CPU,
    &names::PROCESS_MEMORY,
    &names::PROCESS_VIRTUAL_MEMORY,
    &names::PROCESS_OPEN_FILES,
    &names::PROCESS_MAX_FILES,
    &names::PROCESS_THREADS,
    &names::PROCESS_START,
];

/// The process that asks.
pub(super) struct Process {
    descriptions: Vec<Desc>,
}

impl Process {
    pub(super) fn new() -> Process {
        Process { descriptions: describe(&ALL, &[]) }
    }
}

impl Collector for Process {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    /// What cannot be read is left out.
    fn collect(&self) -> Vec<MetricFamily> {
        let mut all = vec![single(&names::PROCESS_CPU, cpu_seconds())];
        let Ok(process) = Entry::myself() else { return all };
        if let Ok(stat) = process.stat() {
            all.extend(of_stat(&stat));
        }
        if let Ok(files) = process.fd_count() {
            all.push(single(&names::PROCESS_OPEN_FILES, files as f64));
        }
        if let Some(LimitValue::Value(files)) = process.limits().ok().map(|limits| limits.max_open_files.soft_limit) {
            all.push(single(&names::PROCESS_MAX_FILES, files as f64));
        }
        all
    }
}

/// Of all threads, to the nanosecond, in the program and in the system for it.
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn of_stat(stat: &Stat) -> impl Iterator<Item = MetricFamily> + use<> {
    let start = boot_time_secs().ok().map(|boot| boot as f64 + stat.starttime as f64 / ticks_per_second() as f64);
    let numbers = [
        (&names::PROCESS_MEMORY, Some((stat.rss * page_size()) as f64)),
        (&names::PROCESS_VIRTUAL_MEMORY, Some(stat.vsize as f64)),
        (&names::PROCESS_THREADS, Some(stat.num_threads as f64)),
        (&names::PROCESS_START, start),
    ];
    numbers.into_iter().filter_map(|(metric, number)| Some(single(metric, number?)))
}
