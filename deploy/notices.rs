//! The smallest receiver of Alertmanager's notices: it writes each to standard output, one JSON object a line,
//! with the path it was sent to and the time it came at.
//!
//! ```text
//! notices 127.0.0.1:9095
//! ```
//!
//! It is there so that the stack shows something on the first day, before anybody has set up a channel, and so that the
//! tests receive what people would.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

/// Alertmanager sends a few kilobytes; a group of thousands of alerts stays below this.
const MOST_BYTES: u64 = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(5);

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9095".to_owned());
    let listener = TcpListener::bind(&address)?;
    eprintln!("notices: listening on {}", listener.local_addr()?);
    // One after the other: Alertmanager tries again when it is not heard within its own patience.
    for stream in listener.incoming() {
        let Ok(stream) = stream else { continue };
        if let Err(error) = receive(stream) {
            eprintln!("notices: {error}");
        }
    }
    Ok(())
}

fn receive(stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new((&stream).take(MOST_BYTES * 2));
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let length = content_length(&mut reader)?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    // What is no notice is a probe that asks whether somebody is here.
    if let Ok(notice) = serde_json::from_slice(&body) {
        say(&request, notice)?;
    }
    (&stream).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

/// Reads the headers of a request, and returns how long its body is.
fn content_length(reader: &mut impl BufRead) -> io::Result<usize> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            return Ok(length);
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(io::Error::other)?;
            if length as u64 > MOST_BYTES {
                return Err(io::Error::other("a notice of more than a megabyte"));
            }
        }
    }
}

fn say(request: &str, mut notice: Value) -> io::Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    if let Some(notice) = notice.as_object_mut() {
        notice.insert("path".to_owned(), request.split(' ').nth(1).unwrap_or_default().into());
        notice.insert("received".to_owned(), now.as_secs_f64().into());
    }
    writeln!(io::stdout().lock(), "{notice}")
}
