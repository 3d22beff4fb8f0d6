//! The headers that carry a trace between processes.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry_sdk::propagation::TraceContextPropagator;

/// A context that holds the caller's trace and nothing else.
///
/// What is current where the request is taken does not become part of it. So with headers that are missing or malformed
/// the next span starts a trace of its own. The rule is that of W3C Trace Context, `traceparent` and `tracestate`.
///
/// ```
/// use http::HeaderMap;
/// use opentelemetry::trace::TraceContextExt;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse()?);
/// let context = taximeter_http::extract(&headers);
/// assert_eq!(context.span().span_context().trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
/// # Ok::<(), http::header::InvalidHeaderValue>(())
/// ```
pub fn extract(headers: &HeaderMap) -> Context {
    TraceContextPropagator::new().extract_with_context(&Context::new(), &Incoming(headers))
}

/// Writes the current trace into the headers of a request that is about to leave.
///
/// Without a current span nothing is written. What stands under the same names is replaced.
///
/// ```
/// let mut headers = http::HeaderMap::new();
/// taximeter_http::inject(&mut headers);
/// assert!(!headers.contains_key("traceparent"));
/// ```
pub fn inject(headers: &mut HeaderMap) {
    TraceContextPropagator::new().inject_context(&Context::current(), &mut Outgoing(headers));
}

struct Incoming<'a>(&'a HeaderMap);

impl Extractor for Incoming<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

struct Outgoing<'a>(&'a mut HeaderMap);

impl Injector for Outgoing<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value))
            && !value.is_empty()
        {
            self.0.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::TraceContextExt;

    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn with(traceparent: &str) -> HeaderMap {
        HeaderMap::from_iter([(HeaderName::from_static("traceparent"), traceparent.parse().unwrap())])
    }

    #[test]
    fn what_one_process_writes_the_next_one_reads() {
        let _current = extract(&with(PARENT)).attach();
        let mut headers = HeaderMap::new();
        inject(&mut headers);
        assert_eq!(headers["traceparent"], PARENT);
        assert!(!headers.contains_key("tracestate"), "an empty header says nothing");
    }

    #[test]
    fn the_trace_in_which_a_request_is_taken_is_not_that_of_the_request() {
        let _current = extract(&with(PARENT)).attach();
        assert!(!extract(&HeaderMap::new()).span().span_context().is_valid());
        assert!(!extract(&with("00")).span().span_context().is_valid());
    }

    #[test]
    fn a_malformed_header_is_no_parent_and_no_error() {
        let zero_trace = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
        for bad in ["", "00", zero_trace, &PARENT.replace("00-4", "ff-4"), &PARENT.to_uppercase(), &"0".repeat(10_000)]
        {
            assert!(!extract(&with(bad)).span().span_context().is_valid(), "{bad}");
        }
    }
}
