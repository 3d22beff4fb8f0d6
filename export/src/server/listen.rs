//! Finds the address to listen on, and keeps trying while it is taken.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use super::{Listener, Server, accept, holder};
use crate::problem::{self, Key, Problem};
use crate::worker::Worker;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Where to listen, as the configuration says it.
#[derive(Clone, Debug)]
pub(super) struct Address {
    host: Host,
    port: u16,
}

#[derive(Clone, Debug)]
enum Host {
    /// 127.0.0.1, and ::1 beside it where there is one.
    Localhost,
    Ip(IpAddr),
    /// A name that only a resolver knows; asking it can take time.
    Name(String),
}

impl Address {
    pub(super) fn new(host: &str, port: u16) -> Self {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let host = match bare.parse() {
            Ok(ip) => Host::Ip(ip),
            Err(_) if host.eq_ignore_ascii_case("localhost") => Host::Localhost,
            Err(_) => Host::Name(host.to_owned()),
        };
        Address { host, port }
    }

    /// Listens at once where no resolver has to be asked.
    fn bind(&self) -> Option<io::Result<Vec<TcpListener>>> {
        match &self.host {
            Host::Localhost => Some(bind_localhost(self.port)),
            Host::Ip(ip) => Some(bind(SocketAddr::new(*ip, self.port)).map(|listener| vec![listener])),
            Host::Name(_) => None,
        }
    }

    async fn bind_or_resolve(&self) -> io::Result<Vec<TcpListener>> {
        let Host::Name(name) = &self.host else { return self.bind().unwrap_or_else(|| Ok(Vec::new())) };
        let mut refusal = io::Error::new(io::ErrorKind::NotFound, "the host name has no address");
        for address in tokio::net::lookup_host((name.as_str(), self.port)).await? {
            match bind(address) {
                Ok(listener) => return Ok(vec![listener]),
                Err(error) => refusal = error,
            }
        }
        Err(refusal)
    }

    /// The words for a problem: `127.0.0.1:9464` where a person would type it.
    fn shown(&self) -> String {
        match &self.host {
            Host::Localhost => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), self.port).to_string(),
            Host::Ip(ip) => SocketAddr::new(*ip, self.port).to_string(),
            Host::Name(name) => format!("{name}:{}", self.port),
        }
    }

    fn problem(&self, error: &io::Error) -> Problem {
        let reason = match error.kind() {
            io::ErrorKind::AddrInUse => format!("the address is in use by {}", holder::name(self.port)),
            _ => error.to_string(),
        };
        let message = format!("cannot listen on `{}`: {reason}; trying again in the background", self.shown());
        Problem::new(problem::SERVER, message)
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn bind_localhost(port: u16) -> io::Result<Vec<TcpListener>> {
    let first = bind(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port))?;
    let port = first.local_addr()?.port();
    // A machine without IPv6, or with ::1 taken, is served on 127.0.0.1 alone.
    let second = bind(SocketAddr::new(Ipv6Addr::LOCALHOST.into(), port)).ok();
    Ok([Some(first), second].into_iter().flatten().collect())
}

/// Listens now if that is possible without waiting, and in the background until it is.
pub(super) fn start(server: Arc<Server>, address: Address, worker: &Worker) {
    let listeners = match address.bind() {
        Some(Ok(listeners)) => listeners,
        Some(Err(error)) => {
            let problem = server.problems.add(address.problem(&error));
            worker.spawn_task(listen_later(server, address, Some(problem)));
            return;
        }
        None => {
            worker.spawn_task(listen_later(server, address, None));
            return;
        }
    };
    let _inside = worker.handle().enter();
    serve(&server, listeners);
}

/// Tries until it listens. Without a problem that lasts already, nobody has tried before.
async fn listen_later(server: Arc<Server>, address: Address, mut problem: Option<Key>) {
    let mut pause = if problem.is_some() { FIRST_PAUSE } else { Duration::ZERO };
    loop {
        tokio::time::sleep(pause).await;
        match address.bind_or_resolve().await {
            Ok(listeners) => {
                problem.into_iter().for_each(|key| server.problems.end(key));
                tracing::info!(target: "taximeter", "listening on `{}`", address.shown());
                return serve(&server, listeners);
            }
            // Said once: the first attempt, whoever made it, is the one that warns.
            Err(error) if problem.is_none() => problem = Some(server.problems.begin(address.problem(&error))),
            Err(_) => {}
        }
        pause = (pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
    }
}

/// Takes connections from all listeners. Runs inside the worker's runtime.
fn serve(server: &Arc<Server>, listeners: Vec<TcpListener>) {
    server.set_address(listeners.first().and_then(|listener| listener.local_addr().ok()));
    for listener in listeners {
        match tokio::net::TcpListener::from_std(listener) {
            // Before the task runs: this thread may fork at once.
            Ok(listener) => drop(tokio::spawn(accept(Arc::clone(server), Listener::new(listener)))),
            Err(error) => {
                server.problems.begin(Problem::new(problem::SERVER, format!("cannot listen: {error}")));
            }
        }
    }
}
