//! A real Alertmanager.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use serde_json::Value;

use crate::port::free_port;
use crate::{Child, child, http, tool, wait_for};

/// An Alertmanager on a port of its own, which ends when it is dropped.
pub struct Alertmanager {
    process: Child,
    port: u16,
}

impl Alertmanager {
    /// Starts one with the configuration `text`; it keeps its files in `folder`. `None`: skip the test.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(folder: &Path, text: &str) -> Option<Self> {
        let program = tool::find("prometheus-alertmanager", "prometheus-alertmanager/usr/bin/prometheus-alertmanager")?;
        let port = free_port();
        let config = folder.join("alertmanager.yml");
        fs::create_dir_all(folder).and_then(|()| fs::write(&config, text)).expect("a folder for alertmanager");
        let mut command = Command::new(&program);
        command.current_dir(templates(&program));
        command.arg(format!("--config.file={}", config.display()));
        command.arg(format!("--storage.path={}", folder.join("alertmanager").display()));
        command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
        // Alone: without this it also opens a port for its peers.
        command.arg("--cluster.listen-address=");
        let mut alertmanager = Self { process: Child::start(&mut command), port };
        wait_for("alertmanager to be ready", || {
            assert!(alertmanager.process.is_running(), "alertmanager has ended");
            http::get(port, "/-/ready").ok().filter(|answer| answer.status == 200)
        });
        Some(alertmanager)
    }

    /// Host and port.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Tells it of an alert with these labels, as Prometheus would.
    ///
    /// # Panics
    /// When it is refused.
    pub fn tell(&self, labels: &[(&str, &str)]) {
        let labels: serde_json::Map<_, _> =
            labels.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
        let body = Value::from(vec![serde_json::json!({ "labels": labels })]).to_string();
        let answer = http::post(self.port, "/api/v2/alerts", &body).expect("alertmanager answers");
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// The names of the alerts that it holds back, because of another one.
    pub fn inhibited(&self) -> Vec<String> {
        let answer = http::get(self.port, "/api/v2/alerts?active=false&silenced=false").expect("alertmanager answers");
        let alerts: Value = serde_json::from_str(&answer.body).expect("alertmanager answers in JSON");
        let held = alerts.as_array().into_iter().flatten();
        let mut names: Vec<_> =
            held.filter_map(|alert| alert["labels"]["alertname"].as_str().map(str::to_owned)).collect();
        names.sort();
        names
    }
}

/// Where the one that `./test.sh` fetched looks for its templates: in the folder in which it is started.
fn templates(program: &Path) -> PathBuf {
    let unpacked = program.ancestors().nth(2).map(|usr| usr.join("share/prometheus/alertmanager"));
    unpacked.filter(|folder| folder.is_dir()).unwrap_or_else(|| PathBuf::from("."))
}

/// Runs amtool: how it ended, and all it said. `None`: skip the test.
///
/// # Panics
/// When it cannot be started.
pub fn amtool(words: &[&str], file: PathBuf) -> Option<(ExitStatus, String)> {
    let program = tool::find("amtool", "prometheus-alertmanager/usr/bin/amtool")?;
    Some(child::run(Command::new(program).args(words).arg(file), ""))
}

/// The receivers that amtool says an alert with these labels goes to. `None`: skip the test.
///
/// # Panics
/// When it says nothing.
pub fn receivers(config: &Path, labels: &[&str]) -> Option<Vec<String>> {
    let program = tool::find("amtool", "prometheus-alertmanager/usr/bin/amtool")?;
    let mut command = Command::new(program);
    command.args(["config", "routes", "test"]).arg(format!("--config.file={}", config.display())).args(labels);
    let output = command.output().expect("amtool");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8_lossy(&output.stdout).trim().split(',').map(str::to_owned).collect();
    Some(names)
}
