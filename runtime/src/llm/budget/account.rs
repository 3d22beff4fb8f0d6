//! What has been spent of each budget.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::SystemTime;

use super::calendar::{self, Calendar, Span};
use super::{Budget, BudgetExceeded, Window};
use crate::metrics::{self, fault};
use crate::warning;
use crate::workflow::Workflow;
use crate::{Usd, context};

/// The most budgets of a process. They are constants of the program, so more were made in a loop.
const MOST: usize = 1_000;

/// How far back a clock may be set, in seconds, without opening the window before.
const SET_BACK: i64 = 3_600;

/// The target of the event that tells of a budget that is used up.
const TARGET: &str = "taximeter::budget";

/// Every budget that was used, by name. `None` for one that cannot be kept.
static ACCOUNTS: RwLock<BTreeMap<&'static str, Option<&'static Account>>> = RwLock::new(BTreeMap::new());

/// The budgets that the configuration gives to features.
static FEATURES: RwLock<BTreeMap<String, &'static Account>> = RwLock::new(BTreeMap::new());
/// Whether there is one. Most programs have none, and need not look.
static HAS_FEATURES: AtomicBool = AtomicBool::new(false);

/// One budget, and what was spent of it.
pub(crate) struct Account {
    budget: Budget,
    limit: Usd,
    calendar: Calendar,
    state: Mutex<State>,
    /// It was told that another budget has its name.
    is_contradicted: AtomicBool,
}

#[derive(Default)]
struct State {
    window: Option<Span>,
    /// Of a workflow run: the most that one has spent.
    spent: Usd,
    /// Of a window: it was told that the budget is used up. Of runs, each one knows by itself.
    has_warned: bool,
}

impl Account {
    /// The account of a budget, or `None` when the budget cannot be kept, which was told.
    pub(crate) fn of(budget: &Budget) -> Option<&'static Account> {
        let known = read(&ACCOUNTS).get(budget.name).copied();
        let account = known.unwrap_or_else(|| open(budget));
        if let Some(account) = account.filter(|account| account.budget != *budget) {
            account.contradicted(budget);
        }
        account
    }

    fn new(budget: &Budget) -> Option<Account> {
        let Some(limit) = budget.limit() else {
            bad_budget(format!(
                "budget `{}` has no limit: `{}` is not an amount of dollars such as `25 USD`",
                budget.name, budget.amount
            ));
            return None;
        };
        let (calendar, problem) = Calendar::new(budget.window, budget.zone);
        if let (Some(why), Some(zone)) = (problem, budget.zone) {
            bad_budget(format!("budget `{}` counts in UTC instead of `{zone}`: {why}", budget.name));
        }
        let (state, is_contradicted) = (Mutex::default(), AtomicBool::new(false));
        Some(Account { budget: *budget, limit, calendar, state, is_contradicted })
    }

    #[cold]
    fn contradicted(&self, by: &Budget) {
        if !self.is_contradicted.swap(true, Ordering::Relaxed) {
            let (name, kept, other) = (by.name, self.budget.amount, by.amount);
            bad_budget(format!("there are two budgets called `{name}`: `{kept}` is kept, `{other}` is not"));
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.budget.name
    }

    /// The value of the label `window`.
    pub(crate) fn window(&self) -> &'static str {
        self.budget.window.label()
    }

    pub(crate) fn limit(&self) -> Usd {
        self.limit
    }

    /// What has been spent in the window of this moment.
    pub(crate) fn spent(&self, now: SystemTime) -> Usd {
        self.at(now).spent
    }

    /// Notes the cost of a call that has ended. When that uses the budget up, there is a warning.
    pub(crate) fn spend(&self, cost: Usd, workflow: Option<&Workflow>, now: SystemTime) {
        let (spent, is_news) = match (self.budget.window, workflow) {
            (Window::Run, None) => return,
            (Window::Run, Some(run)) => self.spend_in_run(cost, run),
            _ => self.spend_in_window(cost, now),
        };
        if is_news {
            self.warn(spent);
        }
    }

    /// What the run has spent now, and whether this call has used its budget up. Each run has its own.
    fn spend_in_run(&self, cost: Usd, run: &Workflow) -> (Usd, bool) {
        let (spent, is_news) = run.spend(self.budget.name, cost, self.limit);
        let mut state = self.lock();
        state.spent = state.spent.max(spent);
        (spent, is_news)
    }

    /// What was spent in the window of this moment, and whether this call has used it up.
    fn spend_in_window(&self, cost: Usd, now: SystemTime) -> (Usd, bool) {
        let mut state = self.at(now);
        state.spent = state.spent.saturating_add(cost);
        let is_used_up = state.spent >= self.limit;
        (state.spent, is_used_up && !std::mem::replace(&mut state.has_warned, true))
    }

    /// The refusal of a call that would begin now, if the budget is used up.
    pub(crate) fn exceeded(&self, workflow: Option<&Workflow>, now: SystemTime) -> Option<BudgetExceeded> {
        let state = self.at(now);
        let spent = match self.budget.window {
            Window::Run => workflow?.spent(self.budget.name),
            _ => state.spent,
        };
        let resets_at = state.window.and_then(|window| calendar::moment(window.end));
        (spent >= self.limit).then_some(BudgetExceeded {
            budget: self.budget.name,
            limit: self.limit,
            spent,
            resets_at,
        })
    }

    /// The state in the window of this moment; a new window begins at zero.
    ///
    /// A clock that was set back a little does not open the window before again: what was spent stays spent.
    fn at(&self, now: SystemTime) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        let seconds = calendar::seconds(now);
        let is_open =
            state.window.is_some_and(|window| seconds < window.end && seconds >= window.start.saturating_sub(SET_BACK));
        if !is_open && let Some(window) = self.calendar.around(now) {
            *state = State { window: Some(window), ..State::default() };
        }
        state
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Once a window, or once a run. Where the call runs, so that it carries the ids of its trace.
    #[cold]
    fn warn(&self, spent: Usd) {
        if context::is_usable() {
            let (budget, limit) = (self.budget.name, self.limit.to_string());
            let spent = spent.to_string();
            tracing::warn!(target: TARGET, budget, limit_usd = limit, spent_usd = spent, "budget is used up");
        }
    }
}

#[cold]
fn open(budget: &Budget) -> Option<&'static Account> {
    let mut accounts = ACCOUNTS.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = accounts.get(budget.name) {
        return *known;
    }
    if accounts.len() >= MOST {
        metrics::internal_error(fault::BAD_BUDGET);
        return None;
    }
    // Leaked: a budget is a constant, and is kept as long as the process lives.
    let account = Account::new(budget).map(|account| &*Box::leak(Box::new(account)));
    accounts.insert(budget.name, account);
    account
}

#[cold]
fn bad_budget(text: String) {
    metrics::internal_error(fault::BAD_BUDGET);
    warning::warn(text);
}

/// Every budget that is kept.
pub(crate) fn known() -> Vec<&'static Account> {
    read(&ACCOUNTS).values().copied().flatten().collect()
}

/// The budget that the configuration gives to a feature.
pub(crate) fn of_feature(feature: Option<&str>) -> Option<&'static Account> {
    if !HAS_FEATURES.load(Ordering::Relaxed) {
        return None;
    }
    read(&FEATURES).get(feature?).copied()
}

/// Gives a feature its budget. Returns whether the budget can be kept.
pub(in crate::llm) fn give_feature(feature: &str, budget: &Budget) -> bool {
    let Some(account) = Account::of(budget) else { return false };
    FEATURES.write().unwrap_or_else(PoisonError::into_inner).insert(feature.to_owned(), account);
    HAS_FEATURES.store(true, Ordering::Relaxed);
    true
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const MIDNIGHT: u64 = 1_795_219_200; // 2026-11-21T00:00:00Z

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn usd(text: &str) -> Usd {
        text.parse().unwrap()
    }

    fn account(budget: Budget) -> Account {
        Account::new(&budget).unwrap()
    }

    #[test]
    fn a_budget_is_used_up_when_its_limit_is_reached_and_the_next_window_is_new() {
        let daily = account(Budget::per_day("edges", "1 USD"));
        daily.spend(usd("0.999999999999"), None, at(MIDNIGHT));
        assert_eq!(daily.exceeded(None, at(MIDNIGHT + 86_399)), None);
        daily.spend(usd("0.000000000001"), None, at(MIDNIGHT + 86_399));
        let exceeded = daily.exceeded(None, at(MIDNIGHT + 86_399)).unwrap();
        assert_eq!((exceeded.spent, exceeded.limit), (usd("1"), usd("1")));
        assert_eq!(exceeded.resets_at, Some(at(MIDNIGHT + 86_400)));
        assert_eq!(exceeded.to_string(), "budget `edges` is used up: 1 of 1 USD are spent");

        assert_eq!(daily.exceeded(None, at(MIDNIGHT + 86_400)), None);
        assert_eq!(daily.spent(at(MIDNIGHT + 86_400)), Usd::ZERO);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_open_the_old_window() {
        let hourly = account(Budget::per_hour("back", "1 USD"));
        hourly.spend(usd("2"), None, at(MIDNIGHT));
        assert!(hourly.exceeded(None, at(MIDNIGHT - 1)).is_some());
        // Set right after having been a day ahead: the window is another one.
        assert!(hourly.exceeded(None, at(MIDNIGHT - 86_400)).is_none());
    }

    #[cfg(feature = "zones")]
    #[test]
    fn a_day_of_25_hours_is_one_window() {
        let berlin = account(Budget::per_day("berlin", "1 USD").in_zone("Europe/Berlin"));
        let midnight = 1_792_879_200; // 2026-10-25T00:00 in Berlin, where the clocks go back that night
        berlin.spend(usd("0.4"), None, at(midnight));
        berlin.spend(usd("0.4"), None, at(midnight + 25 * 3_600 - 1));
        assert_eq!(berlin.spent(at(midnight + 25 * 3_600 - 1)), usd("0.8"));
        assert_eq!(berlin.spent(at(midnight + 25 * 3_600)), Usd::ZERO);
    }

    #[test]
    fn what_many_threads_spend_at_once_is_exact() {
        let shared = account(Budget::per_month("threads", "1000 USD"));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..10_000).for_each(|_| shared.spend(usd("0.000000000007"), None, at(MIDNIGHT))));
            }
        });
        assert_eq!(shared.spent(at(MIDNIGHT)), usd("0.00000056"));
    }

    #[test]
    fn a_run_has_its_own_sum_and_those_around_it_have_it_too() {
        let per_run = account(Budget::per_workflow_run("runs", "1 USD"));
        let now = at(MIDNIGHT);
        let first = Workflow::open("first", None);
        let second = Workflow::open("second", None);
        per_run.spend(usd("0.6"), Some(&first), now);
        per_run.spend(usd("0.7"), Some(&second), now);
        assert_eq!(per_run.exceeded(Some(&first), now), None);
        assert_eq!(per_run.spent(now), usd("0.7"), "the most that one run has spent");
        per_run.spend(usd("0.4"), Some(&first), now);
        let exceeded = per_run.exceeded(Some(&first), now).unwrap();
        assert_eq!((exceeded.spent, exceeded.resets_at), (usd("1"), None));
        assert_eq!(per_run.exceeded(None, now), None);
    }

    #[test]
    fn a_bad_amount_is_told_once_and_limits_nothing() {
        let bad = Budget::per_day("bad", "25 EUR");
        assert!(Account::of(&bad).is_none() && Account::of(&bad).is_none());
        assert_eq!((bad.limit(), bad.spent(), bad.is_exceeded()), (None, Usd::ZERO, false));
        let told = warning::take();
        assert_eq!(told.iter().filter(|text| text.contains("`25 EUR` is not an amount")).count(), 1, "{told:?}");
    }

    #[test]
    fn two_budgets_of_one_name_are_one() {
        let (first, second) = (Budget::per_day("twice", "1 USD"), Budget::per_day("twice", "2 USD"));
        let kept = Account::of(&first).unwrap();
        assert!(std::ptr::eq(kept, Account::of(&second).unwrap()));
        assert_eq!(kept.limit(), usd("1"));
        Account::of(&second);
        let told = warning::take();
        assert_eq!(told.iter().filter(|text| text.contains("two budgets called `twice`")).count(), 1, "{told:?}");
        assert!(!kept.lock().has_warned, "that it is used up is still to be told");
    }
}
