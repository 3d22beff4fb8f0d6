//! The way to the receiver of spans: `OTEL_EXPORTER_OTLP_*`.
//!
//! The names and rules are those of the
//! [specification](https://opentelemetry.io/docs/specs/otel/protocol/exporter/).

use std::fmt;
use std::time::Duration;

use hyper::Uri;
use hyper::header::{HeaderName, HeaderValue};
use taximeter_runtime::redact;

use crate::config::environment::{Environment, boolean};

/// How spans travel to a receiver of the OpenTelemetry protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// gRPC, usually on port 4317.
    Grpc,
    /// Protocol buffers over HTTP/1.1, usually on port 4318.
    HttpProtobuf,
}

/// How the bodies of OTLP requests are made smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// gzip, which every receiver has to understand.
    Gzip,
}

/// Where spans go, and how.
#[derive(Clone, Debug)]
pub(crate) struct Otlp {
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) protocol: Protocol,
    pub(crate) headers: Headers,
    pub(crate) timeout: Duration,
    pub(crate) compression: Option<Compression>,
}

pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);

// The variable of the signal comes first, then the one of all signals.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const INSECURE: &[&str] = &["OTEL_EXPORTER_OTLP_TRACES_INSECURE", "OTEL_EXPORTER_OTLP_INSECURE"];
const PROTOCOL: &[&str] = &["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
const HEADERS: &[&str] = &["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"];
const TIMEOUTS: &[&str] = &["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];
const COMPRESSION: &[&str] = &["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"];

impl Otlp {
    pub(crate) fn from_env(env: &mut Environment, exporters: Exporters) -> Self {
        let protocol = env.read(PROTOCOL, "`grpc` or `http/protobuf`", protocol).unwrap_or(Protocol::Grpc);
        let endpoint = match exporters.otlp {
            Wish::No => None,
            Wish::Unsaid => Endpoint::from_env(env),
            Wish::Yes => Some(Endpoint::from_env(env).unwrap_or_else(|| Endpoint::standard(protocol))),
        };
        Otlp {
            endpoint,
            protocol,
            headers: Headers(env.pairs(HEADERS).unwrap_or_default()),
            timeout: env.milliseconds(TIMEOUTS).unwrap_or(TIMEOUT),
            compression: env.read(COMPRESSION, "`gzip` or `none`", compression).flatten(),
        }
    }
}

fn protocol(name: &str) -> Option<Protocol> {
    match name {
        "grpc" => Some(Protocol::Grpc),
        "http/protobuf" => Some(Protocol::HttpProtobuf),
        _ => None,
    }
}

fn compression(name: &str) -> Option<Option<Compression>> {
    match name {
        "gzip" => Some(Some(Compression::Gzip)),
        "none" => Some(None),
        _ => None,
    }
}

/// What `OTEL_TRACES_EXPORTER` asks for.
#[derive(Clone, Copy)]
pub(crate) struct Exporters {
    pub(crate) otlp: Wish,
    pub(crate) console: bool,
}

/// Whether OTLP is wanted. When nothing is said, an endpoint decides.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    Unsaid,
    Yes,
    No,
}

impl Exporters {
    pub(crate) fn from_env(env: &mut Environment) -> Self {
        let unsaid = Exporters { otlp: Wish::Unsaid, console: false };
        env.read(&["OTEL_TRACES_EXPORTER"], "made of `otlp`, `console` and `none`", exporters).unwrap_or(unsaid)
    }
}

fn exporters(list: &str) -> Option<Exporters> {
    let names: Vec<_> = list.split(',').map(str::trim).collect();
    let known = names.iter().all(|name| matches!(*name, "otlp" | "console" | "none"));
    let otlp = if names.contains(&"otlp") { Wish::Yes } else { Wish::No };
    known.then_some(Exporters { otlp, console: names.contains(&"console") })
}

/// The URL of the receiver. It may hold a password, so it is shown without its user part.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// For all signals: HTTP appends the path of the signal.
    Base(String),
    /// For traces alone: used as it is.
    Traces(String),
}

impl Endpoint {
    fn from_env(env: &mut Environment) -> Option<Self> {
        const URL: &str = "a URL such as `http://localhost:4317`";
        let insecure = env.read(INSECURE, "`true` or `false`", boolean).unwrap_or(false);
        let traces = env.read(&[TRACES_ENDPOINT], URL, |value| url(value, insecure)).map(Endpoint::Traces);
        traces.or_else(|| env.read(&[ENDPOINT], URL, |value| url(value, insecure)).map(Endpoint::Base))
    }

    /// Where the specification expects a receiver when it is not told.
    fn standard(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Grpc => Endpoint::Base("http://localhost:4317".to_owned()),
            Protocol::HttpProtobuf => Endpoint::Base("http://localhost:4318".to_owned()),
        }
    }

    /// The URL that requests go to.
    pub(crate) fn target(&self, protocol: Protocol) -> String {
        match (self, protocol) {
            (Endpoint::Base(url), Protocol::HttpProtobuf) => format!("{}/v1/traces", url.trim_end_matches('/')),
            (Endpoint::Base(url) | Endpoint::Traces(url), _) => url.clone(),
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Endpoint::Base(url) | Endpoint::Traces(url)) = self;
        out.write_str(&redact::text(url))
    }
}

/// The value as a URL of HTTP, when it is one. Without a scheme it has to be said that TLS is not wanted.
fn url(value: &str, insecure: bool) -> Option<String> {
    let value = match value.contains("://") {
        true => value.to_owned(),
        false if insecure => format!("http://{value}"),
        false => return None,
    };
    is_http_url(&value).then_some(value)
}

/// Whether requests can be addressed to this text.
pub(crate) fn is_http_url(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else { return false };
    matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
}

/// Headers of requests. Their values are secrets.
#[derive(Clone, Default)]
pub(crate) struct Headers(Vec<(String, String)>);

impl Headers {
    /// Sets a header; one of the same name is replaced.
    pub(crate) fn insert(&mut self, name: String, value: String) {
        self.0.retain(|(other, _)| !other.eq_ignore_ascii_case(&name));
        self.0.push((name, value));
    }

    /// The headers as HTTP wants them.
    pub(crate) fn usable(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        self.0.iter().filter_map(usable)
    }

    /// Leaves out what is no header of HTTP, and tells the names.
    pub(crate) fn remove_unusable(&mut self) -> Vec<String> {
        let (good, bad): (Vec<_>, Vec<_>) = self.0.drain(..).partition(|pair| usable(pair).is_some());
        self.0 = good;
        bad.into_iter().map(|(name, _)| name).collect()
    }
}

fn usable((name, value): &(String, String)) -> Option<(HeaderName, HeaderValue)> {
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some((HeaderName::from_bytes(name.as_bytes()).ok()?, value))
}

impl fmt::Debug for Headers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_map().entries(self.0.iter().map(|(name, _)| (name, "[redacted]"))).finish()
    }
}
