//! What does the stack around a service look like?
//!
//! `deploy/` starts Prometheus, Alertmanager, Grafana, a trace store and a collector around services that use taximeter.
//! The files in it that name metrics are not written by hand: the rules of Prometheus and the dashboards of Grafana come
//! from one description, this crate, and [`unknown::Known`] holds every expression in it against the table of metrics in
//! the code. So a metric that is renamed breaks the build and not the night.
//!
//! ```sh
//! cargo run -p taximeter-deploy                       # writes deploy/prometheus/rules and deploy/grafana/dashboards
//! cargo run -p taximeter-deploy -- --objective 99.5   # for services that promise less; also --runbooks https://..
//! cargo run -p taximeter-deploy -- --p95-seconds 45   # for agents that think for longer than ten seconds
//! ```

pub mod dashboards;
pub mod picture;
pub mod rules;
pub mod unknown;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rules::Objective;

/// A file that is made from the description.
#[derive(Debug)]
pub struct File {
    /// Where it stands below `deploy/`.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// What a fleet decides for itself.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What its services promise.
    pub objective: Objective,
    /// Where its people read runbooks: a path or an address, without a slash at its end.
    pub runbooks: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { objective: Objective::default(), runbooks: "docs/runbooks".to_owned() }
    }
}

/// Every file that is made.
pub fn files(settings: &Settings) -> Vec<File> {
    let rule = |group: &rules::Group| File {
        path: format!("prometheus/rules/{}.yml", group.name),
        text: group.yaml(&settings.runbooks),
    };
    let dashboard = |dashboard: &dashboards::Dashboard| File {
        path: format!("grafana/dashboards/{}.json", dashboard.name),
        text: format!("{:#}\n", dashboard.json()),
    };
    let rules = rules::groups(&settings.objective);
    rules.iter().map(rule).chain(dashboards::all().iter().map(dashboard)).collect()
}

/// Where `deploy/` is.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Writes every file below `folder`.
///
/// # Errors
/// When one cannot be written.
pub fn write(folder: &Path, files: &[File]) -> io::Result<()> {
    for file in files {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, &file.text)?;
    }
    Ok(())
}
