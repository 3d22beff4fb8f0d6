//! The rules of Prometheus: what it records, and when it speaks up.

pub mod alert;
mod burn;
mod llm;
mod objective;
mod platform;
mod recorded;
mod service;
mod yaml;

pub use alert::{Alert, Severity};
pub(crate) use llm::LIMITED;
pub use objective::Objective;
pub use recorded::Recorded;

/// A number that Prometheus keeps under a name of its own, or an alert.
#[derive(Debug)]
pub enum Rule {
    /// Evaluated and kept.
    Recorded(Recorded),
    /// Evaluated and told.
    Alert(Alert),
}

impl Rule {
    /// What is evaluated.
    pub fn expr(&self) -> &str {
        match self {
            Self::Recorded(rule) => &rule.expr,
            Self::Alert(rule) => &rule.expr,
        }
    }
}

/// Rules that are evaluated one after the other.
#[derive(Debug)]
pub struct Group {
    /// Its name, and that of its file.
    pub name: &'static str,
    /// How often, when not as often as Prometheus' configuration says.
    pub interval: Option<&'static str>,
    /// In the order of their evaluation.
    pub rules: Vec<Rule>,
}

impl Group {
    /// The rule file of this group; alerts point to their runbooks below `runbooks`.
    pub fn yaml(&self, runbooks: &str) -> String {
        let mut list = yaml::List::group(self.name, self.interval);
        for rule in &self.rules {
            match rule {
                Rule::Recorded(rule) => rule.yaml(&mut list),
                Rule::Alert(rule) => rule.yaml(&mut list, runbooks),
            }
        }
        format!("{HEAD}groups:\n{}", list.into_text())
    }
}

const HEAD: &str = "# Written by `cargo run -p taximeter-deploy` from deploy/src/rules/. Change it there.\n";

/// Every group, for services that promise `objective`.
pub fn groups(objective: &Objective) -> Vec<Group> {
    let group =
        |name, alerts: Vec<Alert>| Group { name, interval: None, rules: alerts.into_iter().map(Rule::Alert).collect() };
    let mut groups = recorded::groups();
    groups.extend([
        group("service", service::alerts(objective)),
        // By itself, because its tests look a week back.
        group("traffic", vec![service::traffic()]),
        group("burn", burn::alerts(objective)),
        group("llm", llm::alerts()),
        group("platform", platform::alerts()),
    ]);
    groups
}

/// Every alert, for services that promise `objective`.
pub fn alerts(objective: &Objective) -> Vec<Alert> {
    let rules = groups(objective).into_iter().flat_map(|group| group.rules);
    rules.filter_map(|rule| if let Rule::Alert(alert) = rule { Some(alert) } else { None }).collect()
}
