//! What an annotation costs the compiler.
//!
//! Each variant is a crate of many functions that all have it. Only that crate is compiled again and again; what it
//! depends on is built before. The price of a function is the difference to the crate of bare functions, divided by
//! their number, so it contains a share of what one crate costs once: loading the libraries that it uses.

use std::time::Duration;

use crate::arguments::Arguments;
use crate::object::{self, Bytes};
use crate::report::{self, Row};
use crate::scratch::{Package, Scratch};
use crate::table::Table;
use crate::usage::{self, Usage};
use crate::variant::{self, Variant};

/// What cargo is asked for, from the cheapest.
pub(crate) const BUILDS: [Build; 3] = [
    Build { name: "check", arguments: &["check"] },
    Build { name: "debug", arguments: &["build"] },
    Build { name: "release", arguments: &["build", "--release"] },
];

pub(crate) struct Build {
    pub(crate) name: &'static str,
    arguments: &'static [&'static str],
}

/// Medians of one build of one variant.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub(crate) wall: Duration,
    pub(crate) processor: Duration,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Table> {
    let scratch = Scratch::new("compile")?;
    let sources: Vec<String> = variant::ALL.iter().map(|variant| variant.source(arguments.functions)).collect();
    let packages: Vec<Package<'_>> = variant::ALL.iter().zip(&sources).map(package).collect();
    prepare(&scratch, &packages)?;
    let times = measure(&scratch, &packages, arguments.rounds)?;
    let rows = variant::ALL
        .iter()
        .zip(times)
        .map(|(variant, times)| Ok(Row { variant: variant.name, times, bytes: bytes(&scratch, variant)? }));
    let rows: Vec<Row> = rows.collect::<anyhow::Result<_>>()?;
    Ok(report::table(&rows, arguments))
}

fn package<'a>((variant, source): (&'a Variant, &'a String)) -> Package<'a> {
    Package { name: variant.crate_name, dependencies: variant.dependencies, file: "lib.rs", source }
}

/// Builds everything once, so that later only the crate itself has to be compiled.
fn prepare(scratch: &Scratch, packages: &[Package<'_>]) -> anyhow::Result<()> {
    for package in packages {
        scratch.add(package)?;
    }
    for build in &BUILDS {
        // One by one, because that is how they are built later: together they would share features.
        for package in packages {
            eprintln!("preparing the {} build of {}", build.name, package.name);
            usage::of(scratch.cargo(build.arguments).args(["--package", package.name]))?;
        }
    }
    Ok(())
}

/// The medians of each package, in the order of `BUILDS`.
fn measure(scratch: &Scratch, packages: &[Package<'_>], rounds: usize) -> anyhow::Result<Vec<[Times; BUILDS.len()]>> {
    let mut usages = vec![[const { Vec::new() }; BUILDS.len()]; packages.len()];
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        for (number, build) in BUILDS.iter().enumerate() {
            for (package, usages) in packages.iter().zip(&mut usages) {
                scratch.touch(package)?;
                let mut cargo = scratch.cargo(build.arguments);
                usages[number].push(usage::of(cargo.args(["--offline", "--package", package.name]))?);
            }
        }
    }
    Ok(usages.into_iter().map(|usages| usages.map(Times::median)).collect())
}

impl Times {
    fn median(usages: Vec<Usage>) -> Times {
        let median = |of: fn(&Usage) -> Duration| {
            let mut times: Vec<Duration> = usages.iter().map(of).collect();
            times.sort();
            times[times.len() / 2]
        };
        Times { wall: median(|usage| usage.wall), processor: median(|usage| usage.processor) }
    }
}

fn bytes(scratch: &Scratch, variant: &Variant) -> anyhow::Result<Bytes> {
    let library = format!("release/lib{}.rlib", variant.crate_name.replace('-', "_"));
    object::of_library(&scratch.target().join(library))
}
