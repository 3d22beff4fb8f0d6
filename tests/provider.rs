//! A provider of language models that breaks when it is told to.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// Speaks OpenAI's chat API on a loopback port, with the recorded replies of the examples.
pub struct Provider {
    port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    is_broken: AtomicBool,
    requests: AtomicU64,
}

impl Provider {
    /// Starts one, which lives as long as the test program.
    ///
    /// # Panics
    /// When the machine has no free port.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free loopback port");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // A connection ends with its client.
                thread::spawn(move || while let Ok(true) = serve(&stream, &state) {});
            }
        });
        Self { port, state }
    }

    /// The value of `OPENAI_BASE_URL`.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    /// From now on it refuses every request, as for a key that was revoked, or no longer does.
    pub fn set_broken(&self, is_broken: bool) {
        self.state.is_broken.store(is_broken, Ordering::Relaxed);
    }
}

const REVOKED: &str = r#"{"error": {"message": "Incorrect API key provided.", "type": "invalid_request_error",
    "param": null, "code": "invalid_api_key"}}"#;

/// Answers one request; `false` when there are no more.
fn serve(mut stream: &TcpStream, state: &State) -> io::Result<bool> {
    let Some(question) = question(&mut BufReader::new(stream))? else { return Ok(false) };
    let count = state.requests.fetch_add(1, Ordering::Relaxed);
    let (status, body) = if state.is_broken.load(Ordering::Relaxed) {
        ("401 Unauthorized", REVOKED)
    } else {
        // Some take longer, as they do.
        thread::sleep(Duration::from_millis(5 + count * 37 % 50));
        ("200 OK", reply_to(&question))
    };
    let is_streamed = question.contains("\"stream\":true") && status == "200 OK";
    let (body, kind) = match is_streamed {
        true => (streamed(body), "text/event-stream"),
        false => (body.to_owned(), "application/json"),
    };
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())?;
    Ok(true)
}

/// A recorded reply as the events of a stream.
fn streamed(body: &str) -> String {
    let reply: Value = serde_json::from_str(body).expect("a recorded reply is JSON");
    let chunk = |choices: Value, usage: &Value| {
        json!({
            "id": reply["id"], "object": "chat.completion.chunk", "created": reply["created"], "model": reply["model"],
            "choices": choices, "usage": usage
        })
    };
    let delta = json!({ "role": "assistant", "content": reply["choices"][0]["message"]["content"] });
    let said = chunk(json!([{ "index": 0, "delta": delta, "finish_reason": "stop" }]), &Value::Null);
    let total = chunk(json!([]), &reply["usage"]);
    format!("data: {said}\n\ndata: {total}\n\ndata: [DONE]\n\n")
}

fn reply_to(question: &str) -> &'static str {
    match question {
        question if question.contains("charged twice") => include_str!("../examples/recorded/reasoning.json"),
        question if question.contains("single sign-on") => include_str!("../examples/recorded/cached.json"),
        question if question.contains("new API") => include_str!("../examples/recorded/slow.json"),
        _ => include_str!("../examples/recorded/plain.json"),
    }
}

/// The body of the next request. The client sends one at a time, so nothing of a later one is in the buffer.
fn question(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(String::from_utf8_lossy(&body).into_owned()))
}
