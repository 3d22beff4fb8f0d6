//! The way to the receivers of spans, log records and metrics: `OTEL_EXPORTER_OTLP_*`.
//!
//! The names and rules are those of the
//! [specification](https://opentelemetry.io/docs/specs/otel/protocol/exporter/).

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use hyper::Uri;
use hyper::header::{HeaderName, HeaderValue};
use taximeter_runtime::redact;

use crate::config::environment::{Environment, boolean};

/// How signals travel to a receiver of the OpenTelemetry protocol.
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

/// Where each signal goes, and how. What the code says, it says for all of them.
#[derive(Clone, Debug)]
pub(crate) struct Otlp {
    pub(crate) traces: Route,
    pub(crate) logs: Route,
    pub(crate) metrics: Route,
}

/// The way of one signal.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    /// Whether the signal is wanted. When nothing is said, an endpoint decides for spans, and the others stay here.
    pub(crate) wish: Wish,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) protocol: Protocol,
    pub(crate) headers: Headers,
    pub(crate) timeout: Duration,
    pub(crate) compression: Option<Compression>,
    pub(crate) certificates: Certificates,
}

/// Files with certificates in PEM, for `https`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Certificates {
    /// Whom the receiver's certificate has to come from; without it, from those whom the system trusts.
    pub(crate) trusted: Option<PathBuf>,
    /// The certificate of the program, and its key.
    pub(crate) own: Option<(PathBuf, PathBuf)>,
}

pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);

pub(super) const URL: &str = "a URL such as `http://localhost:4317`";

impl Otlp {
    pub(crate) fn from_env(env: &mut Environment, traces: Wish, logs: Wish, metrics: Wish) -> Self {
        Otlp {
            traces: Route::from_env(env, "TRACES", traces),
            logs: Route::from_env(env, "LOGS", logs),
            metrics: Route::from_env(env, "METRICS", metrics),
        }
    }

    pub(crate) fn each(&mut self) -> [&mut Route; 3] {
        [&mut self.traces, &mut self.logs, &mut self.metrics]
    }
}

impl Route {
    fn from_env(env: &mut Environment, signal: &str, wish: Wish) -> Self {
        // The variable of the signal comes first, then the one of all signals.
        let names = |what: &str| [format!("OTEL_EXPORTER_OTLP_{signal}_{what}"), format!("OTEL_EXPORTER_OTLP_{what}")];
        let protocol = env.read(&names("PROTOCOL"), "`grpc` or `http/protobuf`", protocol).unwrap_or(Protocol::Grpc);
        Route {
            wish,
            endpoint: Endpoint::from_env(env, &names("ENDPOINT"), &names("INSECURE")),
            protocol,
            headers: Headers(env.pairs(&names("HEADERS")).unwrap_or_default()),
            timeout: env.milliseconds(&names("TIMEOUT")).unwrap_or(TIMEOUT),
            compression: env.read(&names("COMPRESSION"), "`gzip` or `none`", compression).flatten(),
            certificates: Certificates::from_env(env, names),
        }
    }

    /// The URL that requests go to, if the signal goes anywhere; `path` is that of the signal over HTTP.
    pub(crate) fn target(&self, path: &str) -> Option<String> {
        let endpoint = match self.wish {
            Wish::No => None,
            Wish::Unsaid => self.endpoint.clone(),
            Wish::Yes => Some(self.endpoint.clone().unwrap_or_else(|| Endpoint::standard(self.protocol))),
        };
        endpoint.map(|endpoint| endpoint.target(self.protocol, path))
    }

    /// What the code says: the signal goes there, unless it is one that has to be asked for.
    pub(super) fn set_endpoint(&mut self, url: String, is_asked_for: bool) {
        self.endpoint = Some(Endpoint::Base(url));
        if self.wish == Wish::No && !is_asked_for {
            self.wish = Wish::Unsaid;
        }
    }
}

impl Certificates {
    fn from_env(env: &mut Environment, names: impl Fn(&str) -> [String; 2]) -> Self {
        let file = |env: &Environment, what| names(what).iter().find_map(|name| env.text(name)).map(PathBuf::from);
        let (certificate, key) = (file(env, "CLIENT_CERTIFICATE"), file(env, "CLIENT_KEY"));
        if certificate.is_some() != key.is_some() {
            env.reject(CLIENT_CERTIFICATE, "set together with `OTEL_EXPORTER_OTLP_CLIENT_KEY`");
        }
        Certificates { trusted: file(env, "CERTIFICATE"), own: certificate.zip(key) }
    }
}

const CLIENT_CERTIFICATE: &str = "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE";

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

/// Whether a signal is wanted. When nothing is said, an endpoint decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Unsaid,
    Yes,
    No,
}

impl Wish {
    pub(crate) fn of(is_wanted: bool) -> Self {
        if is_wanted { Wish::Yes } else { Wish::No }
    }
}

/// The URL of the receiver. It may hold a password, so it is shown without its user part.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// For all signals: HTTP appends the path of the signal.
    Base(String),
    /// For one signal alone: used as it is.
    Exact(String),
}

impl Endpoint {
    fn from_env(env: &mut Environment, [own, common]: &[String; 2], insecure: &[String; 2]) -> Option<Self> {
        let insecure = env.read(insecure, "`true` or `false`", boolean).unwrap_or(false);
        let exact = env.read(&[own], URL, |value| url(value, insecure)).map(Endpoint::Exact);
        exact.or_else(|| env.read(&[common], URL, |value| url(value, insecure)).map(Endpoint::Base))
    }

    /// Where the specification expects a receiver when it is not told.
    fn standard(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Grpc => Endpoint::Base("http://localhost:4317".to_owned()),
            Protocol::HttpProtobuf => Endpoint::Base("http://localhost:4318".to_owned()),
        }
    }

    pub(crate) fn url(&self) -> &str {
        let (Endpoint::Base(url) | Endpoint::Exact(url)) = self;
        url
    }

    /// The URL that requests go to.
    fn target(&self, protocol: Protocol, path: &str) -> String {
        match (self, protocol) {
            (Endpoint::Base(url), Protocol::HttpProtobuf) => format!("{}{path}", url.trim_end_matches('/')),
            (Endpoint::Base(url) | Endpoint::Exact(url), _) => url.clone(),
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&redact::text(self.url()))
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
