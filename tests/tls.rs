//! TLS in front of a real receiver, with certificates made for one test.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::temporary::Folder;

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// What the receiver shows, and what it wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// A certificate that is in order.
    Good,
    /// One of yesteryear.
    Expired,
    /// One for another host.
    Elsewhere,
    /// A good one, and clients have to show theirs.
    GoodAndAsks,
}

/// Listens with TLS on a loopback port and passes everything on to a port without.
pub struct Tls {
    port: u16,
    folder: Folder,
}

impl Tls {
    /// In front of `port` of this machine.
    ///
    /// # Panics
    /// When the certificates cannot be made, or no port is free.
    pub fn before(port: u16, shows: Shows) -> Self {
        let folder = Folder::new("tls");
        let ours = authority("ours");
        let (certificate, key) = certificate_of(&ours, shows);
        let (client, client_key) = certificate_of(&ours, Shows::Good);
        let write = |name: &str, text: String| fs::write(folder.path().join(name), text).expect("a file");
        write("trusted.pem", ours.pem());
        write("other.pem", authority("others").pem());
        write("client.pem", client.pem());
        write("client.key", client_key.serialize_pem());
        let config = server_config(&ours, certificate.der().clone(), &key, shows == Shows::GoodAndAsks);
        Tls { port: listen(config, port), folder }
    }

    /// The value of `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub fn endpoint(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// A file of the test: `trusted.pem`, `other.pem`, `client.pem`, `client.key`.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn authority(name: &str) -> Issuer {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    Issuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a certificate")
}

fn certificate_of(issuer: &Issuer, shows: Shows) -> (rcgen::Certificate, KeyPair) {
    let host = if shows == Shows::Elsewhere { "elsewhere.invalid" } else { "localhost" };
    let mut params = CertificateParams::new(vec![host.to_owned()]).expect("a name");
    if shows == Shows::Expired {
        (params.not_before, params.not_after) = (date_time_ymd(2000, 1, 1), date_time_ymd(2001, 1, 1));
    }
    let key = KeyPair::generate().expect("a key");
    (params.signed_by(&key, issuer).expect("a certificate"), key)
}

fn server_config(issuer: &Issuer, own: CertificateDer<'static>, key: &KeyPair, asks: bool) -> ServerConfig {
    let provider = Arc::new(default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().expect("versions of TLS");
    let builder = if asks {
        let mut roots = RootCertStore::empty();
        roots.add(issuer.der().clone()).expect("a certificate");
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
        builder.with_client_cert_verifier(verifier.expect("a verifier"))
    } else {
        builder.with_no_client_auth()
    };
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = builder.with_single_cert(vec![own], key).expect("a key that fits");
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}

fn listen(config: ServerConfig, port: u16) -> u16 {
    let socket = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    socket.set_nonblocking(true).expect("an option of every socket");
    let own = socket.local_addr().expect("its address").port();
    let behind = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = TcpListener::from_std(socket).expect("a socket");
            let acceptor = TlsAcceptor::from(Arc::new(config));
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A client that does not trust us goes away.
                    let Ok(mut outer) = acceptor.accept(stream).await else { return };
                    let Ok(mut inner) = TcpStream::connect(behind).await else { return };
                    let _ = copy_bidirectional(&mut outer, &mut inner).await;
                });
            }
        });
    });
    own
}
