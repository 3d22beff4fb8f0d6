//! The program's Tokio runtime: how busy its workers are, and what waits for them.

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use taximeter_runtime::metrics::names::{self, Metric};
use tokio::runtime::Handle;

use super::{describe, family, single};

const ALL: [&Metric; 5] =
    [&names::TOKIO_WORKERS, &names::TOKIO_BUSY, &names::TOKIO_PARKS, &names::TOKIO_TASKS, &names::TOKIO_QUEUE];

/// A runtime of the program. What it counts itself is read; nothing is asked of its workers.
pub(super) struct Runtime {
    handle: Handle,
    descriptions: Vec<Desc>,
}

impl Runtime {
    pub(super) fn new(handle: Handle) -> Runtime {
        Runtime { handle, descriptions: describe(&ALL, &[]) }
    }
}

impl Collector for Runtime {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let of = self.handle.metrics();
        let each = |number: &dyn Fn(usize) -> f64| -> Vec<(String, f64)> {
            (0..of.num_workers()).map(|worker| (worker.to_string(), number(worker))).collect()
        };
        vec![
            single(&names::TOKIO_WORKERS, of.num_workers() as f64),
            family(&names::TOKIO_BUSY, each(&|worker| of.worker_total_busy_duration(worker).as_secs_f64())),
            family(&names::TOKIO_PARKS, each(&|worker| of.worker_park_count(worker) as f64)),
            single(&names::TOKIO_TASKS, of.num_alive_tasks() as f64),
            single(&names::TOKIO_QUEUE, of.global_queue_depth() as f64),
        ]
    }
}
