//! The metrics that the program has beside ours, as messages of the `prometheus` crate.
//!
//! The crate's own encoder knows no OpenMetrics, and panics at a family without a type.

use std::io::Write;
use std::ops::ControlFlow;

use prometheus::proto::{LabelPair, Metric, MetricFamily, MetricType};
use taximeter_runtime::metrics;

use super::PassOn;
use super::format::Format;
use super::names::{COUNTER, HISTOGRAM, SINGLE, SUMMARY, Taken, base, is_name, unit};

/// Writes families, one after the other.
pub(super) struct Families<'a> {
    format: Format,
    text: &'a mut Vec<u8>,
    pass_on: PassOn<'a>,
    taken: Taken,
}

/// What is said before the samples of a family.
struct Head<'a> {
    name: &'a str,
    kind: &'static str,
}

impl<'a> Families<'a> {
    pub(super) fn new(format: Format, text: &'a mut Vec<u8>, pass_on: PassOn<'a>, taken: Taken) -> Families<'a> {
        Families { format, text, pass_on, taken }
    }

    /// Writes a family. One that cannot be written (a name that is no name, or is that of another one) is left out and
    /// counted, so that it does not hide the others.
    pub(super) fn write(&mut self, family: &MetricFamily) -> ControlFlow<()> {
        let samples: Vec<&Metric> = family.get_metric().iter().filter(|sample| has_names(sample)).collect();
        if samples.len() < family.get_metric().len() {
            metrics::internal_error("encode");
        }
        if samples.is_empty() {
            return ControlFlow::Continue(());
        }
        match self.head_of(family, &samples) {
            Some(head) => self.write_all(family, &head, &samples),
            None => {
                metrics::internal_error("encode");
                ControlFlow::Continue(())
            }
        }
    }

    fn head_of<'f>(&mut self, family: &'f MetricFamily, samples: &[&Metric]) -> Option<Head<'f>> {
        let name = family.name();
        if !is_name(name) {
            return None;
        }
        let kind = kind(family.get_field_type());
        match self.format {
            Format::Prometheus => Some(Head { name, kind: if kind == "unknown" { "untyped" } else { kind } }),
            Format::OpenMetrics => self.open_head(name, kind, samples),
        }
    }

    /// A counter whose name or numbers are none of a counter keeps both, and has no type: its series is the same then in
    /// both formats.
    fn open_head<'f>(&mut self, name: &'f str, kind: &'static str, samples: &[&Metric]) -> Option<Head<'f>> {
        let is_count = |sample: &&Metric| sample.get_counter().get_value() >= 0.0;
        let head = match kind {
            "counter" => {
                let is_counter = name.ends_with("_total") && samples.iter().all(is_count);
                let takes = is_counter && self.taken.take(base(name), COUNTER);
                takes.then(|| Head { name: base(name), kind })
            }
            "histogram" => self.taken.take(name, HISTOGRAM).then_some(Head { name, kind }),
            "summary" => self.taken.take(name, SUMMARY).then_some(Head { name, kind }),
            _ => self.taken.take(name, SINGLE).then_some(Head { name, kind }),
        };
        if head.is_some() || kind != "counter" {
            return head;
        }
        self.taken.take(name, SINGLE).then_some(Head { name, kind: "unknown" })
    }

    fn write_all(&mut self, family: &MetricFamily, head: &Head<'_>, samples: &[&Metric]) -> ControlFlow<()> {
        self.write_head(head, family.help());
        let mut last: Option<&Metric> = None;
        for sample in samples {
            // Two of the same series: the registry has put them side by side, and the reader wants one.
            if last.is_none_or(|last| last.get_label() != sample.get_label()) {
                self.write_sample(family, sample);
                (self.pass_on)(self.text)?;
            }
            last = Some(*sample);
        }
        ControlFlow::Continue(())
    }

    fn write_head(&mut self, head: &Head<'_>, help: &str) {
        let Head { name, kind } = head;
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        let _ = match self.format {
            Format::Prometheus if help.is_empty() => writeln!(self.text, "# TYPE {name} {kind}"),
            Format::Prometheus => write!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}\n"),
            Format::OpenMetrics => {
                let help = help.replace('"', "\\\"");
                write!(self.text, "# TYPE {name} {kind}\n# HELP {name} {help}\n")
            }
        };
        if let (Format::OpenMetrics, Some(unit)) = (self.format, unit(name)) {
            let _ = writeln!(self.text, "# UNIT {name} {unit}");
        }
    }

    #[allow(deprecated, reason = "nothing else reads a number without a type")]
    fn write_sample(&mut self, family: &MetricFamily, sample: &Metric) {
        let line = Line { name: family.name(), sample };
        match family.get_field_type() {
            MetricType::COUNTER => self.line(line, "", None, sample.get_counter().get_value()),
            MetricType::GAUGE => self.line(line, "", None, sample.get_gauge().get_value()),
            MetricType::UNTYPED => self.line(line, "", None, sample.get_untyped().get_value()),
            MetricType::HISTOGRAM => self.histogram(line),
            MetricType::SUMMARY => self.summary(line),
        }
    }

    fn histogram(&mut self, line: Line<'_>) {
        let histogram = line.sample.get_histogram();
        let (buckets, count) = (histogram.get_bucket(), histogram.get_sample_count() as f64);
        for bucket in buckets.iter().filter(|bucket| bucket.upper_bound() != f64::INFINITY) {
            let bound = self.bound(bucket.upper_bound());
            self.line(line, "_bucket", Some(("le", &bound)), bucket.cumulative_count() as f64);
        }
        self.line(line, "_bucket", Some(("le", "+Inf")), count);
        // OpenMetrics has no sum of what may be negative, and no count without a sum.
        let has_negative = buckets.first().is_some_and(|bucket| bucket.upper_bound() < 0.0);
        if self.format == Format::Prometheus || !has_negative {
            self.line(line, "_sum", None, histogram.get_sample_sum());
            self.line(line, "_count", None, count);
        }
    }

    fn summary(&mut self, line: Line<'_>) {
        let summary = line.sample.get_summary();
        for quantile in summary.get_quantile() {
            let bound = self.bound(quantile.quantile());
            self.line(line, "", Some(("quantile", &bound)), quantile.value());
        }
        self.line(line, "_sum", None, summary.sample_sum());
        self.line(line, "_count", None, summary.sample_count() as f64);
    }

    /// A number that stands in a label.
    fn bound(&self, bound: f64) -> String {
        let text = number(bound);
        let is_whole = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        if self.format == Format::OpenMetrics && is_whole { format!("{text}.0") } else { text }
    }

    fn line(&mut self, line: Line<'_>, ending: &str, more: Option<(&str, &str)>, value: f64) {
        self.text.extend_from_slice(line.name.as_bytes());
        self.text.extend_from_slice(ending.as_bytes());
        let labels = line.sample.get_label().iter().map(|pair| (pair.name(), pair.value()));
        let mut mark = b'{';
        for (name, value) in labels.chain(more) {
            self.text.push(mark);
            let value = value.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\\\"");
            let _ = write!(self.text, "{name}=\"{value}\"");
            mark = b',';
        }
        if mark == b',' {
            self.text.push(b'}');
        }
        let _ = write!(self.text, " {}", number(value));
        match (line.sample.timestamp_ms(), self.format) {
            (0, _) => {}
            (millis, Format::Prometheus) => drop(write!(self.text, " {millis}")),
            (millis, Format::OpenMetrics) => drop(write!(self.text, " {}", millis as f64 / 1e3)),
        }
        self.text.push(b'\n');
    }
}

/// What all lines of a sample share.
#[derive(Clone, Copy)]
struct Line<'a> {
    name: &'a str,
    sample: &'a Metric,
}

fn kind(kind: MetricType) -> &'static str {
    match kind {
        MetricType::COUNTER => "counter",
        MetricType::GAUGE => "gauge",
        MetricType::HISTOGRAM => "histogram",
        MetricType::SUMMARY => "summary",
        MetricType::UNTYPED => "unknown",
    }
}

/// Whether all labels have names, each another one.
fn has_names(sample: &Metric) -> bool {
    let labels: Vec<&str> = sample.get_label().iter().map(LabelPair::name).collect();
    let is_first = |(place, name): (usize, &&str)| labels.iter().position(|other| other == name) == Some(place);
    labels.iter().all(|name| is_name(name) && !name.contains(':')) && labels.iter().enumerate().all(is_first)
}

/// A number as both formats spell it.
fn number(value: f64) -> String {
    match value {
        f64::INFINITY => "+Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use prometheus::core::Collector;
    use prometheus::{Encoder, Gauge, HistogramOpts, HistogramVec, IntCounterVec, Opts, TextEncoder};

    use super::*;

    fn written(format: Format, families: &[MetricFamily]) -> String {
        let mut text = Vec::new();
        let mut pass_on = |_: &mut Vec<u8>| ControlFlow::Continue(());
        let mut all = Families::new(format, &mut text, &mut pass_on, Taken::by_us());
        for family in families {
            assert!(all.write(family).is_continue());
        }
        String::from_utf8(text).expect("text")
    }

    fn counter(name: &str) -> MetricFamily {
        let counter = IntCounterVec::new(Opts::new(name, "A \"count\"\nof \\."), &["of"]).expect("a name");
        counter.with_label_values(&["a\n\"b\"\\"]).inc_by(3);
        counter.collect().remove(0)
    }

    fn gauge(name: &str, value: f64) -> MetricFamily {
        let gauge = Gauge::new(name, "A level.").expect("a name");
        gauge.set(value);
        gauge.collect().remove(0)
    }

    #[test]
    fn the_old_text_is_that_of_the_prometheus_crate() {
        let options = HistogramOpts::new("sizes", "Sizes.").buckets(vec![0.5, 1.0, 1e9]);
        let sizes = HistogramVec::new(options, &["of"]).expect("a name");
        [0.1, 0.7, 3.0].into_iter().for_each(|size| sizes.with_label_values(&["x"]).observe(size));
        let families = [counter("orders"), gauge("level", -0.25), gauge("none", f64::NAN), sizes.collect().remove(0)];
        let mut theirs = Vec::new();
        TextEncoder::new().encode(&families, &mut theirs).expect("text");
        assert_eq!(written(Format::Prometheus, &families), String::from_utf8_lossy(&theirs));
    }

    #[test]
    fn a_counter_is_one_in_open_metrics_when_its_name_says_so() {
        let text =
            written(Format::OpenMetrics, &[counter("orders_total"), counter("visits"), counter("sent_bytes_total")]);
        let help = r#"A \"count\"\nof \\."#;
        let labels = r#"{of="a\n\"b\"\\"}"#;
        let expected = format!(
            "# TYPE orders counter\n# HELP orders {help}\norders_total{labels} 3\n\
             # TYPE visits unknown\n# HELP visits {help}\nvisits{labels} 3\n\
             # TYPE sent_bytes counter\n# HELP sent_bytes {help}\n# UNIT sent_bytes bytes\nsent_bytes_total{labels} 3\n"
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn two_families_never_share_a_name() {
        let text = written(
            Format::OpenMetrics,
            &[gauge("orders", 7.0), counter("orders_total"), gauge("operation_errors", 1.0)],
        );
        assert!(text.contains("# TYPE orders gauge\n") && text.contains("# TYPE orders_total unknown\n"), "{text}");
        assert!(!text.contains("operation_errors"), "{text}");
    }

    #[test]
    fn what_has_no_name_no_type_or_is_said_twice_hides_nothing() {
        let mut untyped = gauge("untyped", 0.0);
        untyped.set_field_type(MetricType::UNTYPED);
        let mut twice = gauge("twice", 1.0);
        let again = twice.get_metric().to_vec();
        twice.mut_metric().extend(again);
        let mut nameless = gauge("x", 1.0);
        nameless.set_name("no name".to_owned());
        let families = [untyped, twice, nameless, gauge("endless", f64::INFINITY)];
        let text = written(Format::OpenMetrics, &families);
        assert!(text.contains("# TYPE untyped unknown\n") && text.ends_with("\nendless +Inf\n"), "{text}");
        assert_eq!(text.matches("\ntwice 1\n").count(), 1);
        assert!(!text.contains("no name"));
        assert!(written(Format::Prometheus, &families).contains("# TYPE untyped untyped\n"));
    }
}
