//! What an alert is.

use super::yaml;

/// Who is told, and how soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Somebody is woken: users feel it. Never a cause, and never money.
    Page,
    /// Somebody looks at it in working hours.
    Ticket,
    /// A line in a channel.
    Info,
    /// Nobody is told: its silence is what is watched.
    None,
}

impl Severity {
    /// The value of the label `severity`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Ticket => "ticket",
            Self::Info => "info",
            Self::None => "none",
        }
    }
}

/// A rule that fires.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Its name, which is also that of its runbook.
    pub name: &'static str,
    /// Who is told.
    pub severity: Severity,
    /// The expression; the alert is for each series of its answer.
    pub expr: String,
    /// How long the expression must hold, as Prometheus writes durations.
    pub after: &'static str,
    /// How long the alert goes on when the expression holds no longer, so that what comes and goes is one incident.
    pub keep: &'static str,
    /// One line: what is wrong where.
    pub summary: &'static str,
    /// A sentence with the number in it.
    pub description: String,
}

impl Alert {
    /// The file of its runbook, below `docs/runbooks/`.
    pub fn runbook(&self) -> String {
        format!("{}.md", self.name)
    }

    pub(super) fn yaml(&self, out: &mut yaml::List, runbooks: &str) {
        let annotations = [
            ("summary", self.summary.to_owned()),
            ("description", self.description.clone()),
            ("runbook_url", format!("{runbooks}/{}", self.runbook())),
        ];
        out.item("alert", self.name);
        out.block("expr", &self.expr);
        for (key, duration) in [("for", self.after), ("keep_firing_for", self.keep)] {
            if duration != "0s" {
                out.plain(key, duration);
            }
        }
        out.map("labels", [("severity", self.severity.label().to_owned())]);
        out.map("annotations", annotations);
    }
}
