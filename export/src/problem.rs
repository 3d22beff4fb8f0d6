//! What does not work: said once as a warning, and kept where an operator looks.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use taximeter_runtime::redact;

/// A variable, a field or a call of `init` that cannot be used as it is.
pub(crate) const CONFIGURATION: &str = "configuration";
/// The server of `/metrics` and `/healthz`.
pub(crate) const SERVER: &str = "server";
/// The export of spans.
pub(crate) const TRACES: &str = "traces";
/// The metrics that are pushed over OTLP.
pub(crate) const METRICS: &str = "metrics";
/// The log lines, and the subscriber that makes them.
pub(crate) const LOGS: &str = "logs";

/// The user's prices of language models.
pub(crate) const PRICES: &str = "prices";

/// Something of the telemetry that does not work. The program itself runs on.
///
/// Listed by [`Telemetry::problems`](crate::Telemetry::problems) and by `GET /healthz` for as long as it lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    area: &'static str,
    message: String,
}

impl Problem {
    pub(crate) fn new(area: &'static str, message: impl Into<String>) -> Self {
        // An address, or what a system said of it, may hold a password.
        Problem { area, message: redact::text(&message.into()).into_owned() }
    }

    /// The part that is affected: `configuration`, `server`, `traces`, `metrics`, `logs` or `prices`.
    pub fn area(&self) -> &str {
        self.area
    }

    /// What was met, what was expected, and what happens instead. Never holds the content of a variable.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.area, self.message)
    }
}

/// Why [`Config::try_init`](crate::Config::try_init) started nothing: the first [`Problem`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitError(Problem);

impl InitError {
    pub(crate) fn new(problem: Problem) -> Self {
        InitError(problem)
    }

    /// What did not work.
    pub fn problem(&self) -> &Problem {
        &self.0
    }
}

impl fmt::Display for InitError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl Error for InitError {}

/// The problems that last, shared by everything that can meet one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Problems(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    entries: Vec<(u64, Problem)>,
    last_key: u64,
    /// Whether whoever starts the telemetry has come to its end.
    has_log: bool,
}

impl Kept {
    fn keep(&mut self, problem: Problem) -> Key {
        self.last_key += 1;
        self.entries.push((self.last_key, problem));
        Key(self.last_key)
    }
}

/// Ends the one problem that it was given for. Others of the same area last on.
#[derive(Debug)]
pub(crate) struct Key(u64);

impl Problems {
    /// Every problem once, though two may have met it.
    pub(crate) fn list(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (_, problem) in &self.lock().entries {
            if !problems.contains(problem) {
                problems.push(problem.clone());
            }
        }
        problems
    }

    pub(crate) fn first(&self) -> Option<Problem> {
        self.lock().entries.first().map(|(_, problem)| problem.clone())
    }

    /// Keeps a problem without a word. Whoever cannot end it drops the key.
    pub(crate) fn add(&self, problem: Problem) -> Key {
        self.lock().keep(problem)
    }

    /// Keeps a problem that began while the program runs, and logs it, if there is a log yet.
    pub(crate) fn begin(&self, problem: Problem) -> Key {
        let mut kept = self.lock();
        let (has_log, key) = (kept.has_log, kept.keep(problem.clone()));
        drop(kept);
        if has_log {
            warn(&problem);
        }
        key
    }

    /// Logs what there is; what begins from now on is logged at once.
    pub(crate) fn say(&self) {
        let mut kept = self.lock();
        kept.has_log = true;
        let problems: Vec<Problem> = kept.entries.iter().map(|(_, problem)| problem.clone()).collect();
        drop(kept);
        // Every problem once, though two may have met it.
        let is_first = |place: usize| !problems.iter().take(place).any(|earlier| Some(earlier) == problems.get(place));
        problems.iter().enumerate().filter(|(place, _)| is_first(*place)).for_each(|(_, problem)| warn(problem));
    }

    /// Forgets a problem because it is over. The caller says so in the log.
    pub(crate) fn end(&self, key: Key) {
        self.lock().entries.retain(|(kept, _)| *kept != key.0);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one warning line of a problem.
fn warn(problem: &Problem) {
    tracing::warn!(target: "taximeter", area = problem.area, "{}", problem.message);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_problem_is_not_that_of_its_area() {
        let (lasting, passing) = (Problem::new(TRACES, "lasting"), Problem::new(TRACES, "passing"));
        let problems = Problems::default();
        problems.add(lasting.clone());
        let key = problems.begin(passing.clone());
        assert_eq!(problems.list(), [lasting.clone(), passing]);
        problems.end(key);
        assert_eq!(problems.list(), [lasting]);
    }

    #[test]
    fn what_two_have_met_is_listed_once_until_both_are_over_it() {
        let problem = || Problem::new(SERVER, "twice");
        let problems = Problems::default();
        let (first, second) = (problems.add(problem()), problems.add(problem()));
        assert_eq!(problems.list(), [problem()]);
        problems.end(first);
        assert_eq!(problems.list(), [problem()]);
        problems.end(second);
        assert_eq!(problems.list(), []);
    }
}
