//! What does not work: said once as a warning, and kept where an operator looks.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A variable, a field or a call of `init` that cannot be used as it is.
pub(crate) const CONFIGURATION: &str = "configuration";
/// The server of `/metrics` and `/healthz`.
pub(crate) const SERVER: &str = "server";
/// The export of spans.
pub(crate) const TRACES: &str = "traces";
/// The log lines, and the subscriber that makes them.
pub(crate) const LOGS: &str = "logs";

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
        Problem { area, message: message.into() }
    }

    /// The part that is affected: `configuration`, `server`, `traces` or `logs`.
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
pub(crate) struct Problems(Arc<Mutex<Vec<Problem>>>);

impl Problems {
    pub(crate) fn list(&self) -> Vec<Problem> {
        self.lock().clone()
    }

    pub(crate) fn first(&self) -> Option<Problem> {
        self.lock().first().cloned()
    }

    /// Keeps a problem without a word; the same one is kept once.
    pub(crate) fn add(&self, problem: Problem) {
        let mut problems = self.lock();
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    /// Keeps a problem that began while the program runs, and logs it.
    pub(crate) fn begin(&self, problem: Problem) {
        warn(&problem);
        self.add(problem);
    }

    /// Forgets the problems of an area because it works again. The caller says so in the log.
    pub(crate) fn end(&self, area: &str) {
        self.lock().retain(|problem| problem.area != area);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Problem>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one warning line of a problem.
pub(crate) fn warn(problem: &Problem) {
    tracing::warn!(target: "taximeter", area = problem.area, "{}", problem.message);
}
