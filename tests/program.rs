//! The programs of the workspace, as a user runs them.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The variables that taximeter, or the client of an example, reads begin or end so.
const READ: [&str; 6] = ["OTEL_", "PROMETHEUS_", "TAXIMETER_", "OPENAI_", "RUST_LOG", "ENVIRONMENT"];
const READ_BY_CLIENTS: [&str; 2] = ["_PROXY", "_proxy"];

/// A command that runs an example of the workspace, `examples/<name>.rs` for one, with nothing in its environment that changes what it does.
///
/// # Panics
/// When the example does not compile.
pub fn example(name: &str) -> Command {
    undisturbed(Command::new(folder().join("examples").join(name)))
}

/// A command that runs a program of the tests, which are built with them, under the same condition.
///
/// # Panics
/// When an example does not compile.
pub fn binary(name: &str) -> Command {
    undisturbed(Command::new(folder().join(name)))
}

/// `command` with nothing in its environment that taximeter reads.
pub fn undisturbed(mut command: Command) -> Command {
    for (variable, _) in env::vars_os() {
        let name = variable.to_string_lossy();
        if READ.iter().any(|start| name.starts_with(start)) || READ_BY_CLIENTS.iter().any(|end| name.ends_with(end)) {
            command.env_remove(&variable);
        }
    }
    command
}

/// Cargo builds the examples of the workspace with its tests, and leaves them beside the folder of the test program.
/// It does not when one test is run alone, so we ask for them: with the same selection, which makes it a matter of a
/// glance when they are there.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let program = env::current_exe().expect("the path of the test program");
        let folder = program.ancestors().nth(2).expect("target/<profile>/deps/<name>");
        build(folder);
        folder.to_owned()
    })
}

fn build(folder: &Path) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--workspace", "--examples", "--quiet", "--manifest-path"]);
    cargo.arg(Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("Cargo.toml"));
    cargo.arg("--target-dir").arg(folder.parent().expect("target/<profile>"));
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    let status = cargo.status().expect("cargo");
    assert!(status.success(), "the examples do not compile");
}
