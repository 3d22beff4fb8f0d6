//! What a strict reader makes of a page of OpenMetrics: the parser of `prometheus_client` for Python.

use std::process::Command;

use serde_json::Value;

use crate::{child, program, tool};

/// The families of a page by name, each with `type`, `unit`, `help` and `samples`. `None`: skip the test, see [`tool::find`].
///
/// # Panics
/// When the parser refuses the page.
pub fn parse(page: &str) -> Option<Value> {
    let python = tool::find("taximeter-interop-python", "interop/bin/python")?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/interop/openmetrics.py");
    let (status, output) = child::run(program::undisturbed(Command::new(python)).arg(script), page);
    assert!(status.success(), "{output}\n--- the page\n{page}");
    Some(serde_json::from_str(&output).unwrap_or_else(|error| panic!("{error}: {output}")))
}
