//! Requests over HTTP, as the layers of `taximeter-http` count them (OpenTelemetry semantic conventions 1.41, HTTP
//! metrics).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::family::{Cell, Family};
use super::histogram::{Bounds, Spread};
use super::names;
use super::page::{Number, Page, Unit};

/// Durations of requests.
pub(crate) struct Durations;

impl Bounds for Durations {
    /// As the conventions advise.
    const BOUNDS: [u64; 14] = [
        5_000_000,
        10_000_000,
        25_000_000,
        50_000_000,
        75_000_000,
        100_000_000,
        250_000_000,
        500_000_000,
        750_000_000,
        1_000_000_000,
        2_500_000_000,
        5_000_000_000,
        7_500_000_000,
        10_000_000_000,
    ];
    const UNIT: Unit = Unit::Nanosecond;
}

/// What stands for a route or a status that there is none of.
pub const NONE: &str = "none";

pub(super) static SERVER_DURATION: Family<Spread<Durations>> = Family::new(&names::HTTP_SERVER_DURATION);
pub(super) static SERVER_ACTIVE: Family<Level> = Family::new(&names::HTTP_SERVER_ACTIVE);
pub(super) static CLIENT_DURATION: Family<Spread<Durations>> = Family::new(&names::HTTP_CLIENT_DURATION);

/// Counts a request that was answered, or given up when there is no status.
pub fn server_request(method: &str, route: &str, status: Option<u16>, elapsed: Duration) {
    SERVER_DURATION.with(&[method, route, &status_label(status)]).record_duration(elapsed);
}

/// Counts a request that was sent.
pub fn client_request(method: &str, server: &str, status: Option<u16>, elapsed: Duration) {
    CLIENT_DURATION.with(&[method, server, &status_label(status)]).record_duration(elapsed);
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
pub struct Level(AtomicU64);

impl Cell for Level {
    fn show(&self, labels: &str, page: &mut dyn Page) {
        page.sample(labels, Number::Whole(self.0.load(Ordering::Relaxed)));
    }
}
