//! Ports that nobody listens on.

use std::collections::HashSet;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{LazyLock, Mutex, PoisonError};

static GIVEN: LazyLock<Mutex<HashSet<u16>>> = LazyLock::new(Mutex::default);

/// A free loopback port, never the same one twice in a process.
///
/// The port is free when this returns; a program that is told to use it should do so soon.
///
/// # Panics
/// When the machine has no free port.
pub fn free_port() -> u16 {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("no free loopback port");
        let port = listener.local_addr().expect("a listener has an address").port();
        if given.insert(port) {
            return port;
        }
    }
}
