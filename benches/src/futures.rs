//! Bytes of futures.

use anyhow::{Context, ensure};
use serde_json::json;

use crate::scratch::{Package, Scratch};
use crate::table::Table;

const DEPENDENCIES: &str = "\
taximeter = { path = \"HOUSE/taximeter\", default-features = false }
tracing = \"0.1\"
fastrace = { version = \"0.7\", features = [\"enable\"] }
";

/// Builds and runs a program that prints a line for each variant, the bare one first.
pub(crate) fn run() -> anyhow::Result<Table> {
    let scratch = Scratch::new("futures")?;
    let source = include_str!("../scratch/futures.rs");
    let package = Package { name: "futures-size", dependencies: DEPENDENCIES, file: "main.rs", source };
    scratch.add(&package)?;
    let output = scratch.cargo(&["run"]).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    table(&String::from_utf8(output.stdout)?)
}

fn table(said: &str) -> anyhow::Result<Table> {
    let columns = ["variant", "leaf of 1 KiB", "three nested of 1 KiB", "x bare", "four nested, empty"];
    let mut table = Table::new("bytes of futures", &columns);
    let mut bare = None;
    for line in said.lines() {
        let (name, sizes) = line.split_once(' ').context("a line has no sizes")?;
        let sizes: Vec<u64> = sizes.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        let [leaf, three, four] = sizes.try_into().ok().context("a line has other sizes than three")?;
        let bare = *bare.get_or_insert(three);
        table.row([json!(name), json!(leaf), json!(three), json!(three as f64 / bare as f64), json!(four)]);
    }
    Ok(table)
}
