//! A real proxy between the program and its receiver.

use std::fs;
use std::net::TcpStream;
use std::process::Command;

use crate::port::free_port;
use crate::temporary::Folder;
use crate::{Child, tool, wait_for};

/// A HAProxy that does to requests what its rules say, and passes on the others.
pub struct Haproxy {
    process: Child,
    port: u16,
    _folder: Folder,
}

impl Haproxy {
    /// Starts one in front of the receiver on the loopback port `behind`. `None`: skip the test, see [`tool::find`].
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(rules: &str, behind: u16) -> Option<Self> {
        let program = tool::find("haproxy", "haproxy/usr/sbin/haproxy")?;
        let (folder, port) = (Folder::new("haproxy"), free_port());
        let file = folder.path().join("haproxy.cfg");
        fs::write(&file, configuration(rules, port, behind)).expect("a file");
        let mut command = Command::new(&program);
        // The libraries that were fetched with it.
        if let Some(root) = program.ancestors().nth(3) {
            command.env("LD_LIBRARY_PATH", root.join("usr/lib/x86_64-linux-gnu"));
        }
        let mut process = Child::start(command.arg("-db").arg("-f").arg(&file));
        wait_for("haproxy to listen", || {
            assert!(process.is_running(), "haproxy has ended");
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        Some(Self { process, port, _folder: folder })
    }

    /// The value of `OTEL_EXPORTER_OTLP_ENDPOINT` for OTLP over HTTP.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        self.process.is_running()
    }
}

fn configuration(rules: &str, port: u16, behind: u16) -> String {
    format!(
        "defaults\n  mode http\n  timeout connect 2s\n  timeout client 60s\n  timeout server 60s\n  timeout tarpit 60s\n\
         frontend program\n  bind 127.0.0.1:{port}\n  stick-table type ip size 1k store http_req_cnt\n\
         \x20 http-request track-sc0 src\n{rules}  default_backend receiver\n\
         backend receiver\n  server receiver 127.0.0.1:{behind}\n"
    )
}
