//! What a metric may be called. The rules are those of
//! [Prometheus](https://prometheus.io/docs/practices/naming/) (2026-11).

use super::MetricError;
use crate::metrics::names::{self, Kind};

/// The most bytes of a name and of a help text.
const NAME_CAP: usize = 200;
const HELP_CAP: usize = 512;
/// The most labels of a metric, and the most buckets of a histogram.
const LABELS_CAP: usize = 10;
const BOUNDS_CAP: usize = 40;

/// Short forms of base units, as OpenTelemetry writes them.
const SHORT_UNITS: [(&str, &str); 3] = [("s", "seconds"), ("By", "bytes"), ("1", "ratio")];

/// Units that are no base units, and the one to count in.
const OTHER_UNITS: [(&str, &str); 24] = [
    ("ns", "seconds"),
    ("us", "seconds"),
    ("ms", "seconds"),
    ("nanoseconds", "seconds"),
    ("microseconds", "seconds"),
    ("milliseconds", "seconds"),
    ("millis", "seconds"),
    ("minutes", "seconds"),
    ("min", "seconds"),
    ("hours", "seconds"),
    ("h", "seconds"),
    ("days", "seconds"),
    ("d", "seconds"),
    ("kb", "bytes"),
    ("KiBy", "bytes"),
    ("MiBy", "bytes"),
    ("mb", "bytes"),
    ("gb", "bytes"),
    ("kilobytes", "bytes"),
    ("megabytes", "bytes"),
    ("gigabytes", "bytes"),
    ("bits", "bytes"),
    ("percent", "ratio"),
    ("%", "ratio"),
];

/// Endings that the parts of a histogram have.
const TAKEN_ENDINGS: [&str; 4] = ["_bucket", "_count", "_sum", "_created"];

/// Labels that Prometheus writes itself.
const TAKEN_LABELS: [&str; 4] = ["le", "quantile", "job", "instance"];

/// The name as the page has it: with the unit, and `_total` for a counter, neither of them twice.
pub(super) fn full(said: &str, unit: Option<&str>, kind: Kind) -> Result<String, MetricError> {
    let base = said.strip_suffix("_total").unwrap_or(said);
    if base != said && kind != Kind::Counter {
        return error(format!("`{said}` ends as the name of a counter does; leave out `_total`"));
    }
    is_name(base, "name")?;
    let last = base.rsplit('_').next().unwrap_or_default();
    if let Some((other, better)) = OTHER_UNITS.iter().find(|(other, _)| other.len() > 1 && *other == last) {
        return error(format!("`{other}` is no base unit: count in {better}, and call it `..._{better}`"));
    }
    let base = match unit {
        Some(unit) => with_unit(base, unit)?,
        None => base.to_owned(),
    };
    if let Some(ending) = TAKEN_ENDINGS.iter().find(|ending| base.ends_with(*ending)) {
        return error(format!("`{said}` ends with `{ending}`, as a part of a histogram does"));
    }
    let name = if kind == Kind::Counter { format!("{base}_total") } else { base };
    is_free(&name)?;
    Ok(name)
}

fn with_unit(base: &str, unit: &str) -> Result<String, MetricError> {
    if let Some((_, better)) = OTHER_UNITS.iter().find(|(other, _)| *other == unit) {
        return error(format!("`{unit}` is no base unit; count in `{better}`"));
    }
    let unit = SHORT_UNITS.iter().find(|(short, _)| *short == unit).map_or(unit, |(_, unit)| *unit);
    is_name(unit, "unit")?;
    let has_it = base == unit || base.strip_suffix(unit).is_some_and(|rest| rest.ends_with('_'));
    Ok(if has_it { base.to_owned() } else { format!("{base}_{unit}") })
}

/// `[a-zA-Z][a-zA-Z0-9_]*`. A colon is for recording rules, and what begins with `_` is somebody else's.
fn is_name(name: &str, noun: &str) -> Result<(), MetricError> {
    let is_valid = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name.len() <= NAME_CAP;
    if is_valid {
        return Ok(());
    }
    error(format!("`{name}` is not a valid {noun}; expected letters, digits and `_`, a letter first"))
}

/// The page has no two families of one name.
fn is_free(name: &str) -> Result<(), MetricError> {
    let is_ours = names::ALL.iter().chain(names::SYSTEM).any(|metric| metric.name == name);
    let is_taken = is_ours || ["taximeter_", "process_"].iter().any(|start| name.starts_with(start));
    if is_taken { error(format!("`{name}` is taken; choose another name")) } else { Ok(()) }
}

/// One line that says something.
pub(super) fn help(text: &str) -> Result<String, MetricError> {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = (0..=HELP_CAP.min(line.len())).rev().find(|&at| line.is_char_boundary(at)).unwrap_or(0);
    let line = line.get(..end).unwrap_or_default().to_owned();
    if line.is_empty() { error("a metric needs a help text".to_owned()) } else { Ok(line) }
}

pub(super) fn check_labels(labels: &[String]) -> Result<(), MetricError> {
    if labels.len() > LABELS_CAP {
        return error(format!("too many labels: {}; a metric has {LABELS_CAP} at most", labels.len()));
    }
    for (place, label) in labels.iter().enumerate() {
        is_name(label, "label")?;
        if TAKEN_LABELS.contains(&label.as_str()) {
            return error(format!("label `{label}` is reserved; choose another name"));
        }
        if labels.iter().take(place).any(|earlier| earlier == label) {
            return error(format!("duplicate label `{label}`"));
        }
    }
    Ok(())
}

pub(super) fn check_bounds(bounds: &[f64]) -> Result<(), MetricError> {
    let rise = bounds.windows(2).all(|pair| matches!(pair, [lower, upper] if lower < upper));
    let is_valid = rise && (1..=BOUNDS_CAP).contains(&bounds.len()) && bounds.iter().all(|bound| bound.is_finite());
    if is_valid {
        return Ok(());
    }
    error(format!("the bounds of buckets must be finite, rise, and be 1 to {BOUNDS_CAP}"))
}

fn error<T>(message: String) -> Result<T, MetricError> {
    Err(MetricError(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_and_the_total_are_not_doubled() {
        for (said, unit, kind, name) in [
            ("orders", None, Kind::Counter, "orders_total"),
            ("orders_total", None, Kind::Counter, "orders_total"),
            ("read", Some("By"), Kind::Counter, "read_bytes_total"),
            ("read_bytes_total", Some("bytes"), Kind::Counter, "read_bytes_total"),
            ("wait_seconds", Some("s"), Kind::Histogram, "wait_seconds"),
            ("kilobytes", Some("bytes"), Kind::Gauge, ""),
            ("fill", Some("1"), Kind::Gauge, "fill_ratio"),
        ] {
            assert_eq!(full(said, unit, kind).unwrap_or_default(), name, "{said} {unit:?}");
        }
    }

    #[test]
    fn what_breaks_a_rule_is_refused_in_words() {
        for (said, unit, kind, message) in [
            ("", None, Kind::Gauge, "`` is not a valid name; expected letters, digits and `_`, a letter first"),
            ("a-b", None, Kind::Gauge, "`a-b` is not a valid name; expected letters, digits and `_`, a letter first"),
            ("wait", Some("ms"), Kind::Gauge, "`ms` is no base unit; count in `seconds`"),
            ("wait_ms", None, Kind::Gauge, "`ms` is no base unit: count in seconds, and call it `..._seconds`"),
            ("carts_total", None, Kind::Gauge, "`carts_total` ends as the name of a counter does; leave out `_total`"),
            ("a_count", None, Kind::Gauge, "`a_count` ends with `_count`, as a part of a histogram does"),
            ("llm_requests", None, Kind::Counter, "`llm_requests_total` is taken; choose another name"),
            ("process_x", None, Kind::Gauge, "`process_x` is taken; choose another name"),
        ] {
            assert_eq!(full(said, unit, kind).unwrap_err().to_string(), message);
        }
        let labels = |names: &[&str]| check_labels(&names.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(labels(&["a", "b", "a"]).unwrap_err().to_string(), "duplicate label `a`");
        assert_eq!(labels(&["le"]).unwrap_err().to_string(), "label `le` is reserved; choose another name");
        assert!(labels(&["__a"]).is_err() && labels(&["tier", "region"]).is_ok());
        assert!(check_bounds(&[1.0, 1.0]).is_err() && check_bounds(&[]).is_err() && check_bounds(&[f64::NAN]).is_err());
        assert!(help(" \n").is_err());
    }
}
