//! What Grafana shows: two dashboards, described once.
//!
//! From one description come the JSON that Grafana reads, the pictures in `docs/`, and the list of queries that the tests
//! run against a live service. `$job` is the service that is looked at.

mod grafana;
mod llm;
mod panel;
mod service;

pub use panel::{Panel, Query, Show, Unit};

/// A page of panels.
#[derive(Debug)]
pub struct Dashboard {
    /// The name of its file and its address in Grafana.
    pub name: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What questions it answers.
    pub description: &'static str,
    /// Panels under headings, from top to bottom.
    pub rows: Vec<Row>,
}

/// Panels that answer one question.
#[derive(Debug)]
pub struct Row {
    /// The question.
    pub title: &'static str,
    /// From left to right; they wrap after 24 columns.
    pub panels: Vec<Panel>,
}

impl Dashboard {
    /// Every panel, in order.
    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.rows.iter().flat_map(|row| &row.panels)
    }

    /// What Grafana reads.
    pub fn json(&self) -> serde_json::Value {
        let mut json = grafana::dashboard(self);
        // Whether objects keep their order depends on who else is in the build; the file must not.
        json.sort_all_objects();
        json
    }
}

/// Every dashboard.
pub fn all() -> Vec<Dashboard> {
    vec![service::dashboard(), llm::dashboard()]
}

/// Every expression in a dashboard, filled in.
pub(crate) fn expressions() -> Vec<String> {
    let dashboards = all();
    let queries = dashboards.iter().flat_map(Dashboard::panels).flat_map(|panel| &panel.queries);
    let asked = queries.map(|query| query.expr.as_str()).chain([grafana::RESTARTS]);
    asked.map(|expression| filled_in(expression, "bot", "1m", "1h")).collect()
}

/// `expression` as Prometheus takes it, with what Grafana would fill in: the service, the rate interval (`window`) and
/// the shown range.
pub fn filled_in(expression: &str, job: &str, window: &str, range: &str) -> String {
    let seconds = range.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let factor = if range.ends_with('h') { 3600.0 } else { 1.0 };
    let seconds = seconds.parse().unwrap_or(1.0) * factor;
    let filled = expression.replace("$__rate_interval", window).replace("$__range_s", &format!("{seconds}"));
    let filled = filled.replace("$__range", range);
    filled.replace("$job", job)
}
