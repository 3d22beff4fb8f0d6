//! Budgets: how many dollars may be spent in an hour, a day, a month or a workflow run.

mod account;
mod calendar;
mod refusal;

use std::time::SystemTime;

pub(super) use account::give_feature;
pub(crate) use account::{Account, known, of_feature};
pub use refusal::{BudgetExceeded, refused};

use super::money::Usd;

/// How many dollars may be spent in a window of time.
///
/// A budget is a constant: put it into a `static` or a `const` and name it in the attribute, or give it to a feature with
/// `Config::budget`. What is spent is kept by its name: two constants of one name are one budget, and the first of them
/// that is used says what it is.
///
/// ```
/// use taximeter_runtime as taximeter;
/// use taximeter::llm::{Budget, BudgetExceeded, Usage};
/// use taximeter::llm_cost;
///
/// static ANSWERS: Budget = Budget::per_day("answers", "25 USD");
///
/// #[llm_cost(model = "gpt-4o-mini", provider = "openai", budget = ANSWERS, on_exceeded = "refuse",
///     crate = ::taximeter_runtime)]
/// fn ask(question: &str) -> Result<(String, Usage), BudgetExceeded> {
///     Ok((question.to_uppercase(), Usage::new(1_000_000, 0)))
/// }
///
/// assert!(ask("what?").is_ok());
/// # #[cfg(feature = "prices")]
/// assert_eq!(ANSWERS.spent().to_string(), "0.15");
/// ```
///
/// # When it is used up
///
/// A budget is used up when what was spent has reached its limit. What a call costs is known when it ends, so the calls
/// that are running then may carry the sum above it. At that moment there is one warning, an event of `tracing`, for each window and each run. Then, by
/// the attribute's word, `on_exceeded = "warn"` (the default) lets further calls go on, and `"refuse"` returns
/// [`BudgetExceeded`] before the function's body runs. The gauges `llm_budget_usd` and `llm_budget_spent_usd` show limit and
/// sum. A call whose price is not known spends nothing; it is counted in `llm_unpriced_requests_total`.
///
/// # Windows
///
/// An hour, a day and a month are those of the calendar, in UTC or in the zone of [`in_zone`](Budget::in_zone): a day begins
/// at midnight there, and on the two days in which the clocks change it has 23 or 25 hours. What a call costs counts in the
/// window in which the call ends. The sum is that of this process, and begins at zero with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    name: &'static str,
    amount: &'static str,
    window: Window,
    zone: Option<&'static str>,
}

/// The time in which a budget may be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Window {
    Hour,
    Day,
    Month,
    /// No time, but one run of a `#[workflow]` function.
    Run,
}

impl Window {
    /// The value of the label `window`.
    fn label(self) -> &'static str {
        match self {
            Window::Hour => "hour",
            Window::Day => "day",
            Window::Month => "month",
            Window::Run => "run",
        }
    }
}

impl Budget {
    /// A budget for each hour of the clock. `amount` is an exact number of dollars: `"25 USD"`, `"0.50 USD"`, `"$3"`.
    ///
    /// An amount that is none makes a budget without a limit: there is a warning when it is first used, and
    /// `taximeter_internal_errors_total{kind="bad_budget"}` counts it.
    pub const fn per_hour(name: &'static str, amount: &'static str) -> Budget {
        Budget { name, amount, window: Window::Hour, zone: None }
    }

    /// A budget for each day. The amount is one as in [`per_hour`](Budget::per_hour).
    pub const fn per_day(name: &'static str, amount: &'static str) -> Budget {
        Budget { window: Window::Day, ..Budget::per_hour(name, amount) }
    }

    /// A budget for each month. The amount is one as in [`per_hour`](Budget::per_hour).
    pub const fn per_month(name: &'static str, amount: &'static str) -> Budget {
        Budget { window: Window::Month, ..Budget::per_hour(name, amount) }
    }

    /// A budget for each run of a workflow. The amount is one as in [`per_hour`](Budget::per_hour).
    ///
    /// A call counts in the run that it is made in and in all runs around that one, and is refused when any of them has
    /// spent it. A call outside of every workflow belongs to no run, and is neither counted nor refused. The gauge shows the
    /// most that one run has spent.
    pub const fn per_workflow_run(name: &'static str, amount: &'static str) -> Budget {
        Budget { window: Window::Run, ..Budget::per_hour(name, amount) }
    }

    /// Counts the days and months of a time zone of the IANA database, such as `"Europe/Berlin"`, instead of UTC.
    ///
    /// Needs the feature `zones`. It looks into the system's database first, which the system keeps up to date, and has
    /// one built in for where there is none. A zone that is not known, or a program without the feature, counts in UTC, with
    /// a warning when the budget is first used.
    pub const fn in_zone(self, zone: &'static str) -> Budget {
        Budget { zone: Some(zone), ..self }
    }

    /// The name: the value of the label `budget`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The limit, or `None` when its text is no amount of dollars.
    pub fn limit(&self) -> Option<Usd> {
        dollars(self.amount)
    }

    /// What has been spent in the window of now. Of a budget per workflow run it is the most that one run has spent.
    pub fn spent(&self) -> Usd {
        Account::of(self).map_or(Usd::ZERO, |account| account.spent(SystemTime::now()))
    }

    /// Whether it is used up now. Of a budget per workflow run: whether the workflow that this code runs in has used it up.
    pub fn is_exceeded(&self) -> bool {
        let workflow = crate::workflow::Workflow::current();
        Account::of(self).is_some_and(|account| account.exceeded(workflow.as_ref(), SystemTime::now()).is_some())
    }
}

/// `25`, `25 USD`, `0.50USD` or `$25`.
fn dollars(amount: &str) -> Option<Usd> {
    let amount = amount.trim();
    let number = amount.strip_suffix("USD").or_else(|| amount.strip_suffix("usd")).map(str::trim_end);
    number.unwrap_or_else(|| amount.strip_prefix('$').unwrap_or(amount)).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_dollars_and_nothing_else() {
        for (text, amount) in
            [("25 USD", "25"), ("25", "25"), ("0.50USD", "0.5"), ("$3", "3"), (" 0.000001 usd ", "0.000001")]
        {
            assert_eq!(dollars(text).map(|usd| usd.to_string()).as_deref(), Some(amount), "{text}");
        }
        for text in ["", "USD", "25 EUR", "-1 USD", "$25 USD", "a lot", "1e3 USD", "1,000 USD"] {
            assert_eq!(dollars(text), None, "{text}");
        }
    }
}
