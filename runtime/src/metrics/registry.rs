//! The registry that the program shares with us: one of the `prometheus` crate, whose collectors cannot hold the page.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;

use super::gather::{self, Guarded};

/// A [`prometheus::Registry`], and whatever one can do with that.
///
/// What is registered with [`Registry::register`] is asked one by one while `/metrics` is made, beside the page and with a
/// bound: a collector that panics, or takes longer than a second, costs its own samples and nothing else, and
/// `taximeter_internal_errors_total` counts it. What others register with a [clone](Registry::clone) of the registry is asked
/// all at once: there one that does so costs the samples of all of them.
///
/// ```
/// use taximeter_runtime::metrics;
///
/// let orders = prometheus::IntCounter::new("orders_total", "Orders that were placed.")?;
/// metrics::registry().register(Box::new(orders.clone()))?;
/// let shared: prometheus::Registry = metrics::registry().clone();
/// assert!(shared.gather().iter().any(|family| family.name() == "orders_total"));
/// # Ok::<(), prometheus::Error>(())
/// ```
#[derive(Debug)]
pub struct Registry {
    all: prometheus::Registry,
    guarded: Mutex<Vec<Weak<Guarded>>>,
}

impl Registry {
    pub(super) fn new() -> Registry {
        Registry { all: prometheus::Registry::new(), guarded: Mutex::default() }
    }

    /// Registers a collector of the program.
    ///
    /// # Errors
    ///
    /// As [`prometheus::Registry::register`]: a name that is taken, or that is described in two ways.
    pub fn register(&self, collector: Box<dyn Collector>) -> prometheus::Result<()> {
        let guarded = Arc::new(Guarded::new(collector));
        let known = Arc::downgrade(&guarded);
        self.all.register(Box::new(Shared(guarded)))?;
        let mut all = self.lock();
        // Those that were taken back have gone with the registry's part of them.
        all.retain(|known| known.strong_count() > 0);
        all.push(known);
        Ok(())
    }

    /// The registry of the `prometheus` crate, for libraries that take one. It is the same one, whoever holds it.
    #[allow(clippy::should_implement_trait, reason = "a clone of this type would be of no use to them")]
    pub fn clone(&self) -> prometheus::Registry {
        self.all.clone()
    }

    /// What was registered with [`Registry::register`] and was not taken back.
    pub(super) fn guarded(&self) -> Vec<Arc<Guarded>> {
        self.lock().iter().filter_map(Weak::upgrade).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Weak<Guarded>>> {
        self.guarded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for Registry {
    type Target = prometheus::Registry;

    fn deref(&self) -> &prometheus::Registry {
        &self.all
    }
}

/// The registry's part of a collector. Whoever gathers the registry himself asks it as if we were not there.
struct Shared(Arc<Guarded>);

impl Collector for Shared {
    fn desc(&self) -> Vec<&Desc> {
        self.0.collector.desc()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        if gather::is_page() { Vec::new() } else { self.0.collector.collect() }
    }
}
