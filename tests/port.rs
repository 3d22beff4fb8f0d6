//! Ports that nobody listens on.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use tokio::net::TcpSocket;

/// A socket that is bound and does not listen keeps its port: the system gives it to nobody who asks for any port, in
/// this process or another. Who asks for this port gets it, because both have `SO_REUSEADDR`, as every listener on Unix.
static HELD: Mutex<Vec<TcpSocket>> = Mutex::new(Vec::new());

/// A free loopback port, never the same one twice, however many tests run at the same time.
///
/// It refuses connections until a program is told to listen on it.
///
/// # Panics
/// When the machine has no free port.
pub fn free_port() -> u16 {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("an option of every socket");
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("no free loopback port");
    let port = socket.local_addr().expect("a bound socket has an address").port();
    // Other systems let nobody have a port that is held.
    if cfg!(target_os = "linux") {
        HELD.lock().unwrap_or_else(PoisonError::into_inner).push(socket);
    }
    port
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn a_free_port_refuses_connections_until_somebody_listens() {
        let port = free_port();
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("the port");
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
        drop(listener);
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_free_port_stays_taken_for_those_who_did_not_ask_for_it() {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        // Without the option, as far as the system looks when it chooses a port.
        assert!(TcpSocket::new_v4().expect("a socket").bind(address).is_err());
    }
}
