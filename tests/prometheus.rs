//! A real Prometheus.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use serde_json::Value;

use crate::http::{self, escape};
use crate::port::free_port;
use crate::temporary::Folder;
use crate::{Child, child, tool, wait_for};

/// A Prometheus on a port of its own, which ends when it is dropped.
pub struct Prometheus {
    process: Child,
    port: u16,
    _folder: Folder,
}

impl Prometheus {
    /// Starts one that scrapes one port every second; returns when it answers. `None`: skip the test, see
    /// [`tool::find`].
    ///
    /// # Panics
    /// When it does not start.
    pub fn scraping(target: u16) -> Option<Self> {
        let folder = Folder::new("prometheus");
        let config = format!(
            "global: {{ scrape_interval: 1s, scrape_timeout: 1s }}\n\
             scrape_configs:\n\
             - job_name: app\n  static_configs: [ {{ targets: [ 'localhost:{target}' ] }} ]\n"
        );
        fs::write(folder.path().join("prometheus.yml"), config).expect("a folder for prometheus");
        Self::start(folder, &["--enable-feature=exemplar-storage"])
    }

    /// Starts one with the file `prometheus.yml` in `folder`, where it also keeps its data, and with more options.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(folder: Folder, options: &[&str]) -> Option<Self> {
        let program = tool::find("prometheus", "prometheus/usr/bin/prometheus")?;
        let port = free_port();
        let mut command = Command::new(program);
        command.arg(format!("--config.file={}", folder.path().join("prometheus.yml").display()));
        command.arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()));
        command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
        command.args(options);
        let mut prometheus = Self { process: Child::start(&mut command), port, _folder: folder };
        prometheus.wait_until_ready();
        Some(prometheus)
    }

    fn wait_until_ready(&mut self) {
        wait_for("prometheus to be ready", || {
            assert!(self.process.is_running(), "prometheus has ended");
            http::get(self.port, "/-/ready").ok().filter(|answer| answer.status == 200)
        });
    }

    /// Evaluates `expression` now. One value for each series of the answer.
    ///
    /// # Panics
    /// When Prometheus refuses the expression.
    pub fn query(&self, expression: &str) -> Vec<f64> {
        let answer = self.ask(&format!("/api/v1/query?query={}", escape(expression)));
        let series = answer["data"]["result"].as_array().cloned().unwrap_or_default();
        series.iter().filter_map(|series| series["value"][1].as_str()?.parse().ok()).collect()
    }

    /// Evaluates `expression` at 200 moments from `begin` to `end`, in seconds since 1970: the labels of each series, and its
    /// values with their times.
    ///
    /// # Panics
    /// When Prometheus refuses the expression.
    pub fn query_range(&self, expression: &str, begin: f64, end: f64) -> Vec<Line> {
        let step = ((end - begin) / 200.0).max(0.1);
        let expression = escape(expression);
        let path = format!("/api/v1/query_range?query={expression}&start={begin}&end={end}&step={step}");
        let answer = self.ask(&path);
        let lines = answer["data"]["result"].as_array().cloned().unwrap_or_default();
        lines.iter().map(Line::read).collect()
    }

    /// The exemplars that it has of the series of `expression`: the labels of each series, and its exemplars.
    ///
    /// # Panics
    /// When Prometheus refuses the expression.
    pub fn exemplars(&self, expression: &str) -> Vec<(Value, Vec<Value>)> {
        let answer = self.ask(&format!("/api/v1/query_exemplars?query={}&start=0&end=4102444800", escape(expression)));
        let series = answer["data"].as_array().cloned().unwrap_or_default();
        let exemplars = |series: &Value| series["exemplars"].as_array().cloned().unwrap_or_default();
        series.iter().map(|series| (series["seriesLabels"].clone(), exemplars(series))).collect()
    }

    /// The answer of its API to a GET request.
    ///
    /// # Panics
    /// When it is none, or refuses.
    pub fn ask(&self, path: &str) -> Value {
        let answer = http::get(self.port, path).expect("prometheus answers");
        assert_eq!(answer.status, 200, "`{path}`: {}", answer.body);
        serde_json::from_str(&answer.body).expect("prometheus answers in JSON")
    }
}

/// One series over time.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Seconds since 1970 and the value.
    pub points: Vec<(f64, f64)>,
}

impl Line {
    fn read(series: &Value) -> Self {
        let labels = series["metric"].as_object().into_iter().flatten();
        let points = series["values"].as_array().into_iter().flatten();
        Self {
            labels: labels.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect(),
            points: points.filter_map(|point| Some((point[0].as_f64()?, point[1].as_str()?.parse().ok()?))).collect(),
        }
    }
}

/// Runs promtool with `words` and `files`: how it ended, and all it said. `None`: skip the test, see [`tool::find`].
///
/// # Panics
/// When it cannot be started.
pub fn promtool(words: &[&str], files: &[PathBuf]) -> Option<(ExitStatus, String)> {
    let program = tool::find("promtool", "prometheus/usr/bin/promtool")?;
    Some(child::run(Command::new(program).args(words).args(files), ""))
}

/// What `promtool check metrics` has to say about a page: nothing, when it is clean. `None`: skip the test.
pub fn lint(page: &str) -> Option<String> {
    let program = tool::find("promtool", "prometheus/usr/bin/promtool")?;
    let (status, words) = child::run(Command::new(program).args(["check", "metrics"]), page);
    assert!(status.success() || !words.is_empty(), "promtool ended with {status} and no word");
    Some(words)
}
