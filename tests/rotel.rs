//! A real OTLP receiver.

use std::net::TcpStream;
use std::process::Command;

use crate::port::free_port;
use crate::trace::{self, Span};
use crate::{Child, tool, wait_for};

/// A rotel that prints what it receives, and ends when it is dropped.
pub struct Rotel {
    process: Child,
    grpc: u16,
    http: u16,
}

impl Rotel {
    /// Starts one; returns when both of its ports answer. `None`: skip the test, see [`tool::find`].
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Option<Self> {
        Self::start_on(free_port(), free_port())
    }

    /// The same on ports that the test has chosen: a receiver that comes back.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_on(grpc: u16, http: u16) -> Option<Self> {
        Self::start_with(grpc, http, "traces", "detailed")
    }

    /// One that prints another signal, `logs` or `metrics`, and no spans.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_showing(signal: &str) -> Option<Self> {
        Self::start_with(free_port(), free_port(), signal, "detailed")
    }

    /// One that says how many spans arrived and not which, for more than anybody can read.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_counting() -> Option<Self> {
        Self::start_with(free_port(), free_port(), "traces", "basic")
    }

    fn start_with(grpc: u16, http: u16, signal: &str, verbosity: &str) -> Option<Self> {
        let program = tool::find("rotel-agent", "rotel/rotel/rotel-agent")?;
        let mut command = Command::new(program);
        command.args(["start", "--exporter", "blackhole", "--log-format", "json"]);
        command.args(["--debug-log", signal, "--debug-log-verbosity", verbosity]);
        command.arg(format!("--otlp-grpc-endpoint=127.0.0.1:{grpc}"));
        command.arg(format!("--otlp-http-endpoint=127.0.0.1:{http}"));
        let mut rotel = Self { process: Child::start(&mut command), grpc, http };
        rotel.wait_until_ready();
        Some(rotel)
    }

    fn wait_until_ready(&mut self) {
        wait_for("rotel to listen", || {
            assert!(self.process.is_running(), "rotel has ended");
            let listens = |port| TcpStream::connect(("127.0.0.1", port)).is_ok();
            (listens(self.grpc) && listens(self.http)).then_some(())
        });
    }

    /// The value of `OTEL_EXPORTER_OTLP_ENDPOINT` for OTLP over gRPC.
    pub fn grpc_endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.grpc)
    }

    /// The value of `OTEL_EXPORTER_OTLP_ENDPOINT` for OTLP over HTTP.
    pub fn http_endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.http)
    }

    /// The port of gRPC.
    pub fn grpc_port(&self) -> u16 {
        self.grpc
    }

    /// The port of HTTP.
    pub fn http_port(&self) -> u16 {
        self.http
    }

    /// Stops it in the middle of whatever it does, as a machine that swaps, until [`Rotel::go_on`].
    pub fn pause(&self) {
        self.process.signal("STOP");
    }

    /// Lets it go on after [`Rotel::pause`].
    pub fn go_on(&self) {
        self.process.signal("CONT");
    }

    /// Everything that it has printed of what arrived.
    pub fn received(&self) -> String {
        self.process.stdout()
    }

    /// Every span that has arrived.
    pub fn spans(&self) -> Vec<Span> {
        trace::parse(&self.process.stdout())
    }

    /// How many spans have arrived, as one that counts says it.
    pub fn count(&self) -> usize {
        let log = self.received();
        // The fields of a line come in any order.
        let digits =
            |rest: &str| rest.find(|c: char| !c.is_ascii_digit()).and_then(|end| rest[..end].parse::<usize>().ok());
        log.split("\"spans\":").skip(1).filter_map(digits).sum()
    }

    /// Every span that has arrived, once no more come.
    pub fn wait_for_quiet(&self) -> Vec<Span> {
        let mut last = 0;
        wait_for("the spans to end", || {
            std::thread::sleep(std::time::Duration::from_millis(500));
            let now = self.process.stdout().len();
            let is_quiet = now == std::mem::replace(&mut last, now);
            is_quiet.then(|| self.spans())
        })
    }

    /// Waits until `count` spans have arrived, and returns them all.
    ///
    /// # Panics
    /// When fewer arrive within the bound.
    pub fn wait_for_spans(&self, count: usize) -> Vec<Span> {
        wait_for(&format!("{count} spans to arrive"), || Some(self.spans()).filter(|spans| spans.len() >= count))
    }
}
