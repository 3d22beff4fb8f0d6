//! One request and its answer, on either side: the span, the context, and what is written down at the end.

use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use opentelemetry::{Context, ContextGuard};
use taximeter_runtime::__private::has_context;
use tracing::Span;
use tracing::span::Entered;

/// The target of the spans and log lines of requests.
pub(crate) const TARGET: &str = "taximeter::http";

/// What goes on while a request is answered.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) method: &'static str,
    pub(crate) span: Span,
    pub(crate) context: Context,
    /// Whether the code of the request is running; it stays so when that unwinds, whoever catches it.
    pub(crate) is_inside: bool,
    started: Instant,
}

/// The code of a request is running on this thread.
pub(crate) struct Running<'a> {
    // Left in this order: the span's own context is the younger one.
    _span: Option<Entered<'a>>,
    _context: Option<ContextGuard>,
}

impl Exchange {
    pub(crate) fn new(method: &'static str, span: Span, context: Context) -> Exchange {
        Exchange { method, span, context, is_inside: false, started: Instant::now() }
    }

    /// Makes the request's context and span current.
    pub(crate) fn enter(&self) -> Running<'_> {
        let is_usable = has_context();
        Running {
            _context: is_usable.then(|| self.context.clone().attach()),
            _span: (is_usable && !self.span.is_disabled()).then(|| self.span.enter()),
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Writes the outcome into the span. `is_error` says whether this side takes such an answer for an error.
    pub(crate) fn record(&self, status: StatusCode, is_error: bool) {
        self.span.record("http.response.status_code", status.as_u16());
        if is_error {
            self.span.record("error.type", status.as_str());
            self.span.record("otel.status_code", "ERROR");
        } else if status.as_u16() < 400 {
            self.span.record("otel.status_code", "OK");
        }
    }

    /// Writes into the span of a request without an answer that its code has panicked, or that nobody waits for the answer
    /// any more. The conventions ask for a type when there is no status; the span of the latter is not one that failed, as
    /// with every call that is cancelled.
    pub(crate) fn record_unanswered(&self) {
        match self.is_inside {
            _ if !has_context() => {}
            true => self.record_failure(PANIC, None),
            false => {
                self.span.record("error.type", CANCELLED);
            }
        }
    }

    /// Writes into the span that there is no answer but an error of this type.
    pub(crate) fn record_failure(&self, error_type: &str, message: Option<&str>) {
        self.span.record("error.type", error_type);
        self.span.record("otel.status_code", "ERROR");
        if let Some(message) = message {
            self.span.record("otel.status_description", message);
        }
    }
}

/// What `error.type` says of a request whose answer nobody waits for any more.
const CANCELLED: &str = "cancelled";

/// What it says of a request whose code has panicked.
const PANIC: &str = "panic";

/// The methods that the conventions know; any other is `_OTHER`, so that nobody can invent values of a label.
pub(crate) fn method_label(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "CONNECT", "TRACE"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("_OTHER")
}

/// The first part of a span's name: a method that is not known is `HTTP` there.
pub(crate) fn method_name(label: &'static str) -> &'static str {
    if label == "_OTHER" { "HTTP" } else { label }
}

/// At most `cap` bytes of a text that comes from outside, without what looks like a secret.
pub(crate) fn safe(text: &str, cap: usize) -> String {
    taximeter_runtime::redact::head(text, cap).into_owned()
}

/// `HTTP/1.1` is `1.1`.
pub(crate) fn version(version: http::Version) -> &'static str {
    match version {
        http::Version::HTTP_09 => "0.9",
        http::Version::HTTP_10 => "1.0",
        http::Version::HTTP_2 => "2",
        http::Version::HTTP_3 => "3",
        _ => "1.1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_leaves_no_half_of_a_secret() {
        for secret in ["sk-proj-cnryabcdefghijklmnopqrstuvwxyz0123456789", "4111111111111111", "cnry@example.org"] {
            for before in 1_024 - secret.len()..1_024 {
                let path = format!("/{}/{secret}/more", "x".repeat(before - 2));
                let safe = safe(&path, 1_024);
                assert!(safe.len() <= 1_024 && !safe.contains("cnry") && !safe.contains("4111"), "{before}: {safe}");
            }
        }
    }
}
