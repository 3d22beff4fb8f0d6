//! The registry as text: the Prometheus exposition format 0.0.4.
//!
//! Our own metrics go from the cells into the text without a stop: labels and bounds are ready, only numbers are written.
//! What the program has registered beside them is encoded by the `prometheus` crate.

use std::fmt::Display;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};

use flate2::Compression;
use flate2::write::GzEncoder;
use prometheus::proto::MetricFamily;
use prometheus::{Encoder, TextEncoder};
use taximeter_runtime::metrics::names::{self, Kind, Metric};
use taximeter_runtime::metrics::{self, Number, Page, Unit};

/// The media type of the text.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// So much text is passed on at a time.
const CHUNK: usize = 32 * 1024;

/// Appends what `/metrics` shows to `text`, for a program that serves it by its own router. The media type is
/// `text/plain; version=0.0.4; charset=utf-8`.
///
/// A buffer that is cleared and used again saves the memory of the next page. A collector of the program that panics
/// hides what it would have shown, and what the other collectors of the program would have; ours are shown all the same.
///
/// ```
/// let mut text = Vec::new();
/// taximeter_export::write_metrics(&mut text);
/// assert!(text.starts_with(b"# HELP "));
/// ```
pub fn write_metrics(text: &mut Vec<u8>) {
    let _ = write(&others(), text, &mut |_| ControlFlow::Continue(()));
}

/// What stands for the help text of an instrument of OpenTelemetry that nobody has described.
const UNDESCRIBED: &str = "An instrument without a description.";

/// What the program has registered beside our own metrics. When one of its collectors panics, only what was registered
/// with `taximeter::metrics::counter` and its kind, because the registry asks all collectors in one call.
pub(crate) fn others() -> Vec<MetricFamily> {
    let gather = |gather: fn() -> Vec<MetricFamily>| match panic::catch_unwind(AssertUnwindSafe(gather)) {
        Ok(families) => Some(families),
        Err(payload) => {
            // Its destructor is code of the program too.
            std::mem::forget(payload);
            None
        }
    };
    let others = gather(metrics::gather_others).and_then(|others| match others.iter().any(is_ours) {
        true => gather(|| metrics::registry().gather()),
        false => Some(others),
    });
    let mut others = others.unwrap_or_else(|| {
        metrics::internal_error("collector_panic");
        metrics::own_families()
    });
    for family in others.iter_mut().filter(|family| family.help().is_empty()) {
        family.set_help(UNDESCRIBED.to_owned());
    }
    others
}

/// Everything that the page shows, as messages of the `prometheus` crate.
pub(crate) fn families() -> Vec<MetricFamily> {
    let others = others();
    // With a series in a family of ours, the others are everything.
    if others.iter().any(is_ours) {
        return others;
    }
    let mut families = metrics::gather_ours();
    families.extend(others);
    families
}

/// Whether it bears one of our names, as a series may that the program adds to a family of ours.
fn is_ours(family: &MetricFamily) -> bool {
    names::ALL.iter().any(|metric| metric.name == family.name())
}

/// Hands the whole text on in chunks, compressed if that is asked for, until somebody has enough.
pub(crate) fn stream(others: &[MetricFamily], zip: bool, mut send: impl FnMut(Vec<u8>) -> ControlFlow<()>) {
    let mut text = Vec::with_capacity(CHUNK + CHUNK / 4);
    let mut zipper = zip.then(|| GzEncoder::new(Vec::new(), Compression::fast()));
    let mut pass_on = |text: &mut Vec<u8>| match &mut zipper {
        _ if text.len() < CHUNK => ControlFlow::Continue(()),
        None => send(std::mem::replace(text, Vec::with_capacity(CHUNK + CHUNK / 4))),
        Some(zipper) => {
            // Writing into memory cannot fail.
            let _ = zipper.write_all(text);
            text.clear();
            match zipper.get_mut() {
                zipped if zipped.len() < CHUNK => ControlFlow::Continue(()),
                zipped => send(std::mem::take(zipped)),
            }
        }
    };
    if write(others, &mut text, &mut pass_on).is_break() {
        return;
    }
    let last = match zipper {
        None => text,
        Some(mut zipper) => {
            let _ = zipper.write_all(&text);
            zipper.finish().unwrap_or_default()
        }
    };
    if !last.is_empty() {
        let _ = send(last);
    }
}

type PassOn<'a> = &'a mut dyn FnMut(&mut Vec<u8>) -> ControlFlow<()>;

fn write(others: &[MetricFamily], text: &mut Vec<u8>, pass_on: PassOn<'_>) -> ControlFlow<()> {
    // With a series in a family of ours, the others are everything.
    if !others.iter().any(is_ours) {
        metrics::show(&mut Text::new(text, pass_on))?;
    }
    others.iter().try_for_each(|family| write_family(text, family, pass_on))
}

/// A family that cannot be written (no samples, a name that is no name) is left out, so that it does not hide the others.
fn write_family(text: &mut Vec<u8>, family: &MetricFamily, pass_on: PassOn<'_>) -> ControlFlow<()> {
    let mut passing = Passing { text, pass_on, is_over: false };
    if TextEncoder::new().encode(std::slice::from_ref(family), &mut passing).is_err() && !passing.is_over {
        metrics::internal_error("encode");
    }
    if passing.is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// Passes text on while it is written: one family of the program may be larger than a chunk.
struct Passing<'a> {
    text: &'a mut Vec<u8>,
    pass_on: PassOn<'a>,
    is_over: bool,
}

impl Write for Passing<'_> {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(more);
        if (self.pass_on)(self.text).is_break() {
            self.is_over = true;
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Our own metrics on their way into the text.
struct Text<'a> {
    text: &'a mut Vec<u8>,
    pass_on: PassOn<'a>,
    name: &'static str,
    /// The metric whose samples come next, as long as there was none.
    begun: Option<&'static Metric>,
    bounds: Bounds,
}

impl<'a> Text<'a> {
    fn new(text: &'a mut Vec<u8>, pass_on: PassOn<'a>) -> Text<'a> {
        Text { text, pass_on, name: "", begun: None, bounds: Bounds::default() }
    }

    fn push(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
    }

    fn push_whole(&mut self, number: u64) {
        self.text.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
        self.text.push(b'\n');
    }

    fn push_shown(&mut self, number: impl Display) {
        let _ = writeln!(self.text, "{number}");
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
            _ => "untyped",
        };
        let help = metric.help.replace('\\', "\\\\").replace('\n', "\\n");
        let _ = write!(self.text, "# HELP {0} {help}\n# TYPE {0} {kind}\n", metric.name);
    }

    /// Buckets count from the first, and the last of them is the count, so these agree whatever is written meanwhile.
    fn histogram(&mut self, labels: &str, unit: Unit, bounds: &[u64], buckets: &[u64], sum: u64) {
        self.bounds.make(unit, bounds);
        let mut cumulative: u64 = 0;
        for (place, count) in buckets.iter().enumerate() {
            cumulative = cumulative.saturating_add(*count);
            self.text.extend_from_slice(self.name.as_bytes());
            self.text.extend_from_slice(b"_bucket{");
            self.text.extend_from_slice(labels.as_bytes());
            self.text.extend_from_slice(self.bounds.ending(place));
            self.push_whole(cumulative);
        }
        self.push_series("_sum", labels);
        self.push_shown(Shown(unit, sum));
        self.push_series("_count", labels);
        self.push_whole(cumulative);
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
            }
            Number::Real(number) => {
                self.push_series("", labels);
                self.push_shown(number);
            }
            Number::Histogram { unit, bounds, buckets, sum } => self.histogram(labels, unit, bounds, buckets, sum),
        }
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
    fn make(&mut self, unit: Unit, bounds: &[u64]) {
        if self.unit != Some(unit) || self.of != bounds {
            (self.unit, self.of) = (Some(unit), bounds.to_vec());
            self.endings = bounds.iter().map(|bound| format!(",le=\"{}\"}} ", Shown(unit, *bound))).collect();
        }
    }

    fn ending(&self, place: usize) -> &[u8] {
        self.endings.get(place).map_or(b",le=\"+Inf\"} ", |ending| ending.as_bytes())
    }
}

/// A number in its unit; nanoseconds as seconds, exactly: `0.0025`.
struct Shown(Unit, u64);

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

/// Whether an `Accept-Encoding` header takes gzip: named, or any, and not with the weight 0
/// ([RFC 9110, 12.5.3](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3)).
pub(crate) fn accepts_gzip(header: &str) -> bool {
    let weight = |name: &str| header.split(',').find_map(|entry| weight_of(entry, name));
    weight("gzip").or_else(|| weight("*")).is_some_and(|weight| weight > 0.0)
}

fn weight_of(entry: &str, wanted: &str) -> Option<f32> {
    let mut parts = entry.split(';').map(str::trim);
    let name = parts.next().filter(|name| name.eq_ignore_ascii_case(wanted));
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    name.map(|_| weight.and_then(|weight| weight.trim().parse().ok()).unwrap_or(1.0))
}

#[cfg(test)]
mod tests {
    use prometheus::{Histogram, HistogramOpts};

    use super::*;

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
        let theirs = prometheus::core::Collector::collect(&theirs);
        let mut expected = Vec::new();
        assert!(write_family(&mut expected, &theirs[0], &mut |_| ControlFlow::Continue(())).is_continue());

        let mut text = Vec::new();
        let mut pass_on = |_: &mut Vec<u8>| ControlFlow::Continue(());
        let mut page = Text::new(&mut text, &mut pass_on);
        page.begin(&names::WORKFLOWS_ACTIVE);
        page.begin(&names::WORKFLOW_DURATION);
        let bounds_ns = &[1_000_000, 2_500_000_000, 60_000_000_000];
        let number = Number::Histogram {
            unit: Unit::Nanosecond,
            bounds: bounds_ns,
            buckets: &[2, 1, 0, 1],
            sum: 102_001_500_000,
        };
        page.sample(r#"workflow="odd \"name\"""#, number);
        assert_eq!(String::from_utf8_lossy(&text), String::from_utf8_lossy(&expected));
    }

    #[test]
    fn gzip_is_sent_only_to_those_who_take_it() {
        for accepted in ["gzip", "deflate, GZIP;q=0.5", "*", "br;q=1.0, gzip ; q=0.8, *;q=0.1"] {
            assert!(accepts_gzip(accepted), "{accepted}");
        }
        for refused in ["", "identity", "gzip;q=0", "gzip; q=0.0, *", "*;q=0", "x-gzip-like", "br"] {
            assert!(!accepts_gzip(refused), "{refused}");
        }
    }
}
