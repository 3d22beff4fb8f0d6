//! The registry as text: the Prometheus exposition format 0.0.4.

use std::io::Write;
use std::panic::{self, AssertUnwindSafe};

use flate2::Compression;
use flate2::write::GzEncoder;
use prometheus::proto::MetricFamily;
use prometheus::{Encoder, TextEncoder};
use taximeter_runtime::metrics;

/// The media type of the text.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Every family of the registry that can be written.
///
/// A family that cannot (no samples, a name that is no name) is left out, so that one bad collector does not hide the
/// others. A collector of the program's own that panics hides those that the program has registered with the registry,
/// because it asks them in one call; ours are on the page all the same.
pub(crate) fn scrape() -> Vec<u8> {
    let gathered = panic::catch_unwind(AssertUnwindSafe(|| metrics::registry().gather()));
    let mut families = gathered.unwrap_or_else(|payload| {
        // Its destructor is code of the program too.
        std::mem::forget(payload);
        metrics::internal_error("collector_panic");
        metrics::own_families()
    });
    let mut text = Vec::new();
    for family in &mut families {
        write_family(&mut text, family);
    }
    text
}

/// What stands for the help text of an instrument of OpenTelemetry that nobody has described.
const UNDESCRIBED: &str = "An instrument without a description.";

fn write_family(text: &mut Vec<u8>, family: &mut MetricFamily) {
    if family.help().is_empty() {
        family.set_help(UNDESCRIBED.to_owned());
    }
    let start = text.len();
    if TextEncoder::new().encode(std::slice::from_ref(family), text).is_err() {
        text.truncate(start);
        metrics::internal_error("encode");
    }
}

/// The text as gzip, fast rather than small: it is made anew for every scrape.
pub(crate) fn gzip(text: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).ok()?;
    encoder.finish().ok()
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
    use super::*;

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
