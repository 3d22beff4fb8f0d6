//! With TLS, by rustls and ring: both build without anything beside a C compiler.

use std::path::Path;
use std::sync::Arc;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

use super::{is_https, sockets};
use crate::config::otlp::Certificates;

pub(in crate::otlp) type Connector = HttpsConnector<HttpConnector>;

/// What connects to this URL, or what is missing for it. gRPC is agreed on in the handshake, as servers expect.
pub(in crate::otlp) fn connector(url: &str, certificates: &Certificates, is_grpc: bool) -> Result<Connector, String> {
    let mut sockets = sockets();
    sockets.enforce_http(false);
    // Who speaks plain text needs no certificate, and a system may have none.
    let roots = if is_https(url) { roots(certificates.trusted.as_deref())? } else { RootCertStore::empty() };
    let config = verifying()?.with_root_certificates(roots);
    let config = match &certificates.own {
        Some((chain, key)) if is_https(url) => {
            let own = config.with_client_auth_cert(read_chain(chain)?, read_key(key)?);
            own.map_err(|error| format!("the certificate `{}` cannot be used: {error}", chain.display()))?
        }
        _ => config.with_no_client_auth(),
    };
    let builder = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http();
    Ok(match is_grpc {
        true => builder.enable_http2().wrap_connector(sockets),
        false => builder.enable_http1().wrap_connector(sockets),
    })
}

/// The provider is named: the program may have chosen another one for itself, or none.
fn verifying() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    builder.map_err(|error| format!("TLS cannot be set up: {error}"))
}

/// Those in the file alone, or those that the system trusts.
fn roots(file: Option<&Path>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(file) => {
            for certificate in read_chain(file)? {
                let added = roots.add(certificate);
                added.map_err(|error| format!("`{}` holds no certificate to trust: {error}", file.display()))?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if roots.is_empty() {
                return Err("the system trusts no certificates; name a file in `OTEL_EXPORTER_OTLP_CERTIFICATE`".into());
            }
        }
    }
    Ok(roots)
}

fn read_chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let chain = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match chain {
        Ok(chain) if chain.is_empty() => Err(format!("`{}` holds no certificate in PEM", file.display())),
        Ok(chain) => Ok(chain),
        Err(error) => Err(format!("the certificates in `{}` cannot be read: {error}", file.display())),
    }
}

fn read_key(file: &Path) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_file(file)
        .map_err(|error| format!("the key in `{}` cannot be read: {error}", file.display()))
}
