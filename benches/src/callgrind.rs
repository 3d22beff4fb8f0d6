//! A program under callgrind, which counts the instructions that it takes.

use std::env;
use std::fs;
use std::process::{self, Command, Stdio};

use anyhow::{Context, ensure};

pub(crate) fn is_there() -> bool {
    let mut version = Command::new("valgrind");
    version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Instructions of a program that `start` names and gives its arguments. What callgrind counts by is in `options`.
///
/// Callgrind moves a file aside that has the name of its report. As root that goes for `/dev/null` too, so the report gets
/// a name of its own.
pub(crate) fn instructions(options: &[&str], start: impl FnOnce(&mut Command)) -> anyhow::Result<u64> {
    let report = env::temp_dir().join(format!("taximeter-callgrind-{}", process::id()));
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", &format!("--callgrind-out-file={}", report.display())]).args(options);
    start(&mut valgrind);
    let output = valgrind.output().context("valgrind cannot be started")?;
    let _ = fs::remove_file(&report);
    ensure!(output.status.success(), "the program failed under valgrind");
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected :")).context("nothing was counted")?.1;
    collected.split_whitespace().next().unwrap_or_default().parse().context("callgrind said no number")
}
