//! The registry as text, in the format that the reader wants.
//!
//! Our own metrics go from the cells into the text without a stop; what the program has registered beside them is gathered
//! first.

mod families;
mod format;
mod masked;
mod names;
mod ours;

use std::io::Write;
use std::ops::ControlFlow;

use flate2::Compression;
use flate2::write::GzEncoder;
use prometheus::proto::MetricFamily;
use taximeter_runtime::metrics;

use self::families::Families;
use self::names::Taken;
use self::ours::Text;

pub(crate) use self::format::{Format, accepts_gzip};

/// So much text is passed on at a time.
const CHUNK: usize = 32 * 1024;

/// Appends what `/metrics` shows to `text`, for a program that serves it by its own router. The media type is
/// `text/plain; version=0.0.4; charset=utf-8`.
///
/// A buffer that is cleared and used again saves the memory of the next page. A collector of the program that panics, or
/// takes longer than a second, hides what it would have shown and nothing else.
///
/// ```
/// let mut text = Vec::new();
/// taximeter_export::write_metrics(&mut text);
/// assert!(text.starts_with(b"# HELP "));
/// ```
pub fn write_metrics(text: &mut Vec<u8>) {
    let _ = write(Format::Prometheus, &others(), text, &mut |_| ControlFlow::Continue(()));
}

/// The same in OpenMetrics 1.0, with the traces of durations as exemplars, for a reader whose `Accept` names
/// `application/openmetrics-text`. The media type is `application/openmetrics-text; version=1.0.0; charset=utf-8`.
///
/// ```
/// let mut text = Vec::new();
/// taximeter_export::write_openmetrics(&mut text);
/// assert!(text.ends_with(b"# EOF\n"));
/// ```
pub fn write_openmetrics(text: &mut Vec<u8>) {
    let _ = write(Format::OpenMetrics, &others(), text, &mut |_| ControlFlow::Continue(()));
}

/// What stands for the help text of an instrument of OpenTelemetry that nobody has described.
const UNDESCRIBED: &str = "An instrument without a description.";

/// What the program has registered beside our own metrics.
pub(crate) fn others() -> Vec<MetricFamily> {
    let mut others = metrics::gather_others();
    others.iter_mut().for_each(masked::mask);
    if others.iter().any(is_ours) {
        others = metrics::with_ours(others);
    }
    for family in others.iter_mut().filter(|family| family.help().is_empty()) {
        family.set_help(UNDESCRIBED.to_owned());
    }
    others
}

/// Everything that the page shows, as messages of the `prometheus` crate.
pub(crate) fn families() -> Vec<MetricFamily> {
    let others = others();
    // With a series in a family of ours, the others are everything.
    if others.iter().any(is_ours) { others } else { metrics::with_ours(others) }
}

/// Whether it bears one of our names, as a series may that the program adds to a family of ours.
fn is_ours(family: &MetricFamily) -> bool {
    metrics::names::ALL.iter().any(|metric| metric.name == family.name())
}

/// Hands the whole text on in chunks, compressed if that is asked for, until somebody has enough.
pub(crate) fn stream(
    format: Format,
    others: &[MetricFamily],
    zip: bool,
    mut send: impl FnMut(Vec<u8>) -> ControlFlow<()>,
) {
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
    if write(format, others, &mut text, &mut pass_on).is_break() {
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

fn write(format: Format, others: &[MetricFamily], text: &mut Vec<u8>, pass_on: PassOn<'_>) -> ControlFlow<()> {
    // With a series in a family of ours, the others are everything.
    let taken = if others.iter().any(is_ours) {
        Taken::none()
    } else {
        metrics::show(&mut Text::new(format, text, pass_on))?;
        Taken::by_us()
    };
    let mut families = Families::new(format, text, pass_on, taken);
    others.iter().try_for_each(|family| families.write(family))?;
    if format == Format::OpenMetrics {
        text.extend_from_slice(b"# EOF\n");
    }
    ControlFlow::Continue(())
}
