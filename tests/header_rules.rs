//! What holds of the headers that a stranger sends, whatever they are.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::Context;
use opentelemetry::baggage::BaggageExt;
use opentelemetry::trace::TraceContextExt;
use taximeter::http::{extract, inject};
use taximeter::propagation::Correlation;

use crate::allocations::Used;

/// The names of the headers that are read.
pub const NAMES: [&str; 4] = ["traceparent", "tracestate", "baggage", "x-correlation-id"];

/// The limits of the W3C texts.
const LINES_CAP: usize = 8_192;
const STATE_CAP: usize = 32;
const BAGGAGE_CAP: usize = 64;

/// What may be asked for to keep 32 members of a state and 64 pairs, and to write them again: a few places for each, and
/// what maps and lists take when they grow.
const TIMES: u64 = 700;
/// As much as both headers may have, kept, encoded and copied.
const BYTES: u64 = 256 * 1024;

/// The lines as headers, as far as HTTP can carry them.
pub fn headers(lines: &[(&'static str, Vec<u8>)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    headers
}

/// What stands in the headers that go out when these came in.
pub fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let _current = extract(headers).attach();
    let mut out = HeaderMap::new();
    inject(&mut out);
    out
}

/// Panics when these headers, read and passed on, break a rule.
///
/// # Panics
/// As it says.
pub fn must_hold(headers: &HeaderMap) {
    let mut read = Context::new();
    let used = Used::by(|| read = extract(headers));
    let is_refused = !read.has_active_span() && read.baggage().is_empty() && read.get::<Correlation>().is_none();
    assert!(!is_refused || used == Used::default(), "what is refused allocates {used:?}");
    assert!(used.times < TIMES && used.bytes < BYTES, "{used:?} to read");
    is_within_limits(headers, &read);

    let mut out = HeaderMap::new();
    let used = Used::by(|| out = passed_on(headers));
    assert!(used.times < 2 * TIMES && used.bytes < 2 * BYTES, "{used:?} to read and write");
    assert!(out.values().all(|value| value.to_str().is_ok()), "{out:?}");
    assert!(out.values().all(|value| value.len() <= LINES_CAP), "{out:?}");
    assert_eq!(passed_on(&out), out, "what we send, we read");
}

/// What is too much, or there twice, is not there.
fn is_within_limits(headers: &HeaderMap, read: &Context) {
    let lines = |name: &str| headers.get_all(name).iter().map(HeaderValue::len).collect::<Vec<_>>();
    let fits = |name: &str| lines(name).iter().sum::<usize>() <= LINES_CAP;
    let (span, state) = (read.span(), read.span().span_context().trace_state().clone());
    let parent = lines("traceparent");
    let is_one = matches!(parent[..], [55..=512]);
    assert!(!read.has_active_span() || is_one && span.span_context().is_valid(), "{parent:?}");
    assert!((&state).into_iter().count() <= STATE_CAP, "{state:?}");
    assert!(fits("tracestate") || state.header().is_empty(), "{state:?}");
    assert!(read.baggage().len() <= BAGGAGE_CAP, "{:?}", read.baggage());
    assert!(fits("baggage") || read.baggage().is_empty(), "{:?}", read.baggage());
    let correlation = read.get::<Correlation>().map_or(0, |correlation| correlation.id().len());
    assert!(correlation == 0 || lines("x-correlation-id") == [correlation] && correlation <= 128, "{correlation}");
}
