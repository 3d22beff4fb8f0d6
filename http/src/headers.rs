//! The headers of HTTP as what a context travels in.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::Context;
use taximeter_runtime::propagation::{self, Carrier, header};

/// A context that holds what the caller says in its headers: its trace, its correlation id and its baggage.
///
/// What is current where the request is taken does not become part of it. So with headers that are missing or malformed
/// the next span starts a trace of its own. The rules are those of W3C Trace Context (`traceparent` of 55 to 512 bytes,
/// `tracestate` of 32 members) and W3C Baggage (64 pairs), and of each header 8,192 bytes over all its lines are read. The
/// limits are checked before anything is allocated.
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
    propagation::extract(&Incoming(headers))
}

/// Writes the current trace, correlation id and baggage into the headers of a request that is about to leave.
///
/// Without a current span or workflow nothing is written. What stands under the same names is replaced.
///
/// ```
/// let mut headers = http::HeaderMap::new();
/// taximeter_http::inject(&mut headers);
/// assert!(!headers.contains_key("traceparent"));
/// ```
pub fn inject(headers: &mut HeaderMap) {
    Context::map_current(|context| inject_context(context, headers));
}

/// The same for a context that is not the current one.
pub(crate) fn inject_context(context: &Context, headers: &mut HeaderMap) {
    propagation::inject(context, |name, value| {
        if let (Some(name), Ok(value)) = (known(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    });
}

/// The names of ours, made once: making one takes longer than reading a header.
fn known(name: &'static str) -> Option<HeaderName> {
    const TRACEPARENT: HeaderName = HeaderName::from_static(header::TRACEPARENT);
    const TRACESTATE: HeaderName = HeaderName::from_static(header::TRACESTATE);
    const BAGGAGE: HeaderName = HeaderName::from_static(header::BAGGAGE);
    const CORRELATION_ID: HeaderName = HeaderName::from_static(header::CORRELATION_ID);
    match name {
        header::TRACEPARENT => Some(TRACEPARENT),
        header::TRACESTATE => Some(TRACESTATE),
        header::BAGGAGE => Some(BAGGAGE),
        header::CORRELATION_ID => Some(CORRELATION_ID),
        other => HeaderName::from_bytes(other.as_bytes()).ok(),
    }
}

/// Headers that a context is read from.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'h>(
    /// The headers.
    pub &'h HeaderMap,
);

impl Carrier for Incoming<'_> {
    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        known(name).into_iter().flat_map(|name| self.0.get_all(name)).map(HeaderValue::as_bytes)
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
        let mut sent = with(PARENT);
        sent.insert("tracestate", HeaderValue::from_static("rojo=1"));
        sent.insert("baggage", HeaderValue::from_static("tenant=Acme%20Inc"));
        sent.insert("x-correlation-id", HeaderValue::from_static("order-17"));
        let _current = extract(&sent).attach();
        let mut headers = HeaderMap::new();
        inject(&mut headers);
        assert_eq!(headers, sent);
    }

    #[test]
    fn an_empty_header_says_nothing() {
        let _current = extract(&with(PARENT)).attach();
        let mut headers = HeaderMap::new();
        inject(&mut headers);
        assert_eq!(headers, with(PARENT));
    }

    #[test]
    fn the_trace_in_which_a_request_is_taken_is_not_that_of_the_request() {
        let _current = extract(&with(PARENT)).attach();
        assert!(!extract(&HeaderMap::new()).span().span_context().is_valid());
        assert!(!extract(&with("00")).span().span_context().is_valid());
    }
}
