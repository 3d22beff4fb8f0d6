//! Connections: with TLS when the feature `tls` is there, and a clear word when it is not.

#[cfg(not(feature = "tls"))]
#[path = "connect/plain.rs"]
mod chosen;
#[cfg(feature = "tls")]
#[path = "connect/tls.rs"]
mod chosen;

use hyper_util::client::legacy::connect::HttpConnector;

use super::http::CONNECT_TIME;

pub(super) use chosen::{Connector, connector};

/// Plain sockets.
fn sockets() -> HttpConnector {
    let mut sockets = HttpConnector::new();
    sockets.set_nodelay(true);
    sockets.set_connect_timeout(Some(CONNECT_TIME));
    sockets
}

fn is_https(url: &str) -> bool {
    url.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::otlp::Certificates;

    #[test]
    fn https_is_spoken_or_refused_and_never_replaced_by_plain_text() {
        let certificates = Certificates::default();
        assert!(connector("http://localhost:4317", &certificates, true).is_ok());
        for url in ["https://localhost:4317", "HTTPS://localhost:4317"] {
            let refused = connector(url, &certificates, true).err();
            assert_eq!(refused.is_none(), cfg!(feature = "tls"), "{refused:?}");
            assert!(refused.is_none_or(|reason| reason.contains("the feature `tls`")));
        }
    }
}
