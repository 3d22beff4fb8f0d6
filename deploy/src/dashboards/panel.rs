//! What a panel is.

/// How a panel looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// One number, with a small line behind it.
    Number,
    /// Lines over time.
    Lines,
    /// Areas over time, one upon the other.
    Stacked,
    /// Colour over time and duration.
    HeatMap,
    /// Bars, the longest first.
    Bars,
}

/// What a number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Events a second.
    PerSecond,
    /// Tokens a minute.
    PerMinute,
    /// Between 0 and 1, shown in percent.
    Share,
    /// Seconds.
    Seconds,
    /// US dollars.
    Dollars,
    /// A number of things.
    Count,
    /// Bytes.
    Bytes,
}

impl Unit {
    /// The name that Grafana has for it.
    pub fn grafana(self) -> &'static str {
        match self {
            Self::PerSecond => "reqps",
            Self::PerMinute => "rpm",
            Self::Share => "percentunit",
            Self::Seconds => "s",
            Self::Dollars => "currencyUSD",
            Self::Count => "short",
            Self::Bytes => "bytes",
        }
    }

    /// `value` as people read it.
    pub fn format(self, value: f64) -> String {
        match self {
            Self::PerSecond => format!("{}/s", short(value)),
            Self::PerMinute => format!("{}/min", short(value)),
            Self::Share => format!("{} %", short(value * 100.0)),
            Self::Seconds if value.abs() < 1.0 => format!("{} ms", short(value * 1000.0)),
            Self::Seconds => format!("{} s", short(value)),
            Self::Dollars => format!("${}", short(value)),
            Self::Count => short(value),
            Self::Bytes => format!("{} MiB", short(value / 1_048_576.0)),
        }
    }
}

/// Three digits, and a letter for thousands and millions.
fn short(value: f64) -> String {
    let (value, letter) = match value.abs() {
        size if size >= 1e6 => (value / 1e6, "M"),
        size if size >= 1e3 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let digits: usize = match value.abs() {
        size if size >= 100.0 || size == 0.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        size if size >= 0.01 => 3,
        _ => 5,
    };
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}{letter}")
}

/// One question to Prometheus.
#[derive(Clone, Debug)]
pub struct Query {
    /// The expression, with Grafana's variables in it.
    pub expr: String,
    /// What each series is called: labels in double braces.
    pub legend: &'static str,
}

/// A picture with one meaning.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Its heading.
    pub title: &'static str,
    /// What it means, and what to make of zero.
    pub description: &'static str,
    /// How it looks.
    pub show: Show,
    /// What its numbers are.
    pub unit: Unit,
    /// How many of 24 columns it takes.
    pub width: u32,
    /// From here on it is yellow, and red.
    pub limits: Option<(f64, f64)>,
    /// The time that it shows whatever the page shows: `now/d` is since midnight, in the time zone of the page.
    pub since: Option<&'static str>,
    /// What it asks.
    pub queries: Vec<Query>,
}

impl Panel {
    pub(super) fn new(title: &'static str, show: Show, unit: Unit, description: &'static str) -> Self {
        let width = if show == Show::Number { 6 } else { 12 };
        Self { title, description, show, unit, width, limits: None, since: None, queries: Vec::new() }
    }

    pub(super) fn width(mut self, width: u32) -> Self {
        self.width = width;
        self
    }

    pub(super) fn since(mut self, since: &'static str) -> Self {
        self.since = Some(since);
        self
    }

    pub(super) fn limits(mut self, yellow: f64, red: f64) -> Self {
        self.limits = Some((yellow, red));
        self
    }

    pub(super) fn ask(mut self, legend: &'static str, expr: impl Into<String>) -> Self {
        self.queries.push(Query { expr: expr.into(), legend });
        self
    }

    /// How many rows of Grafana's grid it takes.
    pub fn height(&self) -> u32 {
        match self.show {
            Show::Number => 4,
            Show::Bars => 6,
            Show::Lines | Show::Stacked | Show::HeatMap => 8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!(Unit::Share.format(0.0123), "1.23 %");
        assert_eq!(Unit::Seconds.format(0.25), "250 ms");
        assert_eq!(Unit::Seconds.format(10.0), "10 s");
        assert_eq!(Unit::Dollars.format(0.0), "$0");
        assert_eq!(Unit::Dollars.format(0.00213), "$0.00213");
        assert_eq!(Unit::PerMinute.format(123_456.0), "123k/min");
    }
}
