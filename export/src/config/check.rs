//! Puts a default in the place of every value that cannot be used.

use std::time::Duration;

use super::otlp::{TIMEOUT, URL, Wish, is_http_url};
use super::{BATCH, Config, DISKS, EXPORT_INTERVAL, FILTER, LOG_FILES, LOG_LEVEL, MAX_QUEUE, METRICS_PATH, filter};
use crate::deadline::LONGEST;
use crate::problem::{CONFIGURATION, Problem};
use crate::sampling::is_rate;

const WAIT: &str = "a duration above 0, of a day at most";

impl Config {
    /// Puts a default in the place of every value that cannot be used, and keeps a problem for each.
    pub(crate) fn checked(mut self) -> Self {
        self.check_sampling();
        self.check_batch();
        self.check_durations();
        self.check_path();
        self.check_disks();
        self.check_log_level();
        self.check_log_files();
        self.check_receiver();
        self.check_budgets();
        self
    }

    fn check_sampling(&mut self) {
        if !is_rate(self.sampling.rate) {
            self.reject("trace_sample_rate", "a number from 0 to 1", "1 is used");
            self.sampling.rate = 1.0;
        }
        if self.tail.is_some_and(|tail| !is_rate(tail.rate)) {
            self.reject("tail_sampling", "a number from 0 to 1", "all traces are kept");
            self.tail = None;
        }
    }

    fn check_batch(&mut self) {
        if !self.batch_span_processor {
            self.batch.max_export_batch_size = 1;
        }
        if !(1..=MAX_QUEUE).contains(&self.batch.max_queue_size) {
            self.reject("max_queue_size", "a number from 1 to 1048576", "2048 is used");
            self.batch.max_queue_size = BATCH.max_queue_size;
        }
        let largest = self.batch.max_queue_size;
        let (size, standard) = (self.batch.max_export_batch_size, BATCH.max_export_batch_size);
        if (1..=largest).contains(&size) {
            return;
        }
        self.batch.max_export_batch_size = standard.min(largest);
        // Who makes the queue smaller than a batch never spoke of batches.
        if size != standard {
            let used = format!("{} is used", self.batch.max_export_batch_size);
            self.reject("max_export_batch_size", "a number from 1 to `max_queue_size`", &used);
        }
    }

    fn check_durations(&mut self) {
        if !is_wait(self.batch.schedule_delay) {
            self.reject("schedule_delay", WAIT, "5 s is used");
            self.batch.schedule_delay = BATCH.schedule_delay;
        }
        if self.otlp.each().iter().any(|route| !is_wait(route.timeout)) {
            self.reject("otlp_timeout", WAIT, "10 s is used");
            self.otlp.each().into_iter().for_each(|route| route.timeout = TIMEOUT);
        }
        if !is_wait(self.batch.export_timeout) {
            self.reject("export_timeout", WAIT, "30 s is used");
            self.batch.export_timeout = BATCH.export_timeout;
        }
        if !is_wait(self.metric_export_interval) {
            self.reject("metric_export_interval", WAIT, "60 s is used");
            self.metric_export_interval = EXPORT_INTERVAL;
        }
    }

    fn check_path(&mut self) {
        let path = self.prometheus_endpoint.as_str();
        if !path.starts_with('/') || path.contains(['?', '#']) || path == crate::server::HEALTH_PATH {
            self.reject("prometheus_endpoint", "a free path such as `/metrics`", "`/metrics` is used");
            self.prometheus_endpoint = METRICS_PATH.to_owned();
        }
    }

    fn check_disks(&mut self) {
        if self.disk_paths.len() > DISKS {
            self.reject("disk_path", "given for 16 paths at most", "the first 16 are used");
            self.disk_paths.truncate(DISKS);
        }
    }

    fn check_log_level(&mut self) {
        if filter(&self.log_level).is_none() {
            self.reject("log_level", FILTER, "`info` is used");
            self.log_level = LOG_LEVEL.to_owned();
        }
    }

    /// Of no file to keep, the library takes one away and deletes all.
    fn check_log_files(&mut self) {
        if self.log_files == 0 {
            self.reject("log_files", "a number above 0", "7 is used");
            self.log_files = LOG_FILES;
        }
    }

    fn check_receiver(&mut self) {
        const NOTHING: &str = "nothing is sent there";
        let own_port = self.prometheus_port;
        let is_open = self.enable_prometheus && own_port != 0;
        let mut rejected = Vec::new();
        for route in self.otlp.each() {
            let Some(endpoint) = &route.endpoint else { continue };
            let expected = match endpoint.url() {
                url if !is_http_url(url) => URL,
                url if is_open && is_here(url, own_port) => "a receiver: it is the port of the metrics",
                _ => continue,
            };
            (route.endpoint, route.wish) = (None, Wish::No);
            rejected.push(("otlp_endpoint".to_owned(), expected, NOTHING));
        }
        for name in self.otlp.each().into_iter().flat_map(|route| route.headers.remove_unusable()) {
            rejected.push((format!("otlp_header {name}"), "a header of HTTP", "it is not sent"));
        }
        // All signals mostly go the same way.
        rejected.sort_unstable();
        rejected.dedup();
        rejected.iter().for_each(|(field, expected, instead)| self.reject(field, expected, instead));
    }

    pub(super) fn reject(&mut self, field: &str, expected: &str, instead: &str) {
        self.problems.push(Problem::new(CONFIGURATION, format!("`{field}` is not {expected}; {instead}")));
    }
}

fn is_wait(time: Duration) -> bool {
    !time.is_zero() && time <= LONGEST
}

/// Whether a URL leads to this port of this machine, which would take spans for requests of somebody.
fn is_here(url: &str, port: u16) -> bool {
    let Ok(uri) = url.parse::<hyper::Uri>() else { return false };
    let is_local = |host: &str| {
        host.eq_ignore_ascii_case("localhost") || matches!(host, "127.0.0.1" | "[::1]" | "0.0.0.0" | "[::]")
    };
    uri.host().is_some_and(is_local) && uri.port_u16() == Some(port)
}
