//! The little of YAML that a rule file needs.

use std::fmt::Write;

/// The rules of one group, each a list item of keys and values.
#[derive(Debug)]
pub(super) struct List(String);

impl List {
    /// Begins a group.
    pub(super) fn group(name: &str, interval: Option<&str>) -> Self {
        let mut text = format!("  - name: {name}\n");
        if let Some(interval) = interval {
            let _ = writeln!(text, "    interval: {interval}");
        }
        text.push_str("    rules:\n");
        Self(text)
    }

    /// Begins an item.
    pub(super) fn item(&mut self, key: &str, value: &str) {
        let _ = writeln!(self.0, "      - {key}: {value}");
    }

    pub(super) fn plain(&mut self, key: &str, value: &str) {
        let _ = writeln!(self.0, "        {key}: {value}");
    }

    /// Text of several lines, as it stands.
    pub(super) fn block(&mut self, key: &str, text: &str) {
        let _ = writeln!(self.0, "        {key}: |-");
        for line in text.lines() {
            let _ = writeln!(self.0, "          {line}");
        }
    }

    /// A string in JSON's quotes is one in YAML's.
    pub(super) fn map<const N: usize>(&mut self, key: &str, entries: [(&str, String); N]) {
        let _ = writeln!(self.0, "        {key}:");
        for (key, value) in entries {
            let _ = writeln!(self.0, "          {key}: {}", serde_json::Value::String(value));
        }
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}
