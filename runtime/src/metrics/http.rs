//! Requests over HTTP, as the layers of `taximeter-http` count them (OpenTelemetry semantic conventions 1.41, HTTP
//! metrics).

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus::proto;

use super::family::{Cell, Family};
use super::names;

/// Upper bounds of the durations, in milliseconds, as the conventions advise.
const BOUNDS_MS: [u64; 14] = [5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

/// What stands for a route or a status that there is none of.
pub const NONE: &str = "none";

pub(super) static SERVER_DURATION: Family<Durations> = Family::new(&names::HTTP_SERVER_DURATION);
pub(super) static SERVER_ACTIVE: Family<Level> = Family::new(&names::HTTP_SERVER_ACTIVE);
pub(super) static CLIENT_DURATION: Family<Durations> = Family::new(&names::HTTP_CLIENT_DURATION);

/// Counts a request that was answered, or given up when there is no status.
pub fn server_request(method: &str, route: &str, status: Option<u16>, elapsed: Duration) {
    SERVER_DURATION.with(&[method, route, &status_label(status)]).record(elapsed);
}

/// Counts a request that was sent.
pub fn client_request(method: &str, server: &str, status: Option<u16>, elapsed: Duration) {
    CLIENT_DURATION.with(&[method, server, &status_label(status)]).record(elapsed);
}

fn status_label(status: Option<u16>) -> String {
    status.map_or_else(|| NONE.to_owned(), |status| status.to_string())
}

/// One request more in flight, until it is dropped.
pub fn server_active(method: &str) -> Active {
    let level = SERVER_ACTIVE.with(&[method]);
    level.0.fetch_add(1, Ordering::Relaxed);
    Active(level)
}

/// A request in flight.
#[derive(Debug)]
pub struct Active(Arc<Level>);

impl Drop for Active {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A number that goes up and down.
#[derive(Debug, Default)]
pub struct Level(AtomicI64);

impl Cell for Level {
    fn write_to(&self, sample: &mut proto::Metric, _: names::Kind) {
        super::write_gauge(sample, self.0.load(Ordering::Relaxed) as f64);
    }
}

/// Durations of requests.
#[derive(Default)]
pub(crate) struct Durations(Mutex<Histogram>);

#[derive(Default)]
struct Histogram {
    buckets: [u64; BOUNDS_MS.len() + 1],
    sum: Duration,
}

impl Durations {
    fn record(&self, elapsed: Duration) {
        let bucket = BOUNDS_MS.partition_point(|bound| Duration::from_millis(*bound) < elapsed);
        let mut histogram = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = histogram.buckets.get_mut(bucket) {
            *count += 1;
        }
        histogram.sum = histogram.sum.saturating_add(elapsed);
    }
}

impl Cell for Durations {
    fn write_to(&self, sample: &mut proto::Metric, _: names::Kind) {
        let histogram = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bounds = BOUNDS_MS.map(|bound| bound as f64 / 1e3);
        super::write_histogram(sample, &bounds, &histogram.buckets, histogram.sum.as_secs_f64());
    }
}
