//! How fast the error budget of an objective burns, seen through two windows at once.
//!
//! The long window says that it matters, the short one that it still goes on. Windows and factors are those of the SRE
//! workbook (chapter 5, table 5-8, for a budget of 30 days): 2 % of it in an hour, 5 % in six hours, 10 % in a day or in
//! three days.
//!
//! The floor of failures is counted within the long window of each branch: what is slow to burn is slow to come together.

use super::alert::{Alert, Severity};
use super::objective::Objective;

struct Branch {
    long: &'static str,
    short: &'static str,
    /// How many tenths of the allowed pace.
    tenths: u32,
}

const FAST: [Branch; 2] =
    [Branch { long: "1h", short: "5m", tenths: 144 }, Branch { long: "6h", short: "30m", tenths: 60 }];
const SLOW: [Branch; 2] =
    [Branch { long: "1d", short: "2h", tenths: 30 }, Branch { long: "3d", short: "6h", tenths: 10 }];

/// Five failures; they come of rates, which are no whole numbers.
const FLOOR: &str = ">= 4.5";

/// The alerts whose branches can fire at all: 14.4 times of 10 % is more than everything.
pub(super) fn alerts(objective: &Objective) -> Vec<Alert> {
    let fast = Alert {
        name: "ErrorBudgetBurnsFast",
        severity: Severity::Page,
        expr: expression(&FAST, objective),
        after: "2m",
        keep: "5m",
        summary: "{{ $labels.entry }} of {{ $labels.job }} fails fast enough to spend the month's error budget in days",
        description: description(objective),
    };
    let slow = Alert {
        name: "ErrorBudgetBurnsSlowly",
        severity: Severity::Ticket,
        expr: expression(&SLOW, objective),
        after: "15m",
        keep: "15m",
        summary: "{{ $labels.entry }} of {{ $labels.job }} fails often enough to spend the month's error budget",
        description: description(objective),
    };
    [fast, slow].into_iter().filter(|alert| !alert.expr.is_empty()).collect()
}

fn expression(branches: &[Branch], objective: &Objective) -> String {
    let branches = branches.iter().filter_map(|branch| branch.expression(objective));
    branches.collect::<Vec<_>>().join("\nor\n")
}

impl Branch {
    fn expression(&self, objective: &Objective) -> Option<String> {
        let limit = objective.allowed_times(self.tenths)?;
        let Branch { long, short, .. } = self;
        Some(format!(
            "(\n  job_entry:failure_ratio:rate{long} > {limit}\n  \
             and job_entry:failure_ratio:rate{short} > {limit}\n  \
             and job_entry:failures:count{long} {FLOOR}\n)"
        ))
    }
}

fn description(objective: &Objective) -> String {
    format!(
        "{{{{ $value | humanizePercentage }}}} of the calls failed over the long window and it goes on; \
         {} are to succeed.",
        objective.percent()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(objective: &str, alert: usize) -> Vec<String> {
        let alerts = alerts(&objective.parse().expect("an objective"));
        let lines = alerts.get(alert).map_or("", |alert| &alert.expr).lines();
        lines.filter_map(|line| Some(line.trim().strip_prefix("job_entry:failure_ratio:")?.to_owned())).collect()
    }

    #[test]
    fn the_limits_are_the_factors_times_what_is_allowed() {
        assert_eq!(limits("99.9", 0), ["rate1h > 0.0144", "rate6h > 0.006"]);
        assert_eq!(limits("99.9", 1), ["rate1d > 0.003", "rate3d > 0.001"]);
    }

    #[test]
    fn a_branch_that_cannot_fire_is_left_out() {
        assert_eq!(limits("90", 0), ["rate6h > 0.6"]);
        assert_eq!(limits("93", 0), ["rate6h > 0.42"]);
        assert_eq!(limits("60", 0), ["rate3d > 0.4"], "nothing is left of the fast one");
        assert_eq!(alerts(&"60".parse().expect("an objective")).len(), 1);
    }
}
