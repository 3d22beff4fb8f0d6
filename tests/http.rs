//! A request as `curl` makes it, without a client library between us and the server.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The head: status line and headers.
    pub head: String,
    /// The body, as text.
    pub body: String,
}

/// Asks a server on a loopback port for `path`.
///
/// # Errors
/// When nobody listens there, or the answer does not end within ten seconds.
pub fn get(port: u16, path: &str) -> io::Result<Answer> {
    get_with(port, path, &[])
}

/// As [`get`], with header lines such as `accept: application/openmetrics-text`.
///
/// # Errors
/// As [`get`].
pub fn get_with(port: u16, path: &str, headers: &[&str]) -> io::Result<Answer> {
    ask(port, &format!("GET {path}"), headers, "")
}

/// Sends a body of JSON.
///
/// # Errors
/// As [`get`].
pub fn post(port: u16, path: &str, body: &str) -> io::Result<Answer> {
    let length = format!("content-length: {}", body.len());
    ask(port, &format!("POST {path}"), &["content-type: application/json", &length], body)
}

fn ask(port: u16, what: &str, headers: &[&str], body: &str) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(("localhost", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    // Version 1.0 has no chunks: the body ends where the connection does.
    write!(stream, "{what} HTTP/1.0\r\nhost: localhost:{port}\r\n{headers}\r\n{body}")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    parse(&String::from_utf8_lossy(&answer)).ok_or_else(|| io::Error::other("not an answer of HTTP"))
}

fn parse(answer: &str) -> Option<Answer> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

/// `text` as it stands in a query string.
pub fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
