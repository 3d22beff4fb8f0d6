//! Who listens on a port that we wanted.

/// The words for whoever listens on this port: its name and process, as far as the system tells them to this user.
pub(super) fn name(port: u16) -> String {
    listener(port).unwrap_or_else(|| "another process".to_owned())
}

/// Of all processes that have the socket, as a parent and its children may, the first.
#[cfg(target_os = "linux")]
fn listener(port: u16) -> Option<String> {
    use procfs::process::{FDTarget, Process, all_processes};

    let sockets = sockets(port);
    let has_socket = |process: &Process| {
        let files = process.fd().ok();
        let mut files = files.into_iter().flatten().flatten();
        files.any(|file| matches!(file.target, FDTarget::Socket(inode) if sockets.contains(&inode)))
    };
    if sockets.is_empty() {
        return None;
    }
    let holder = all_processes().ok()?.flatten().find(has_socket)?;
    if u32::try_from(holder.pid).is_ok_and(|pid| pid == std::process::id()) {
        return Some("this process itself".to_owned());
    }
    let name = holder.stat().map_or_else(|_| "a program".to_owned(), |stat| format!("`{}`", stat.comm));
    Some(format!("{name} (process {})", holder.pid))
}

/// The sockets that listen on this port, on whatever address.
#[cfg(target_os = "linux")]
fn sockets(port: u16) -> Vec<u64> {
    use procfs::net::{TcpState, tcp, tcp6};

    let tables = [tcp(), tcp6()].into_iter().flatten().flatten();
    let listens = tables.filter(|entry| entry.state == TcpState::Listen && entry.local_address.port() == port);
    listens.map(|entry| entry.inode).collect()
}

/// Only Linux tells it in files.
#[cfg(not(target_os = "linux"))]
fn listener(_: u16) -> Option<String> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn whoever_listens_is_named_and_nobody_is_made_up() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        assert_eq!(name(port), "this process itself");
        drop(listener);
        assert_eq!(name(port), "another process");
    }
}
