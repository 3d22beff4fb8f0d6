//! Without TLS.

use hyper_util::client::legacy::connect::HttpConnector;

use super::{is_https, sockets};
use crate::config::otlp::Certificates;

pub(in crate::otlp) type Connector = HttpConnector;

/// What connects to this URL, or what is missing for it.
pub(in crate::otlp) fn connector(url: &str, _: &Certificates, _: bool) -> Result<Connector, String> {
    match is_https(url) {
        true => Err("`https` needs TLS: build `taximeter` with the feature `tls`, or send to a collector nearby over \
                     `http`"
            .to_owned()),
        false => Ok(sockets()),
    }
}
