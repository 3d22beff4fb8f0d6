//! The stack of `deploy/`, as far as its programs are here: Prometheus, Alertmanager and the receiver of notices, with
//! the files that people run it with. Changed are addresses and, when asked for, the pace.

use std::fs;
use std::path::Path;

use crate::temporary::Folder;
use crate::{Alertmanager, Notices, Prometheus, scaled};

/// Prometheus, Alertmanager and the receiver, all on loopback; they end when it is dropped.
pub struct Stack {
    /// The one that scrapes and evaluates.
    pub prometheus: Prometheus,
    /// The one that groups and delivers.
    pub alertmanager: Alertmanager,
    /// The one that is told.
    pub notices: Notices,
    _folder: Folder,
}

/// A service that is scraped: its job, and the port on which each of its instances serves `/metrics`.
#[derive(Clone, Debug)]
pub struct Service {
    /// The value of the label `job`.
    pub job: &'static str,
    /// The ports on loopback.
    pub ports: Vec<u16>,
}

impl Stack {
    /// Starts everything with the files in `deploy`, `faster` times as fast. `None`: skip the test.
    ///
    /// # Panics
    /// When something does not start.
    pub fn start(deploy: &Path, services: &[Service], faster: u64) -> Option<Self> {
        let notices = Notices::start();
        let folder = Folder::new("stack");
        let config = read(&deploy.join("alertmanager/alertmanager.yml")).replace("notices:9095", &notices.address());
        let alertmanager = Alertmanager::start(folder.path(), &scaled(&config, faster))?;
        let prometheus = prometheus(deploy, services, faster, &alertmanager)?;
        Some(Self { prometheus, alertmanager, notices, _folder: folder })
    }
}

fn prometheus(deploy: &Path, services: &[Service], faster: u64, alertmanager: &Alertmanager) -> Option<Prometheus> {
    let folder = Folder::new("stack-prometheus");
    let (from, to) = (deploy.join("prometheus"), folder.path());
    let config = read(&from.join("prometheus.yml")).replace("alertmanager:9093", &alertmanager.address());
    write(&to.join("prometheus.yml"), &scaled(&config, faster));
    for rules in fs::read_dir(from.join("rules")).expect("the rules").flatten() {
        write(&to.join("rules").join(rules.file_name()), &scaled(&read(&rules.path()), faster));
    }
    write(&to.join("targets/services.yml"), &targets(services));
    // What is stale is so as many scrapes later as in real time.
    let lookback = format!("--query.lookback-delta={}", scaled("5m", faster));
    Prometheus::start(folder, &[&lookback, "--enable-feature=exemplar-storage"])
}

fn targets(services: &[Service]) -> String {
    let target = |port: &u16| format!("'localhost:{port}'");
    let entry = |service: &Service| {
        let targets: Vec<_> = service.ports.iter().map(target).collect();
        format!("- targets: [{}]\n  labels: {{job: {}}}\n", targets.join(", "), service.job)
    };
    services.iter().map(entry).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) {
    let parent = path.parent().expect("a folder");
    fs::create_dir_all(parent).and_then(|()| fs::write(path, text)).expect("a file for the stack");
}
