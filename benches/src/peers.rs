//! The programs that hold ours beside its peers: a workspace of their own under `benches/peers`.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");

/// What listens to spans while the cases of a program run.
#[derive(Clone, Copy)]
pub(crate) struct Setup {
    /// The program, and the name by which it knows the set-up.
    program: &'static str,
    name: &'static str,
    pub(crate) title: &'static str,
    environment: &'static [(&'static str, &'static str)],
}

/// A receiver that nobody is: what is sent is lost, after it was made.
const NOBODY: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9");
const NO_PORT: (&str, &str) = ("OTEL_METRICS_EXPORTER", "none");

pub(crate) const SETUPS: [Setup; 8] = [
    Setup { program: "all", name: "none", title: "no subscriber", environment: &[] },
    Setup {
        program: "autometrics-client",
        name: "none",
        title: "no subscriber, autometrics' other back end",
        environment: &[],
    },
    Setup {
        program: "all",
        name: "disabled",
        title: "no subscriber, OTEL_SDK_DISABLED",
        environment: &[("OTEL_SDK_DISABLED", "true")],
    },
    Setup { program: "all", name: "registry", title: "tracing's registry alone", environment: &[] },
    Setup {
        program: "all",
        name: "otel-on",
        title: "tracing-opentelemetry, every trace kept, no exporter",
        environment: &[],
    },
    Setup {
        program: "all",
        name: "otel-off",
        title: "tracing-opentelemetry, inside of an unsampled trace",
        environment: &[],
    },
    Setup {
        program: "all",
        name: "pipeline",
        title: "the whole pipeline of taximeter, inside of an unsampled trace",
        environment: &[NOBODY, NO_PORT, ("OTEL_TRACES_SAMPLER", "parentbased_always_off")],
    },
    Setup {
        program: "all",
        name: "pipeline",
        title: "the whole pipeline of taximeter, every trace kept",
        environment: &[NOBODY, NO_PORT, ("OTEL_TRACES_SAMPLER", "parentbased_always_on")],
    },
];

/// The programs, built.
pub(crate) struct Peers {
    folder: PathBuf,
}

impl Setup {
    /// The same without the peers.
    pub(crate) fn ours(self) -> Setup {
        Setup { program: "ours", ..self }
    }
}

impl Peers {
    /// Ours and the peers.
    pub(crate) fn build() -> anyhow::Result<Peers> {
        // One after the other: together they would share features, and autometrics takes one back end.
        Peers::build_packages(&["all", "autometrics-client"])
    }

    /// Ours, which is quicker to build.
    pub(crate) fn build_ours() -> anyhow::Result<Peers> {
        Peers::build_packages(&["ours"])
    }

    fn build_packages(packages: &[&str]) -> anyhow::Result<Peers> {
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(2).context("this program is not in a target folder")?.join("peers");
        for package in packages {
            let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
            cargo.args(["build", "--release", "--quiet", "--package", package]);
            cargo.current_dir(WORKSPACE).env("CARGO_TARGET_DIR", &target);
            ensure!(cargo.status()?.success(), "the peers do not build");
        }
        Ok(Peers { folder: target.join("release") })
    }

    /// The program of a set-up, ready to be told what to do.
    pub(crate) fn command(&self, setup: &Setup) -> Command {
        let mut command = Command::new(self.path(setup));
        Peers::prepare(&mut command, setup);
        command
    }

    pub(crate) fn path(&self, setup: &Setup) -> PathBuf {
        self.folder.join(setup.program)
    }

    /// What the environment of a program says, and nothing that stands in ours.
    pub(crate) fn prepare(command: &mut Command, setup: &Setup) {
        for (variable, _) in std::env::vars_os() {
            if variable.to_string_lossy().starts_with("OTEL_") {
                command.env_remove(variable);
            }
        }
        command.env("PEERS_SETUP", setup.name).envs(setup.environment.iter().copied()).env("RUST_LOG", "off");
    }

    /// What the program says, line by line.
    pub(crate) fn rows(&self, setup: &Setup, arguments: &[&str]) -> anyhow::Result<Vec<Value>> {
        let output = self.command(setup).args(arguments).stderr(Stdio::inherit()).output()?;
        ensure!(output.status.success(), "{} {arguments:?} failed: {}", setup.name, output.status);
        let text = String::from_utf8(output.stdout)?;
        let lines = text.lines().filter(|line| line.starts_with("{\"case\""));
        lines.map(|line| serde_json::from_str(line).with_context(|| format!("no JSON: {line}"))).collect()
    }
}
