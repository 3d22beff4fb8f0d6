//! A page of metrics, shown sample by sample to whoever writes it down.
//!
//! Nothing is collected first: what reads the cells hands each number on at once, so a page takes no memory of its own
//! however many series there are. While a page rests, because a network is slow for example, nothing is locked.

use std::ops::ControlFlow;

use prometheus::proto::{self, LabelPair};

use crate::metrics::exemplar::Exemplar;
use crate::metrics::names::Metric;

/// Who writes a page down.
#[doc(hidden)]
pub trait Page {
    /// The samples that follow are of this metric. There may be none.
    fn begin(&mut self, metric: &'static Metric);

    /// A sample. The labels are ready for the text formats: `operation="ask",module="bot"`.
    fn sample(&mut self, labels: &str, number: Number<'_>);

    /// Whether histograms are wanted with their exemplars, which take a while to read.
    fn wants_exemplars(&self) -> bool {
        false
    }

    /// A moment to pass on what is written. It may take as long as it likes, and say that nobody wants more.
    fn rest(&mut self) -> ControlFlow<()>;
}

/// What a sample says.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Number<'a> {
    /// A counter or a gauge.
    Whole(u64),
    /// A counter or a gauge that is no whole number.
    Real(f64),
    /// A histogram. `buckets` are not cumulative and one more than the bounds, the last is for what is above them all.
    Histogram {
        /// What the bounds and the sum count.
        unit: Unit,
        /// Upper bounds, rising.
        bounds: &'a [u64],
        /// How many values were in each bucket.
        buckets: &'a [u64],
        /// The sum of all values.
        sum: u64,
        /// A trace for each bucket, or nothing at all.
        exemplars: &'a [Option<Exemplar>],
    },
}

/// What the numbers of a histogram count.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things, tokens for example.
    One,
    /// Shown as seconds.
    Nanosecond,
}

impl Unit {
    fn shown(self, number: u64) -> f64 {
        match self {
            Unit::One => number as f64,
            Unit::Nanosecond => number as f64 / 1e9,
        }
    }
}

/// Appends a label to a text of labels, behind a comma when it is not the first.
pub(super) fn push_label(text: &mut String, name: &str, value: &str) {
    if !text.is_empty() {
        text.push(',');
    }
    text.push_str(name);
    text.push_str("=\"");
    for character in value.chars() {
        match character {
            '\\' => text.push_str("\\\\"),
            '"' => text.push_str("\\\""),
            '\n' => text.push_str("\\n"),
            plain => text.push(plain),
        }
    }
    text.push('"');
}

/// The labels of a text that [`push_label`] made.
pub(super) fn read_labels(text: &str) -> Vec<LabelPair> {
    let mut pairs = Vec::new();
    let mut rest = text;
    while let Some((name, quoted)) = rest.split_once("=\"") {
        let (value, behind) = read_value(quoted);
        let mut pair = LabelPair::default();
        pair.set_name(name.to_owned());
        pair.set_value(value);
        pairs.push(pair);
        rest = behind.strip_prefix(',').unwrap_or(behind);
    }
    pairs
}

/// The value up to its closing quote, and what is behind that.
fn read_value(quoted: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => value.extend(characters.next().map(|escaped| if escaped == 'n' { '\n' } else { escaped })),
            plain => value.push(plain),
        }
    }
    (value, characters.as_str())
}

/// The page as messages of the `prometheus` crate, for its registry.
#[derive(Default)]
pub(super) struct Gathered {
    families: Vec<proto::MetricFamily>,
}

impl Gathered {
    pub(super) fn into_families(self) -> Vec<proto::MetricFamily> {
        self.families
    }
}

impl Page for Gathered {
    fn begin(&mut self, metric: &'static Metric) {
        let mut family = proto::MetricFamily::default();
        family.set_name(metric.name.to_owned());
        family.set_help(metric.help.to_owned());
        family.set_field_type(metric.kind.into());
        self.families.push(family);
    }

    fn sample(&mut self, labels: &str, number: Number<'_>) {
        let Some(family) = self.families.last_mut() else { return };
        let mut sample = proto::Metric::from_label(read_labels(labels));
        match (number, family.get_field_type()) {
            (Number::Whole(number), proto::MetricType::GAUGE) => sample.set_gauge(gauge(number as f64)),
            (Number::Real(number), proto::MetricType::GAUGE) => sample.set_gauge(gauge(number)),
            (Number::Whole(number), _) => sample.set_counter(counter(number as f64)),
            (Number::Real(number), _) => sample.set_counter(counter(number)),
            (Number::Histogram { unit, bounds, buckets, sum, .. }, _) => {
                sample.set_histogram(histogram(unit, bounds, buckets, sum));
            }
        }
        family.mut_metric().push(sample);
    }

    fn rest(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

fn counter(value: f64) -> proto::Counter {
    let mut counter = proto::Counter::default();
    counter.set_value(value);
    counter
}

fn gauge(value: f64) -> proto::Gauge {
    let mut gauge = proto::Gauge::default();
    gauge.set_value(value);
    gauge
}

/// Prometheus' buckets are cumulative. The count is the sum of the buckets, so the two can never disagree.
fn histogram(unit: Unit, bounds: &[u64], buckets: &[u64], sum: u64) -> proto::Histogram {
    let mut cumulative = 0;
    let bucket = |(bound, count): (&u64, &u64)| {
        cumulative += count;
        let mut bucket = proto::Bucket::default();
        bucket.set_upper_bound(unit.shown(*bound));
        bucket.set_cumulative_count(cumulative);
        bucket
    };
    let cumulated = bounds.iter().zip(buckets).map(bucket).collect();
    let mut histogram = proto::Histogram::default();
    histogram.set_bucket(cumulated);
    histogram.set_sample_count(buckets.iter().sum());
    histogram.set_sample_sum(unit.shown(sum));
    histogram
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_as_they_were_written() {
        let labels = [("plain", "value"), ("empty", ""), ("odd", "a \\ b \"c\",d=\"e\"\n\\n é"), ("last", "x")];
        let mut text = String::new();
        labels.iter().for_each(|(name, value)| push_label(&mut text, name, value));
        assert!(text.starts_with(r#"plain="value",empty="",odd="a \\ b \"c\""#), "{text}");
        let read = read_labels(&text);
        let read: Vec<_> = read.iter().map(|pair| (pair.name(), pair.value())).collect();
        assert_eq!(read, labels);
    }
}
