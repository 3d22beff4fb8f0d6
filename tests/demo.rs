//! The demo: two quickstarts under load, with the stack of `deploy/` around them.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use taximeter_deploy::dashboards::{self, Dashboard, Panel, Query, filled_in};
use taximeter_deploy::picture::{self, Series};

use crate::prometheus::Line;
use crate::stack::Service;
use crate::{Child, Provider, Stack, port, program, scaled};

/// Everything that runs; it ends when this is dropped.
pub struct Demo {
    /// What is around the services.
    pub stack: Stack,
    /// What the quickstarts ask.
    pub provider: Provider,
    faster: u64,
    begin: f64,
    _services: Vec<Child>,
}

/// The service of the demo.
pub const JOB: &str = "support-bot";

impl Demo {
    /// Starts it, `faster` times as fast as people run it. `None`: skip the test.
    ///
    /// # Panics
    /// When something does not start.
    pub fn start(faster: u64) -> Option<Self> {
        let provider = Provider::start();
        let ports = [port::free_port(), port::free_port()];
        let services = [Service { job: JOB, ports: ports.to_vec() }];
        let stack = Stack::start(&taximeter_deploy::folder(), &services, faster)?;
        let processes = ports.map(|port| quickstart(port, Some(&provider))).into();
        Some(Self { stack, provider, faster, begin: now(), _services: processes })
    }

    /// The queries of all dashboards that have no data.
    pub fn queries_without_data(&self) -> Vec<String> {
        let dashboards = dashboards::all();
        let queries = dashboards.iter().flat_map(Dashboard::panels).flat_map(|panel| &panel.queries);
        let has_data =
            |query: &&Query| self.stack.prometheus.query(&self.filled_in(query)).iter().any(|value| value.is_finite());
        queries.filter(|query| !has_data(query)).map(|query| query.expr.clone()).collect()
    }

    /// Draws every dashboard, from its own queries over the whole run, into `folder`.
    ///
    /// # Panics
    /// When a file cannot be written.
    pub fn draw(&self, folder: &Path) {
        fs::create_dir_all(folder).expect("a folder for pictures");
        for dashboard in dashboards::all() {
            let answers: Vec<_> = dashboard.panels().map(|panel| self.series(panel)).collect();
            let path = folder.join(format!("{}.svg", dashboard.name));
            fs::write(&path, picture::svg(&dashboard, &answers)).expect("a picture");
        }
    }

    /// What a panel shows.
    fn series(&self, panel: &Panel) -> Vec<Series> {
        let lines = |query: &Query| {
            let lines = self.stack.prometheus.query_range(&self.filled_in(query), self.begin, now());
            lines.into_iter().map(|line| named(query.legend, line)).collect::<Vec<_>>()
        };
        panel.queries.iter().flat_map(lines).collect()
    }

    /// The windows of the panels shrink with everything else; the shown range is the real one.
    fn filled_in(&self, query: &Query) -> String {
        // Grafana's rate interval is four scrapes and never less than a minute here.
        let window = scaled("1m", self.faster);
        let range = format!("{:.0}s", (now() - self.begin).max(1.0));
        filled_in(&scaled(&query.expr, self.faster), JOB, &window, &range)
    }
}

/// A quickstart that serves on `port`; under load, when there is somebody to ask.
pub fn quickstart(port: u16, provider: Option<&Provider>) -> Child {
    let mut command = program::example("quickstart");
    command.env("PROMETHEUS_PORT", port.to_string());
    if let Some(provider) = provider {
        command.arg("--busy").env("OPENAI_BASE_URL", provider.base());
    }
    Child::start(&mut command)
}

/// The value of a legend such as `{{model}} {{status}}`.
fn named(legend: &str, line: Line) -> Series {
    let mut name = legend.to_owned();
    for (label, value) in &line.labels {
        name = name.replace(&format!("{{{{{label}}}}}"), value);
    }
    Series { name, points: line.points }
}

/// Seconds since 1970.
pub fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
