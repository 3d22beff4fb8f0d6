//! Bytes of futures.

use crate::scratch::{Package, Scratch};
use crate::usage;

const DEPENDENCIES: &str = "\
taximeter = { path = \"HOUSE/taximeter\", default-features = false }
tracing = \"0.1\"
fastrace = { version = \"0.7\", features = [\"enable\"] }
";

/// Builds and runs a program that prints the table.
pub(crate) fn run() -> anyhow::Result<()> {
    let scratch = Scratch::new("futures")?;
    let source = include_str!("../scratch/futures.rs");
    let package = Package { name: "futures-size", dependencies: DEPENDENCIES, file: "main.rs", source };
    scratch.add(&package)?;
    usage::of(&mut scratch.cargo(&["run"]))?;
    Ok(())
}
