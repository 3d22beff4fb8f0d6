//! Gathers what the program has registered beside our own families, while the page is made.
//!
//! The collectors are asked one after the other on a thread beside the page. When one does not come back in its time, the
//! thread is left to it, and another goes on with the next: so a collector that hangs holds one thread for as long as it
//! hangs, is not asked again meanwhile, and everything else is on the page.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

use prometheus::core::Collector;
use prometheus::proto::{Metric, MetricFamily};

use super::page::Gathered;
use super::{custom, fault, internal_error, registry, show};

/// How long one collector may take, and all of them together.
const EACH: Duration = Duration::from_secs(1);
const ALL: Duration = Duration::from_secs(2);

thread_local! {
    /// Whether this thread gathers for a page.
    static IS_PAGE: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread gathers for a page, which shows our families itself and asks the collectors one by one.
pub(super) fn is_page() -> bool {
    IS_PAGE.get()
}

/// A collector of the program.
pub(super) struct Guarded {
    pub(super) collector: Box<dyn Collector>,
    /// Whether a thread is in it.
    is_busy: AtomicBool,
}

impl Guarded {
    pub(super) fn new(collector: Box<dyn Collector>) -> Guarded {
        Guarded { collector, is_busy: AtomicBool::new(false) }
    }
}

impl fmt::Debug for Guarded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Guarded").field("is_busy", &self.is_busy).finish_non_exhaustive()
    }
}

/// What is registered beside our own families, by name.
#[doc(hidden)]
pub fn gather_others() -> Vec<MetricFamily> {
    // A collector or a callback that asks for the page would wait for itself.
    if is_page() || custom::ask::is_asked() {
        return merged([own_families()]);
    }
    // Two pages at once would find each other's collectors busy. The time that one takes is bounded.
    let _turn = turn();
    let mut all = asked(registry().guarded());
    all.push(own_families());
    merged(all)
}

/// Waits until no other page is gathered. Not for ever: in the child of a fork nobody gives back the parent's turn.
fn turn() -> Option<MutexGuard<'static, ()>> {
    static TURN: Mutex<()> = Mutex::new(());
    let end = Instant::now() + 2 * ALL;
    loop {
        match TURN.try_lock() {
            Ok(turn) => return Some(turn),
            Err(TryLockError::Poisoned(turn)) => return Some(turn.into_inner()),
            Err(TryLockError::WouldBlock) if Instant::now() > end => return None,
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(1)),
        }
    }
}

/// The same, and our own families among them: for a page on which the program has a series in one of ours.
#[doc(hidden)]
pub fn with_ours(others: Vec<MetricFamily>) -> Vec<MetricFamily> {
    let mut page = Gathered::default();
    let _ = show(&mut page);
    merged([page.into_families(), others])
}

/// What was registered with `taximeter::metrics::counter` and its kind.
fn own_families() -> Vec<MetricFamily> {
    custom::Own::new().families()
}

/// Somebody to ask.
#[derive(Clone)]
enum Source {
    One(Arc<Guarded>),
    /// What others have registered with the registry itself.
    Rest,
}

/// A collector that nobody has registered here, in which everybody else is.
static REST_IS_BUSY: AtomicBool = AtomicBool::new(false);

impl Source {
    fn is_busy(&self) -> &AtomicBool {
        match self {
            Source::One(guarded) => &guarded.is_busy,
            Source::Rest => &REST_IS_BUSY,
        }
    }

    /// Asks it, unless a thread is in it already.
    fn ask(&self) -> Result<Vec<MetricFamily>, &'static str> {
        if self.is_busy().swap(true, Ordering::AcqRel) {
            return Err(fault::COLLECTOR_BLOCKED);
        }
        let families = catch_unwind(AssertUnwindSafe(|| match self {
            Source::One(guarded) => guarded.collector.collect(),
            Source::Rest => registry().gather(),
        }));
        self.is_busy().store(false, Ordering::Release);
        families.map_err(|payload| {
            // Its destructor is code of the program too.
            std::mem::forget(payload);
            fault::COLLECTOR_PANIC
        })
    }
}

type Answer = Result<Vec<MetricFamily>, &'static str>;

/// What the collectors say in their time.
fn asked(guarded: Vec<Arc<Guarded>>) -> Vec<Vec<MetricFamily>> {
    let mut sources: Vec<Source> = guarded.into_iter().map(Source::One).collect();
    sources.push(Source::Rest);
    let end = Instant::now() + ALL;
    let (mut all, mut asked) = (Vec::new(), 0);
    while let Some(rest) = sources.get(asked..).filter(|rest| !rest.is_empty()) {
        let Some((answers, _left)) = ask_beside(rest.to_vec()) else { break };
        for _ in rest {
            let time = EACH.min(end.saturating_duration_since(Instant::now()));
            let answer = answers.recv_timeout(time).unwrap_or(Err(fault::COLLECTOR_BLOCKED));
            asked += 1;
            let is_left = answer == Err(fault::COLLECTOR_BLOCKED);
            match answer {
                Ok(families) => all.push(families),
                Err(kind) => internal_error(kind),
            }
            if is_left {
                break;
            }
        }
    }
    all
}

/// Tells the thread that nobody waits for it any more.
struct Left(Arc<AtomicBool>);

impl Drop for Left {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Asks one after the other on a thread of its own, until it is left.
fn ask_beside(sources: Vec<Source>) -> Option<(Receiver<Answer>, Left)> {
    let (send, answers): (SyncSender<Answer>, _) = mpsc::sync_channel(sources.len());
    let is_left = Arc::new(AtomicBool::new(false));
    let left = Left(Arc::clone(&is_left));
    let ask = move || {
        IS_PAGE.set(true);
        for source in sources {
            if is_left.load(Ordering::Acquire) || send.send(source.ask()).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("taximeter-gather".to_owned()).spawn(ask).ok()?;
    Some((answers, left))
}

/// One family of each name, with the series in the order of their labels, as the registry gives them.
fn merged(all: impl IntoIterator<Item = Vec<MetricFamily>>) -> Vec<MetricFamily> {
    let mut by_name: BTreeMap<String, MetricFamily> = BTreeMap::new();
    for mut family in all.into_iter().flatten().filter(|family| !family.get_metric().is_empty()) {
        match by_name.entry(family.name().to_owned()) {
            Entry::Vacant(place) => drop(place.insert(family)),
            Entry::Occupied(mut place) if place.get().get_field_type() == family.get_field_type() => {
                place.get_mut().mut_metric().extend(family.take_metric());
            }
            // A family has one kind of numbers.
            Entry::Occupied(_) => internal_error(fault::ENCODE),
        }
    }
    let mut families: Vec<MetricFamily> = by_name.into_values().collect();
    families.iter_mut().for_each(|family| family.mut_metric().sort_by(by_labels));
    families
}

fn by_labels(one: &Metric, other: &Metric) -> std::cmp::Ordering {
    let values = |metric: &Metric| metric.get_label().len();
    values(one).cmp(&values(other)).then_with(|| {
        let (one, other) = (one.get_label().iter(), other.get_label().iter());
        one.map(|label| label.value()).cmp(other.map(|label| label.value()))
    })
}
