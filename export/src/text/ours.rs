//! Our own metrics: from the cells into the text without a stop. Labels and bounds are ready, only numbers are written.

use std::fmt::Display;
use std::io::Write;
use std::ops::ControlFlow;
use std::time::UNIX_EPOCH;

use taximeter_runtime::metrics::names::{Kind, Metric};
use taximeter_runtime::metrics::{Exemplar, Number, Page, Unit};

use super::PassOn;
use super::format::Format;
use super::names::{base, unit};

/// Our own metrics on their way into the text.
pub(super) struct Text<'a> {
    format: Format,
    text: &'a mut Vec<u8>,
    pass_on: PassOn<'a>,
    name: &'static str,
    /// The metric whose samples come next, as long as there was none.
    begun: Option<&'static Metric>,
    bounds: Bounds,
}

/// A histogram as a page shows it.
struct Histogram<'a> {
    unit: Unit,
    bounds: &'a [u64],
    buckets: &'a [u64],
    sum: u64,
    exemplars: &'a [Option<Exemplar>],
}

impl<'a> Text<'a> {
    pub(super) fn new(format: Format, text: &'a mut Vec<u8>, pass_on: PassOn<'a>) -> Text<'a> {
        Text { format, text, pass_on, name: "", begun: None, bounds: Bounds::default() }
    }

    fn push(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
    }

    fn push_whole(&mut self, number: u64) {
        self.text.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    }

    fn push_shown(&mut self, number: impl Display) {
        let _ = write!(self.text, "{number}");
    }

    /// The name of a series, with its labels and the space before its number.
    fn push_series(&mut self, ending: &str, labels: &str) {
        self.push(self.name);
        self.push(ending);
        if !labels.is_empty() {
            self.push("{");
            self.push(labels);
            self.push("}");
        }
        self.push(" ");
    }

    fn head(&mut self, metric: &Metric) {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
            _ => "unknown",
        };
        let help = metric.help.replace('\\', "\\\\").replace('\n', "\\n");
        match self.format {
            Format::Prometheus => {
                let _ = write!(self.text, "# HELP {0} {help}\n# TYPE {0} {kind}\n", metric.name);
            }
            Format::OpenMetrics => {
                let name = if metric.kind == Kind::Counter { base(metric.name) } else { metric.name };
                let help = help.replace('"', "\\\"");
                let _ = write!(self.text, "# TYPE {name} {kind}\n# HELP {name} {help}\n");
                if let Some(unit) = unit(name) {
                    let _ = writeln!(self.text, "# UNIT {name} {unit}");
                }
            }
        }
    }

    /// Buckets count from the first, and the last of them is the count, so these agree whatever is written meanwhile.
    fn histogram(&mut self, labels: &str, histogram: Histogram<'_>) {
        let Histogram { unit, bounds, buckets, sum, exemplars } = histogram;
        self.bounds.make(self.format, unit, bounds);
        let mut cumulative: u64 = 0;
        for (place, count) in buckets.iter().enumerate() {
            cumulative = cumulative.saturating_add(*count);
            self.text.extend_from_slice(self.name.as_bytes());
            self.text.extend_from_slice(b"_bucket{");
            self.text.extend_from_slice(labels.as_bytes());
            self.text.extend_from_slice(self.bounds.ending(place));
            self.push_whole(cumulative);
            if let Some(Some(exemplar)) = exemplars.get(place) {
                self.push_exemplar(unit, exemplar);
            }
            self.text.push(b'\n');
        }
        self.push_series("_sum", labels);
        self.push_shown(Shown(unit, sum));
        self.text.push(b'\n');
        self.push_series("_count", labels);
        self.push_whole(cumulative);
        self.text.push(b'\n');
    }

    fn push_exemplar(&mut self, unit: Unit, exemplar: &Exemplar) {
        let Exemplar { trace_id, span_id, value, at } = exemplar;
        let at = at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let (seconds, millis) = (at.as_secs(), at.subsec_millis());
        let value = Shown(unit, *value);
        let _ = write!(self.text, " # {{trace_id=\"{trace_id}\",span_id=\"{span_id}\"}} {value} {seconds}.{millis:03}");
    }
}

impl Page for Text<'_> {
    fn begin(&mut self, metric: &'static Metric) {
        (self.name, self.begun) = (metric.name, Some(metric));
    }

    fn sample(&mut self, labels: &str, number: Number<'_>) {
        if let Some(metric) = self.begun.take() {
            self.head(metric);
        }
        match number {
            Number::Whole(number) => {
                self.push_series("", labels);
                self.push_whole(number);
                self.text.push(b'\n');
            }
            Number::Real(number) => {
                self.push_series("", labels);
                self.push_shown(number);
                self.text.push(b'\n');
            }
            Number::Histogram { unit, bounds, buckets, sum, exemplars } => {
                self.histogram(labels, Histogram { unit, bounds, buckets, sum, exemplars });
            }
        }
    }

    fn wants_exemplars(&self) -> bool {
        self.format == Format::OpenMetrics
    }

    fn rest(&mut self) -> ControlFlow<()> {
        (self.pass_on)(self.text)
    }
}

/// What stands behind the labels of a bucket, kept from one histogram to the next: most have the same bounds.
#[derive(Default)]
struct Bounds {
    unit: Option<Unit>,
    of: Vec<u64>,
    endings: Vec<String>,
}

impl Bounds {
    fn make(&mut self, format: Format, unit: Unit, bounds: &[u64]) {
        if self.unit != Some(unit) || self.of != bounds {
            (self.unit, self.of) = (Some(unit), bounds.to_vec());
            self.endings = bounds.iter().map(|bound| ending(format, &Shown(unit, *bound).to_string())).collect();
        }
    }

    fn ending(&self, place: usize) -> &[u8] {
        self.endings.get(place).map_or(b",le=\"+Inf\"} ", |ending| ending.as_bytes())
    }
}

/// OpenMetrics wants a bound to look like a float (1.0, "Canonical Numbers").
fn ending(format: Format, bound: &str) -> String {
    let point = if format == Format::OpenMetrics && !bound.contains('.') { ".0" } else { "" };
    format!(",le=\"{bound}{point}\"}} ")
}

/// A number in its unit; nanoseconds as seconds, exactly: `0.0025`.
pub(super) struct Shown(pub(super) Unit, pub(super) u64);

impl Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Shown(unit, number) = *self;
        if unit == Unit::One {
            return write!(f, "{number}");
        }
        let (whole, mut part, mut digits) = (number / 1_000_000_000, number % 1_000_000_000, 9);
        if part == 0 {
            return write!(f, "{whole}");
        }
        while part % 10 == 0 {
            (part, digits) = (part / 10, digits - 1);
        }
        write!(f, "{whole}.{part:0digits$}")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use prometheus::{Encoder, Histogram, HistogramOpts, TextEncoder};
    use taximeter_runtime::metrics::names;

    use super::*;

    const BOUNDS_NS: &[u64] = &[1_000_000, 2_500_000_000, 60_000_000_000];

    fn written(format: Format, exemplars: &[Option<Exemplar>]) -> String {
        let mut text = Vec::new();
        let mut pass_on = |_: &mut Vec<u8>| ControlFlow::Continue(());
        let mut page = Text::new(format, &mut text, &mut pass_on);
        page.begin(&names::WORKFLOWS_ACTIVE);
        page.begin(&names::WORKFLOW_DURATION);
        let number = Number::Histogram {
            unit: Unit::Nanosecond,
            bounds: BOUNDS_NS,
            buckets: &[2, 1, 0, 1],
            sum: 102_001_500_000,
            exemplars,
        };
        page.sample(r#"workflow="odd \"name\"""#, number);
        String::from_utf8(text).expect("text")
    }

    #[test]
    fn seconds_are_exact_and_short() {
        let shown = [0, 1, 1_000_000, 2_500_000_000, 60_000_000_000, u64::MAX]
            .map(|ns| Shown(Unit::Nanosecond, ns).to_string());
        assert_eq!(shown, ["0", "0.000000001", "0.001", "2.5", "60", "18446744073.709551615"]);
    }

    #[test]
    fn our_text_is_that_of_the_prometheus_crate() {
        let options = HistogramOpts::new("workflow_duration_seconds", names::WORKFLOW_DURATION.help);
        let options = options.const_label("workflow", "odd \"name\"").buckets(vec![0.001, 2.5, 60.0]);
        let theirs = Histogram::with_opts(options).expect("the name is valid");
        [0.0005, 0.001, 2.0, 100.0].into_iter().for_each(|seconds| theirs.observe(seconds));
        let mut expected = Vec::new();
        TextEncoder::new().encode(&prometheus::core::Collector::collect(&theirs), &mut expected).expect("text");
        assert_eq!(written(Format::Prometheus, &[]), String::from_utf8_lossy(&expected));
    }

    #[test]
    fn open_metrics_have_units_bounds_that_are_floats_and_traces() {
        let exemplar = Exemplar {
            trace_id: 0x5b8e_fff7_9803_8103_u128.into(),
            span_id: 0xeee1_9b7e_u64.into(),
            value: 2_000_000_000,
            at: UNIX_EPOCH + Duration::from_millis(1_700_000_000_007),
        };
        let text = written(Format::OpenMetrics, &[None, Some(exemplar), None, None]);
        let help = names::WORKFLOW_DURATION.help;
        let labels = r#"workflow="odd \"name\"""#;
        let exemplar = r#"{trace_id="00000000000000005b8efff798038103",span_id="00000000eee19b7e"} 2 1700000000.007"#;
        let expected = format!(
            "# TYPE workflow_duration_seconds histogram\n\
             # HELP workflow_duration_seconds {help}\n\
             # UNIT workflow_duration_seconds seconds\n\
             workflow_duration_seconds_bucket{{{labels},le=\"0.001\"}} 2\n\
             workflow_duration_seconds_bucket{{{labels},le=\"2.5\"}} 3 # {exemplar}\n\
             workflow_duration_seconds_bucket{{{labels},le=\"60.0\"}} 3\n\
             workflow_duration_seconds_bucket{{{labels},le=\"+Inf\"}} 4\n\
             workflow_duration_seconds_sum{{{labels}}} 102.0015\n\
             workflow_duration_seconds_count{{{labels}}} 4\n"
        );
        assert_eq!(text, expected);
    }
}
