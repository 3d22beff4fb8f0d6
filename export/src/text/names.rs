//! What OpenMetrics makes of a name: the family without its ending, its unit, and the names that belong to it alone.

use std::collections::HashSet;

use taximeter_runtime::metrics::names::{self, Kind};

/// Endings of names that are units: the base units of the Prometheus conventions, and what we count in.
const UNITS: [&str; 11] =
    ["seconds", "bytes", "ratio", "celsius", "meters", "grams", "joules", "volts", "amperes", "usd", "euros"];

/// The name of a counter's family.
pub(super) fn base(name: &str) -> &str {
    name.strip_suffix("_total").unwrap_or(name)
}

/// The unit that stands at the end of a family's name.
pub(super) fn unit(name: &str) -> Option<&'static str> {
    UNITS.into_iter().find(|unit| name.strip_suffix(*unit).is_some_and(|before| before.ends_with('_')))
}

/// Whether a name can stand in a text format.
pub(super) fn is_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b':';
    name.bytes().next().is_some_and(is_letter) && name.bytes().all(|byte| is_letter(byte) || byte.is_ascii_digit())
}

/// The names that are taken on a page of OpenMetrics. A family also takes those of its samples.
pub(super) struct Taken(HashSet<String>);

impl Taken {
    /// What our own families take, whether they are shown or not.
    pub(super) fn by_us() -> Taken {
        let mut taken = Taken(HashSet::new());
        for metric in names::ALL {
            match metric.kind {
                Kind::Counter => taken.take(base(metric.name), COUNTER),
                Kind::Histogram => taken.take(metric.name, HISTOGRAM),
                _ => taken.take(metric.name, SINGLE),
            };
        }
        taken
    }

    pub(super) fn none() -> Taken {
        Taken(HashSet::new())
    }

    /// Takes a family's names, if all of them are free.
    pub(super) fn take(&mut self, family: &str, endings: &[&str]) -> bool {
        let names: Vec<String> = endings.iter().map(|ending| format!("{family}{ending}")).collect();
        let is_free = !names.iter().any(|name| self.0.contains(name));
        if is_free {
            self.0.extend(names);
        }
        is_free
    }
}

pub(super) const SINGLE: &[&str] = &[""];
pub(super) const COUNTER: &[&str] = &["", "_total", "_created"];
pub(super) const HISTOGRAM: &[&str] = &["", "_bucket", "_sum", "_count", "_created"];
pub(super) const SUMMARY: &[&str] = &["", "_sum", "_count", "_created"];
