//! The first build of a program with one function.

use std::fs;

use anyhow::Context;
use serde_json::{Value, json};

use crate::scratch::{Package, Scratch};
use crate::usage;

const PROGRAMS: [Package<'static>; 4] = [
    Package {
        name: "bare",
        dependencies: "",
        file: "main.rs",
        source: "fn work() {}\n\nfn main() {\n    work();\n}\n",
    },
    Package {
        name: "attributes-alone",
        dependencies: "taximeter = { path = \"HOUSE/taximeter\", default-features = false }",
        file: "main.rs",
        source: "#[taximeter::observe]\nfn work() {}\n\nfn main() {\n    work();\n}\n",
    },
    Package {
        name: "everything",
        dependencies: "taximeter = { path = \"HOUSE/taximeter\" }",
        file: "main.rs",
        source: "#[taximeter::observe]\nfn work() {}\n\nfn main() {\n    let _telemetry = taximeter::init(\"cold\");\n    work();\n}\n",
    },
    Package {
        name: "by-hand",
        dependencies: "\
axum = \"0.8\"
opentelemetry = \"0.33\"
opentelemetry-otlp = { version = \"0.33\", features = [\"grpc-tonic\"] }
opentelemetry_sdk = \"0.33\"
prometheus = \"0.14\"
tokio = { version = \"1\", features = [\"full\"] }
tracing = \"0.1\"
tracing-opentelemetry = \"0.34\"
tracing-subscriber = { version = \"0.3\", features = [\"env-filter\", \"json\"] }
",
        file: "main.rs",
        source: include_str!("../scratch/hand_wired.rs"),
    },
];

pub(crate) fn run() -> anyhow::Result<Value> {
    let mut rows = Vec::new();
    for program in &PROGRAMS {
        eprintln!("cold: {}", program.name);
        let scratch = Scratch::new(&format!("cold-{}", program.name))?;
        scratch.add(program)?;
        // What is fetched is no part of a build.
        usage::of(&mut scratch.cargo(&["fetch"]))?;
        let target = scratch.target();
        if target.exists() {
            fs::remove_dir_all(&target).context("cannot remove the last build")?;
        }
        let usage = usage::of(&mut scratch.cargo(&["build", "--offline"]))?;
        let tree = ["tree", "--offline", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"];
        let tree = String::from_utf8(scratch.cargo(&tree).output()?.stdout)?;
        let mut crates: Vec<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
        crates.sort_unstable();
        crates.dedup();
        let (wall, processor) = (usage.wall.as_secs_f64(), usage.processor.as_secs_f64());
        rows.push(json!({ "case": program.name, "crates": crates.len(), "wall_s": wall, "processor_s": processor }));
    }
    Ok(json!({ "cold": rows }))
}

pub(crate) fn print(result: &Value) {
    println!("\nthe first build of a program with one function\n");
    println!("| program | crates | s | s of all processors |\n|---|---|---|---|");
    for row in result["cold"].as_array().into_iter().flatten() {
        let number = |name: &str| row[name].as_f64().unwrap_or(f64::NAN);
        let name = row["case"].as_str().unwrap_or_default();
        println!("| {name} | {} | {:.1} | {:.1} |", number("crates"), number("wall_s"), number("processor_s"));
    }
}
