//! What people are told.

use serde_json::Value;

use crate::port::free_port;
use crate::{Child, program, wait_for};

/// The receiver that the stack brings along, which ends when it is dropped.
pub struct Notices {
    process: Child,
    port: u16,
}

/// One notice: a group of alerts.
#[derive(Clone, Debug)]
pub struct Notice {
    body: Value,
}

impl Notices {
    /// Starts one; returns when it listens.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Self {
        let port = free_port();
        let process = Child::start(program::example("notices").arg(format!("127.0.0.1:{port}")));
        wait_for("notices to listen", || process.stderr().contains("listening").then_some(()));
        Self { process, port }
    }

    /// Where notices are sent to: host and port.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Every notice so far that was sent to `path`.
    pub fn sent_to(&self, path: &str) -> Vec<Notice> {
        let output = self.process.stdout();
        let notices = output.lines().filter_map(|line| serde_json::from_str(line).ok());
        notices.map(|body| Notice { body }).filter(|notice| notice.body["path"] == path).collect()
    }
}

impl Notice {
    /// The names of its alerts that are `firing` or `resolved`, sorted.
    pub fn alerts(&self, status: &str) -> Vec<String> {
        let alerts = self.body["alerts"].as_array().into_iter().flatten();
        let named = alerts.filter(|alert| alert["status"] == status);
        let mut names: Vec<_> =
            named.filter_map(|alert| alert["labels"]["alertname"].as_str().map(str::to_owned)).collect();
        names.sort();
        names
    }

    /// A label that all of its alerts share.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.body["commonLabels"][name].as_str()
    }

    /// An annotation of its alert `name`.
    pub fn annotation(&self, name: &str, annotation: &str) -> Option<&str> {
        let mut alerts = self.body["alerts"].as_array()?.iter();
        alerts.find(|alert| alert["labels"]["alertname"] == name)?["annotations"][annotation].as_str()
    }

    /// What tells its group from the others.
    pub fn group(&self) -> Option<&str> {
        self.body["groupKey"].as_str()
    }

    /// When it came, in seconds since 1970.
    pub fn received(&self) -> f64 {
        self.body["received"].as_f64().unwrap_or_default()
    }
}
