//! Checks that only the tools of other languages can make: the schema of Compose, the types of Grafana.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::temporary::Folder;
use crate::{child, tool};

/// Reads a file of YAML. `None`: skip the test.
///
/// # Panics
/// When it is none.
pub fn yaml(file: &Path) -> Option<Value> {
    read(&[], file)
}

/// Reads a Compose file and holds it against the schema. `None`: skip the test.
///
/// # Panics
/// With what the schema has to say.
pub fn compose(file: &Path) -> Option<Value> {
    read(&["compose"], file)
}

fn read(kind: &[&str], file: &Path) -> Option<Value> {
    let modules = modules()?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("node/read.mjs");
    let mut command = Command::new("node");
    command.env("MODULES", modules).arg(script).args(kind).arg(file);
    let (status, words) = child::run(&mut command, "");
    assert!(status.success(), "{}: {words}", file.display());
    Some(serde_json::from_str(&words).unwrap_or_else(|error| panic!("{}: {error}: {words}", file.display())))
}

/// What TypeScript has to say about `dashboard` as a dashboard of Grafana: nothing, when it is one. `None`: skip the test.
///
/// # Panics
/// When the compiler cannot be started.
pub fn faults_as_a_dashboard(dashboard: &str) -> Option<String> {
    let modules = modules()?;
    let folder = Folder::new("dashboard");
    let text = format!("{TYPES}const dashboard: Loose<Checked> = {dashboard};\nexport default dashboard;\n");
    fs::write(folder.path().join("dashboard.ts"), text).expect("a file for the compiler");
    // It looks for types beside the file.
    std::os::unix::fs::symlink(modules.join("node_modules"), folder.path().join("node_modules")).expect("a link");
    let mut command = Command::new("node");
    command.arg(modules.join("node_modules/typescript/bin/tsc")).current_dir(folder.path());
    command.args(["--noEmit", "--skipLibCheck", "--strict", "--module", "nodenext", "--moduleResolution", "nodenext"]);
    let (_, words) = child::run(command.arg("dashboard.ts"), "");
    Some(words)
}

/// JSON has the words of an enumeration and not its members, and what a data source is asked is its own affair.
const TYPES: &str = "\
import type { AnnotationQuery, Dashboard, DataQuery } from '@grafana/schema';
type Loose<T> = T extends string ? `${T}`
    : T extends readonly (infer Item)[] ? Loose<Item>[]
    : T extends object ? { [Key in keyof T]: Loose<T[Key]> }
    : T;
interface Asked extends DataQuery { expr: string }
type Checked = Omit<Dashboard, 'annotations'> & { annotations?: { list?: AnnotationQuery<Asked>[] } };
";

/// Where `./test.sh` put what these checks need.
fn modules() -> Option<PathBuf> {
    let marker = tool::find("taximeter-checks", "node/taximeter-checks")?;
    marker.parent().map(Path::to_owned)
}
