//! The one log line that a run leaves when it ends.

use std::time::Duration;

use tracing::Span;

use crate::context;
use crate::outcome::Outcome;
use crate::span::WORKFLOW_COST;
use crate::workflow::{OpenRun, Workflow};

/// The target of the events that a run makes.
pub(crate) const TARGET: &str = "taximeter::workflow";

impl OpenRun {
    /// Says that the run has ended: `workflow_executed` with its status, duration, steps and cost. Its ids are on the
    /// line, as on every line of the run.
    pub(crate) fn tell_end(self, span: &Span, outcome: Outcome, elapsed: Duration) {
        let run = Workflow { state: self.0, place: None };
        if context::is_usable() && !span.is_disabled() {
            span.record(WORKFLOW_COST, run.cost().to_f64());
            run.write_new_data_to(span);
        }
        if !context::is_usable() || !tracing::enabled!(target: TARGET, tracing::Level::INFO) {
            return;
        }
        let tell = || {
            tracing::info!(
                target: TARGET,
                status = outcome.label(),
                duration_seconds = elapsed.as_secs_f64(),
                steps = run.steps(),
                cost_usd = run.cost().to_f64(),
                "workflow_executed"
            );
        };
        // The span has the run's context; without one it is attached here.
        if span.is_disabled() {
            let _current = context::attach(run.context_elsewhere());
            tell();
        } else {
            span.in_scope(tell);
        }
    }
}
