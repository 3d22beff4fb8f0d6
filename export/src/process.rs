//! The metrics of the process itself: memory, processor time, open files; and what is running.

use taximeter_runtime::metrics;

use crate::config::Config;

/// Adds `process_*`, `build_info` and `taximeter_build_info` to the registry. A second time changes nothing.
pub(crate) fn register(config: &Config) {
    metrics::set_build_info(&config.service_name, &config.service_version);
    register_collector();
}

/// The collector reads `/proc`, so it exists on Linux alone.
#[cfg(target_os = "linux")]
fn register_collector() {
    let collector = prometheus::process_collector::ProcessCollector::for_self();
    // An error means that the program has registered its own already.
    let _ = metrics::registry().register(Box::new(collector));
}

#[cfg(not(target_os = "linux"))]
fn register_collector() {}
