//! Shows every family of the table.

use std::ops::ControlFlow;
use std::time::SystemTime;

use prometheus::core::{Collector, Desc};
use prometheus::proto::{MetricFamily, MetricType};

use crate::llm::spec::LlmSpec;
use crate::llm::{self, budget};
use crate::metrics::cell::Durations;
use crate::metrics::index::{self, Series};
use crate::metrics::names::{self, Kind, Label, Metric};
use crate::metrics::page::{Gathered, Number, Page, push_label};
use crate::metrics::{self, gather};
use crate::site::Role;
use crate::{Usd, clock, linked};

/// Shows everything that the attributes count.
#[doc(hidden)]
pub fn show(page: &mut dyn Page) -> ControlFlow<()> {
    clock::check();
    llm::record::show_zeros();
    metrics::show_zero_faults();
    let mut shown = Shown { page, labels: String::new(), durations: Durations::new(&[]) };
    let index = index::current();
    shown.durations(&names::OPERATION_DURATION, &index.operations)?;
    shown.errors(&index.operations)?;
    shown.in_flight(&names::OPERATIONS_IN_FLIGHT, &index.operations)?;
    shown.durations(&names::WORKFLOW_DURATION, &index.workflows)?;
    shown.in_flight(&names::WORKFLOWS_ACTIVE, &index.workflows)?;
    metrics::http::SERVER_DURATION.show(shown.page)?;
    metrics::http::SERVER_ACTIVE.show(shown.page)?;
    metrics::http::CLIENT_DURATION.show(shown.page)?;
    metrics::LLM.requests.show(shown.page)?;
    metrics::LLM.durations.show(shown.page)?;
    metrics::LLM.times_to_first_token.show(shown.page)?;
    metrics::LLM.tokens.show(shown.page)?;
    metrics::LLM.token_details.show(shown.page)?;
    metrics::LLM.cost.show(shown.page)?;
    metrics::LLM.unpriced.show(shown.page)?;
    let now = SystemTime::now();
    shown.budgets(&names::LLM_BUDGET, |account| account.limit())?;
    shown.budgets(&names::LLM_BUDGET_SPENT, |account| account.spent(now))?;
    metrics::LLM.gen_ai.show(shown.page)?;
    metrics::DROPPED.show(shown.page)?;
    metrics::REDACTIONS.show(shown.page)?;
    metrics::INTERNAL_ERRORS.show(shown.page)?;
    shown.info(&names::TAXIMETER_BUILD_INFO, Some(&[env!("CARGO_PKG_VERSION")]))?;
    let build = metrics::BUILD.get().map(|build| [build.service_name.as_str(), build.version.as_str()]);
    shown.info(&names::BUILD_INFO, build.as_ref().map(<[_; 2]>::as_slice))
}

/// A page on the way, and what every sample needs for a moment.
struct Shown<'a> {
    page: &'a mut dyn Page,
    labels: String,
    durations: Durations,
}

impl Shown<'_> {
    fn durations(&mut self, metric: &'static Metric, all: &[Series]) -> ControlFlow<()> {
        self.page.begin(metric);
        for series in all {
            for outcome in series.outcomes() {
                series.write_labels(&mut self.labels, last(metric), &[outcome.label()]);
                series.read_durations(outcome, &mut self.durations);
                if self.page.wants_exemplars() {
                    series.read_exemplars(outcome, &mut self.durations);
                }
                self.page.sample(&self.labels, self.durations.number());
            }
            self.page.rest()?;
        }
        ControlFlow::Continue(())
    }

    fn errors(&mut self, all: &[Series]) -> ControlFlow<()> {
        self.page.begin(&names::OPERATION_ERRORS);
        for series in all {
            for (error_type, count) in series.errors() {
                series.write_labels(&mut self.labels, last(&names::OPERATION_ERRORS), &[&error_type]);
                self.page.sample(&self.labels, Number::Whole(count));
            }
            self.page.rest()?;
        }
        ControlFlow::Continue(())
    }

    fn in_flight(&mut self, metric: &'static Metric, all: &[Series]) -> ControlFlow<()> {
        self.page.begin(metric);
        for series in all {
            series.write_labels(&mut self.labels, &[], &[]);
            self.page.sample(&self.labels, Number::Whole(series.in_flight()));
            self.page.rest()?;
        }
        ControlFlow::Continue(())
    }

    /// Every budget, those of functions that were not called yet too.
    fn budgets(&mut self, metric: &'static Metric, amount: impl Fn(&budget::Account) -> Usd) -> ControlFlow<()> {
        for site in linked::sites() {
            if let Role::Llm(LlmSpec { budget: Some(budget), .. }) = site.said.role {
                budget::Account::of(budget);
            }
        }
        self.page.begin(metric);
        for account in budget::known() {
            self.labels.clear();
            let values = [account.name(), account.window()];
            metric.labels.iter().zip(values).for_each(|(label, value)| push_label(&mut self.labels, label.name, value));
            self.page.sample(&self.labels, Number::Real(amount(account).to_f64()));
        }
        self.page.rest()
    }

    fn info(&mut self, metric: &'static Metric, values: Option<&[&str]>) -> ControlFlow<()> {
        let Some(values) = values else { return ControlFlow::Continue(()) };
        self.page.begin(metric);
        self.labels.clear();
        metric.labels.iter().zip(values).for_each(|(label, value)| push_label(&mut self.labels, label.name, value));
        self.page.sample(&self.labels, Number::Whole(1));
        self.page.rest()
    }
}

/// The label that a metric has beside those which tell its functions apart.
fn last(metric: &'static Metric) -> &'static [Label] {
    metric.labels.last().map_or(&[], std::slice::from_ref)
}

/// The collector of everything that the attributes count.
pub(super) struct Families {
    descriptions: Vec<Desc>,
}

impl Families {
    pub(super) fn new() -> prometheus::Result<Families> {
        let label = |label: &Label| label.name.to_owned();
        let describe = |metric: &&Metric| {
            let labels = metric.labels.iter().map(label).collect();
            Desc::new(metric.name.to_owned(), metric.help.to_owned(), labels, Default::default())
        };
        Ok(Families { descriptions: names::ALL.iter().map(describe).collect::<prometheus::Result<_>>()? })
    }
}

impl Collector for Families {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        if gather::is_page() {
            return Vec::new();
        }
        let mut page = Gathered::default();
        let _ = show(&mut page);
        page.into_families()
    }
}

impl From<Kind> for MetricType {
    fn from(kind: Kind) -> MetricType {
        match kind {
            Kind::Counter => MetricType::COUNTER,
            Kind::Gauge => MetricType::GAUGE,
            Kind::Histogram => MetricType::HISTOGRAM,
        }
    }
}
