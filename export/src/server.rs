//! Port 9464: `/metrics` for Prometheus and `/healthz` for people and probes.
//!
//! The limits hold from the first connection, because a port that everybody can reach is met by everybody.

mod body;
mod holder;
mod listen;
mod routes;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use self::listen::Address;
use crate::config::Config;
use crate::problem::{self, Problems};
use crate::worker::{SCRAPES, Worker};

pub(crate) use self::routes::HEALTH_PATH;

/// The most connections that are served at once; more wait until one ends.
const CONNECTIONS: usize = 64;
/// The most bytes of request line and headers; hyper answers 431 beyond it.
const HEADER_BYTES: usize = 8 * 1024;
/// How long a client may take to send its headers.
const HEADER_TIME: Duration = Duration::from_secs(5);
/// How long one connection may take in all: the time after which Prometheus gives up a scrape.
const CONNECTION_TIME: Duration = Duration::from_secs(10);
/// The pause after a failed `accept`: without free file descriptors it fails again at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Server {
    service_name: String,
    service_version: String,
    metrics_path: String,
    problems: Problems,
    connections: Arc<Semaphore>,
    scrapes: Arc<Semaphore>,
    listening: Mutex<Listening>,
}

/// Where the server listens, and whether anybody can be told.
#[derive(Debug, Default)]
struct Listening {
    address: Option<SocketAddr>,
    has_log: bool,
}

/// Begins to serve, or begins to try: a port that is taken is a problem until it is free.
pub(crate) fn start(config: &Config, problems: &Problems, worker: &Worker) -> Arc<Server> {
    let server = Arc::new(Server {
        service_name: config.service_name.clone(),
        service_version: config.service_version.clone(),
        metrics_path: config.prometheus_endpoint.clone(),
        problems: problems.clone(),
        connections: Arc::new(Semaphore::new(CONNECTIONS)),
        scrapes: Arc::new(Semaphore::new(SCRAPES)),
        listening: Mutex::default(),
    });
    let address = Address::new(&config.prometheus_host, config.prometheus_port);
    listen::start(Arc::clone(&server), address, worker);
    server
}

impl Server {
    /// The address that is listened on, once it is.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.listening().address
    }

    /// There is a log from now on: what was not said yet is said.
    pub(crate) fn has_log(&self) {
        self.listening().has_log = true;
        self.warn();
    }

    fn set_address(&self, address: Option<SocketAddr>) {
        let mut listening = self.listening();
        listening.address = address;
        let has_log = listening.has_log;
        drop(listening);
        if has_log {
            self.warn();
        }
    }

    /// What is as it was asked for, and maybe not as it was meant.
    fn warning(&self) -> Option<String> {
        let address = self.address().filter(|address| !address.ip().to_canonical().is_loopback())?;
        Some(format!("`{address}` is not a loopback address: whoever reaches it can read the metrics"))
    }

    fn warn(&self) {
        if let Some(warning) = self.warning() {
            tracing::warn!(target: "taximeter", area = problem::SERVER, "{warning}");
        }
    }

    fn listening(&self) -> MutexGuard<'_, Listening> {
        self.listening.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket that listens, and that a forked child does not keep.
struct Listener {
    // Dropped before the socket is.
    #[cfg(unix)]
    _left: crate::fork::Left,
    socket: TcpListener,
}

impl Listener {
    fn new(socket: TcpListener) -> Listener {
        Listener {
            #[cfg(unix)]
            _left: crate::fork::leave_to_parent(&socket),
            socket,
        }
    }
}

/// Takes connections for ever.
async fn accept(server: Arc<Server>, listener: Listener) {
    loop {
        let Ok((stream, _)) = listener.socket.accept().await else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let Ok(place) = Arc::clone(&server.connections).acquire_owned().await else { return };
        let server = Arc::clone(&server);
        tokio::spawn(async move {
            converse(server, stream).await;
            drop(place);
        });
    }
}

/// What a connection holds until its last byte is written: a client that never reads keeps its place.
type Held = Arc<Mutex<Option<Arc<OwnedSemaphorePermit>>>>;

async fn converse(server: Arc<Server>, stream: TcpStream) {
    let held = Held::default();
    let service = service_fn(|request| {
        let (server, held) = (Arc::clone(&server), Arc::clone(&held));
        async move { Ok::<_, Infallible>(routes::answer(server, held, request).await) }
    });
    // One request a connection: then every limit of the connection is one of the request.
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(HEADER_BYTES)
        .keep_alive(false)
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    let _ = timeout(CONNECTION_TIME, connection).await;
}
