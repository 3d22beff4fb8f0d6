//! A budget counts what is spent, warns when it is used up, and refuses further calls where the attribute asks for it.

use std::sync::atomic::{AtomicU32, Ordering};

use futures::StreamExt;
use futures::executor::block_on;
use futures::stream::{self, BoxStream};
use taximeter::llm::{self, Budget, BudgetExceeded, Usage};
use taximeter::{Usd, llm_cost, workflow};
use taximeter_tests::memory::spans_of;
use taximeter_tests::numbers::page;
use taximeter_tests::trace::{Span, tree};
use taximeter_tests::{Child, port, program};

/// An error of a program of its own.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Budget(#[from] BudgetExceeded),
}

/// 1,000,000 tokens at 0.15 USD a million.
fn fifteen_cents() -> (String, Usage) {
    (String::new(), Usage::new(1_000_000, 0))
}

fn usd(text: &str) -> Usd {
    text.parse().expect("an amount")
}

fn gauge(family: &str, budget: &str) -> Option<f64> {
    let page = page();
    let mut series = page.samples_of(family).filter(|(series, _)| series.label("budget") == Some(budget));
    series.next().map(|(_, value)| value)
}

/// The window that the gauges of a budget say.
fn window(budget: &str) -> Option<String> {
    let page = page();
    let mut series = page.samples_of("llm_budget_usd").filter(|(series, _)| series.label("budget") == Some(budget));
    series.next().and_then(|(series, _)| series.label("window").map(str::to_owned))
}

fn requests(feature: &str) -> f64 {
    let page = page();
    let mine = page.samples_of("llm_requests_total").filter(|(series, _)| series.label("feature") == Some(feature));
    mine.map(|(_, value)| value).sum()
}

/// The warnings of used-up budgets: name, limit and sum.
fn warnings(spans: &[Span]) -> Vec<[String; 3]> {
    let events = spans.iter().flat_map(|span| &span.events).filter(|event| event.name == "budget is used up");
    events.map(|event| ["budget", "limit_usd", "spent_usd"].map(|name| event.attributes[name].clone())).collect()
}

fn warning((budget, limit, spent): (&str, &str, &str)) -> [String; 3] {
    [budget, limit, spent].map(str::to_owned)
}

#[test]
fn a_budget_that_is_used_up_refuses_calls_before_they_begin() {
    static DAILY: Budget = Budget::per_day("daily", "0.30 USD");
    static BODIES: AtomicU32 = AtomicU32::new(0);

    #[llm_cost(
        model = "gpt-4o-mini",
        provider = "openai",
        feature = "refusing",
        budget = DAILY,
        on_exceeded = "refuse"
    )]
    async fn ask(question: String) -> Result<(String, Usage), Error> {
        BODIES.fetch_add(1, Ordering::Relaxed);
        drop(question);
        Ok(fifteen_cents())
    }
    assert_eq!((gauge("llm_budget_usd", "daily"), gauge("llm_budget_spent_usd", "daily")), (Some(0.3), Some(0.0)));

    let spans = spans_of(|| {
        assert!(block_on(ask("one".to_owned())).is_ok());
        assert!(!DAILY.is_exceeded());
        assert!(block_on(ask("two".to_owned())).is_ok());
        let Err(Error::Budget(refusal)) = block_on(ask("three".to_owned())) else { panic!("the third is refused") };
        assert_eq!((refusal.budget, refusal.limit, refusal.spent), ("daily", usd("0.3"), usd("0.3")));
        assert!(refusal.resets_at.is_some());
    });
    assert_eq!(BODIES.load(Ordering::Relaxed), 2);
    assert_eq!((gauge("llm_budget_spent_usd", "daily"), DAILY.spent()), (Some(0.3), usd("0.3")));
    assert_eq!(tree(&spans), "chat gpt-4o-mini client ok\nchat gpt-4o-mini client ok\nchat gpt-4o-mini client error\n");
    assert_eq!(spans[2].attributes["error.type"], "BudgetExceeded");
    // No model was asked, so it is no request; the function was called, and failed.
    assert_eq!(requests("refusing"), 2.0);
    let errors = r#"operation_errors_total{operation="ask",module="budgets",error_type="BudgetExceeded"}"#;
    assert_eq!(page().value(errors), Some(1.0));
}

#[test]
fn every_form_of_function_can_be_refused() {
    const SPENT: Budget = Budget::per_month("spent", "$0");

    type Answer<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

    #[llm_cost(model = "gpt-4o-mini", provider = "openai", budget = SPENT, on_exceeded = "refuse")]
    fn plain() -> Answer<Usage> {
        panic!("it must not run")
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", budget = SPENT, on_exceeded = "refuse")]
    #[track_caller]
    fn tracked(mut name: String) -> Result<String, BudgetExceeded> {
        name.push('!');
        panic!("it must not run")
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", budget = SPENT, on_exceeded = "refuse")]
    async fn streamed() -> Result<BoxStream<'static, Usage>, Error> {
        Ok(stream::iter([Usage::new(1, 1)]).boxed())
    }
    #[llm_cost(model = model, provider = "openai", budget = SPENT, on_exceeded = "refuse")]
    fn opened<'a>(model: &'a str, words: Vec<&'a str>) -> Result<impl Iterator<Item = &'a str>, Error> {
        Ok(words.into_iter())
    }
    assert!(plain().unwrap_err().downcast_ref::<BudgetExceeded>().is_some());
    assert_eq!(tracked(String::new()).unwrap_err().to_string(), "budget `spent` is used up: 0 of 0 USD are spent");
    assert!(block_on(streamed()).is_err());
    assert!(opened("gpt-4o-mini", vec!["a"]).is_err());
}

#[test]
fn a_budget_that_only_warns_lets_calls_go_on() {
    static WARNING: Budget = Budget::per_hour("warning", "0.10 USD").in_zone("Asia/Kolkata");

    #[llm_cost(model = "gpt-4o-mini", provider = "openai", budget = WARNING)]
    fn ask() -> (String, Usage) {
        fifteen_cents()
    }
    let spans = spans_of(|| {
        ask();
        ask();
    });
    assert_eq!(WARNING.spent(), usd("0.3"));
    assert_eq!(warnings(&spans), [warning(("warning", "0.1", "0.15"))], "one for a window: {spans:#?}");
}

#[test]
fn two_budgets_of_one_name_are_told_and_the_first_one_still_warns() {
    static FIRST: Budget = Budget::per_day("name", "0.10 USD");
    static SECOND: Budget = Budget::per_day("name", "9 USD");

    #[llm_cost(model = "gpt-4o-mini", provider = "openai", budget = FIRST)]
    fn ask() -> (String, Usage) {
        fifteen_cents()
    }
    assert_eq!((FIRST.spent(), SECOND.spent(), SECOND.spent()), (Usd::ZERO, Usd::ZERO, Usd::ZERO));
    let spans = spans_of(|| drop(ask()));
    let told = taximeter::metrics::take_warnings();
    assert_eq!(told.iter().filter(|text| text.contains("two budgets called `name`")).count(), 1, "{told:?}");
    assert_eq!(warnings(&spans), [warning(("name", "0.1", "0.15"))], "{spans:#?}");
}

#[test]
fn a_budget_for_each_run_bounds_one_run_and_not_the_next() {
    static RUN: Budget = Budget::per_workflow_run("run", "0.20 USD");

    #[llm_cost(model = "gpt-4o-mini", provider = "openai", budget = RUN, on_exceeded = "refuse")]
    fn step() -> Result<(String, Usage), BudgetExceeded> {
        Ok(fifteen_cents())
    }
    #[workflow]
    fn inner() -> bool {
        step().is_ok()
    }
    #[workflow]
    fn agent() -> usize {
        (0..10).filter(|_| inner()).count()
    }
    let spans = spans_of(|| assert_eq!((agent(), agent()), (2, 2)));
    assert_eq!(warnings(&spans), [("run", "0.2", "0.3"); 2].map(warning), "one for each run: {spans:#?}");
    assert_eq!(gauge("llm_budget_spent_usd", "run"), Some(0.3));
    assert_eq!(window("run").as_deref(), Some("run"));
    assert!((0..4).all(|_| step().is_ok()), "outside of a workflow there is no run");
}

#[test]
fn a_feature_has_a_budget_from_the_configuration() {
    assert!(llm::set_feature_budget("metered", &Budget::per_day("metered", "0.15 USD")));

    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "metered", on_exceeded = "refuse")]
    fn ask() -> Result<(String, Usage), BudgetExceeded> {
        Ok(fifteen_cents())
    }
    #[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "metered")]
    fn warned() -> (String, Usage) {
        fifteen_cents()
    }
    assert!(ask().is_ok());
    assert!(ask().is_err());
    warned();
    assert_eq!(gauge("llm_budget_spent_usd", "metered"), Some(0.3));
}

#[test]
fn a_budget_of_nonsense_limits_nothing_and_says_so() {
    static NONSENSE: Budget = Budget::per_day("nonsense", "a lot");

    #[llm_cost(model = "gpt-4o-mini", provider = "openai", budget = NONSENSE, on_exceeded = "refuse")]
    fn ask() -> Result<(String, Usage), BudgetExceeded> {
        Ok(fifteen_cents())
    }
    assert!(ask().is_ok() && ask().is_ok());
    assert_eq!((NONSENSE.limit(), gauge("llm_budget_usd", "nonsense")), (None, None));
    assert_eq!(page().value(r#"taximeter_internal_errors_total{kind="bad_budget"}"#), Some(1.0));
    let warnings = taximeter::metrics::take_warnings();
    assert!(warnings.iter().any(|warning| warning.contains("`a lot` is not an amount")), "{warnings:?}");
}

#[test]
fn what_many_calls_at_once_spend_is_exact() {
    static SHARED: Budget = Budget::per_month("shared", "1000 USD").in_zone("Europe/Berlin");

    #[llm_cost(model = "gpt-4o-mini", provider = "openai", budget = SHARED)]
    fn ask() -> Usage {
        Usage::new(1, 1)
    }
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..500).for_each(|_| _ = ask()));
        }
    });
    // 2,000 x (0.15 + 0.60) millionths
    assert_eq!(SHARED.spent(), usd("0.0015"));
}

#[test]
fn the_example_stops_when_the_budget_of_its_run_is_used_up() {
    let mut command = program::example("budget");
    let mut agent = Child::start(command.env("PROMETHEUS_PORT", port::free_port().to_string()));
    assert!(agent.wait().success());
    let out = agent.stdout();
    for line in [
        "step 1: 0.003 USD so far",
        "step 4: 0.012 USD so far",
        "step 5: budget `agent` is used up: 0.012 of 0.01 USD are spent",
    ] {
        assert_eq!(out.matches(line).count(), 2, "{line}: {out}");
    }
    assert_eq!(out.matches("\"message\":\"budget is used up\"").count(), 2, "one for each run: {out}");
}
