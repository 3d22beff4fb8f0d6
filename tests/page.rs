//! What `/metrics` says, in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt;

/// A page in the text format 0.0.4, read strictly.
#[derive(Debug)]
pub struct Page {
    families: BTreeMap<String, Family>,
}

#[derive(Debug)]
struct Family {
    kind: String,
    samples: BTreeMap<Series, f64>,
}

/// A sample's name and labels, whatever the order in which they were written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    name: String,
    labels: BTreeMap<String, String>,
}

impl Page {
    /// Reads a page.
    ///
    /// # Panics
    /// On what a strict reader refuses: a family without help or type, in two places, or with no unit of measure in
    /// its samples' names; a series given twice; a line that is none.
    pub fn parse(text: &str) -> Self {
        let mut page = Self { families: BTreeMap::new() };
        let mut help = None;
        let mut family = None;
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, words) = rest.split_once(' ').unwrap_or((rest, ""));
                assert!(!words.trim().is_empty(), "`{name}` has no help text");
                help = Some(name);
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap_or((rest, ""));
                assert_eq!(help.take(), Some(name), "the help of `{name}` must stand before its type");
                page.begin(name, kind);
                family = Some(name.to_owned());
            } else if !line.is_empty() && !line.starts_with('#') {
                let family = family.as_ref().unwrap_or_else(|| panic!("no type before `{line}`"));
                page.add(family, line);
            }
        }
        page
    }

    fn begin(&mut self, name: &str, kind: &str) {
        let known = ["counter", "gauge", "histogram", "summary", "untyped"];
        assert!(known.contains(&kind), "`{name}` has the type `{kind}`");
        let family = Family { kind: kind.to_owned(), samples: BTreeMap::new() };
        assert!(self.families.insert(name.to_owned(), family).is_none(), "`{name}` is there twice");
    }

    fn add(&mut self, name: &str, line: &str) {
        let family = self.families.get_mut(name).expect("a family begins with its type");
        let (series, value) = parse_sample(line);
        let ending = series.name.strip_prefix(name);
        let endings: &[&str] = if family.kind == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
        assert!(ending.is_some_and(|ending| endings.contains(&ending)), "`{line}` stands under `{name}`");
        assert!(family.samples.insert(series, value).is_none(), "`{line}` is there twice");
    }

    /// The names of the families, sorted.
    pub fn families(&self) -> Vec<&str> {
        self.families.keys().map(String::as_str).collect()
    }

    /// The type of a family.
    pub fn kind(&self, family: &str) -> Option<&str> {
        self.families.get(family).map(|family| family.kind.as_str())
    }

    /// The value of a series, written as on the page: `operations_in_flight{operation="ask",module="bot"}`.
    pub fn value(&self, series: &str) -> Option<f64> {
        let (series, _) = parse_sample(&format!("{series} 0"));
        self.lookup(&series)
    }

    fn lookup(&self, series: &Series) -> Option<f64> {
        self.samples().find(|(known, _)| *known == series).map(|(_, value)| value)
    }

    /// Every sample whose family is `family`.
    pub fn samples_of(&self, family: &str) -> impl Iterator<Item = (&Series, f64)> {
        let samples = self.families.get(family).into_iter().flat_map(|family| &family.samples);
        samples.map(|(series, value)| (series, *value))
    }

    /// Every sample.
    pub fn samples(&self) -> impl Iterator<Item = (&Series, f64)> {
        self.families.values().flat_map(|family| &family.samples).map(|(series, value)| (series, *value))
    }

    /// What `expected`, lines as on the page, says `times` over and this page does not; empty lines are skipped.
    pub fn differences(&self, expected: &str, times: f64) -> Vec<String> {
        let lines = expected.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.filter_map(|line| self.difference(line, times)).collect()
    }

    fn difference(&self, line: &str, times: f64) -> Option<String> {
        let (series, value) = parse_sample(line);
        let expected = value * times;
        match self.lookup(&series) {
            Some(found) if same(found, expected) => None,
            Some(found) => Some(format!("{series} is {found}, expected {expected}")),
            None => Some(format!("{series} is not there, expected {expected}")),
        }
    }
}

/// Dollars are printed as decimal fractions; two ways to the same pico-dollar are the same.
fn same(left: f64, right: f64) -> bool {
    (left - right).abs() < 0.5e-12
}

impl Series {
    /// The value of a label.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.get(name).map(String::as_str)
    }
}

impl fmt::Display for Series {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels: Vec<String> = self.labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        write!(out, "{}{{{}}}", self.name, labels.join(","))
    }
}

/// `name{label="value",...} number`, or `name number`.
fn parse_sample(line: &str) -> (Series, f64) {
    let bad = || -> ! { panic!("`{line}` is not a sample") };
    let end = line.find(['{', ' ']).unwrap_or_else(|| bad());
    let (name, rest) = line.split_at(end);
    let (labels, value) = match rest.strip_prefix('{') {
        Some(rest) => parse_labels(rest).unwrap_or_else(|| bad()),
        None => (BTreeMap::new(), rest),
    };
    let value = value.trim().replace("Inf", "inf").parse().unwrap_or_else(|_| bad());
    (Series { name: name.to_owned(), labels }, value)
}

/// Reads up to the closing brace, and returns what follows it.
fn parse_labels(mut rest: &str) -> Option<(BTreeMap<String, String>, &str)> {
    let mut labels = BTreeMap::new();
    loop {
        rest = rest.trim_start_matches(',');
        if let Some(rest) = rest.strip_prefix('}') {
            return Some((labels, rest));
        }
        let (name, quoted) = rest.split_once("=\"")?;
        let (value, after) = unquote(quoted)?;
        labels.insert(name.to_owned(), value);
        rest = after;
    }
}

/// Reads up to the closing quote, and returns what follows it.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    loop {
        match letters.next()? {
            (at, '"') => return Some((value, &text[at + 1..])),
            (_, '\\') => value.push(match letters.next()?.1 {
                'n' => '\n',
                other => other,
            }),
            (_, other) => value.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
# HELP trips_total Trips.
# TYPE trips_total counter
trips_total{to=\"a \\\"b\\\", c}\",by=\"day\"} 3
trips_total{to=\"home\",by=\"night\"} 0
# HELP ride_seconds Rides.
# TYPE ride_seconds histogram
ride_seconds_bucket{le=\"+Inf\"} 2
ride_seconds_sum 1.5
ride_seconds_count 2
";

    #[test]
    fn a_series_is_found_whatever_the_order_of_its_labels() {
        let page = Page::parse(PAGE);
        assert_eq!(page.value(r#"trips_total{by="day",to="a \"b\", c}"}"#), Some(3.0));
        assert_eq!(page.value("ride_seconds_count"), Some(2.0));
        assert_eq!(page.value("trips_total"), None);
    }

    #[test]
    fn differences_name_what_is_wrong_and_what_is_missing() {
        let page = Page::parse(PAGE);
        assert!(page.differences("trips_total{to=\"home\",by=\"night\"} 0\n ride_seconds_count 1", 2.0).is_empty());
        let differences = page.differences("ride_seconds_count 1\nride_seconds_max 4", 1.0);
        assert_eq!(
            differences,
            ["ride_seconds_count{} is 2, expected 1", "ride_seconds_max{} is not there, expected 4"]
        );
    }

    #[test]
    #[should_panic(expected = "the help of `a` must stand before its type")]
    fn a_family_without_help_is_refused() {
        Page::parse("# TYPE a counter\na 1\n");
    }

    #[test]
    #[should_panic(expected = "is there twice")]
    fn a_series_given_twice_is_refused() {
        Page::parse(&format!("{PAGE}ride_seconds_count 2\n"));
    }
}
