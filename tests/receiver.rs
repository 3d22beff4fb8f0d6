//! A receiver that does what a test tells it to, over plain sockets: what no real one does on purpose.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Request {
    /// When it was read to its end.
    pub at: Instant,
    /// Request line and headers, in lower case.
    pub head: String,
    /// How long the body was.
    pub body: usize,
    /// The body; what is no text in it is shown as `\u{fffd}`.
    pub content: String,
}

/// Listens on a loopback port and answers each request as it is told.
pub struct Receiver {
    /// `127.0.0.1:port`.
    pub address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Receiver {
    /// `answer` gets the number of the request, from 0, and the connection to write to. Returning closes it.
    ///
    /// # Panics
    /// When no port is free.
    pub fn start(answer: impl Fn(usize, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                thread::spawn(move || converse(stream, &seen, &*answer));
            }
        });
        Receiver { address, requests }
    }

    /// One that gives every request the same answer.
    pub fn answering(answer: impl Into<String>) -> Self {
        let answer = answer.into();
        Receiver::start(move |_, stream| write(stream, &answer))
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The value of `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Writes an answer; a client that is gone has what it wanted.
pub fn write(stream: &mut TcpStream, answer: &str) {
    let _ = stream.write_all(answer.as_bytes());
}

/// An answer with this status line's end, headers and body: `("503 Busy", "retry-after: 1\r\n", "")`.
pub fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn converse(mut stream: TcpStream, seen: &Mutex<Vec<Request>>, answer: &dyn Fn(usize, &mut TcpStream)) {
    let Some(request) = read(&mut stream) else { return };
    let number = {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.push(request);
        seen.len() - 1
    };
    answer(number, &mut stream);
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut request = Vec::new();
    let mut part = [0; 16 * 1024];
    loop {
        let end = request.windows(4).position(|end| end == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
            let length =
                head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.trim().parse().ok());
            let body = length.unwrap_or(0);
            if request.len() >= end + 4 + body {
                let content = String::from_utf8_lossy(&request[end + 4..end + 4 + body]).into_owned();
                return Some(Request { at: Instant::now(), head, body, content });
            }
        }
        match stream.read(&mut part).ok()? {
            0 => return None,
            read => request.extend_from_slice(&part[..read]),
        }
    }
}
