//! Programs that `./test.sh` fetches.

use std::env;
use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;

/// The program `name`, from what `./test.sh` fetched to `fetched` or from `PATH`.
///
/// `None` means: skip this test. That happens only when `./test.sh` could not fetch the program and said so; it then
/// lists the skipped tests at its end.
///
/// # Panics
/// When the program is missing and nobody said that it may be.
pub fn find(name: &str, fetched: &str) -> Option<PathBuf> {
    let found = on_path(name).or_else(|| Some(tools().join(fetched)).filter(|path| path.is_file()));
    if found.is_none() {
        skip(name);
    }
    found
}

/// Says that a test is skipped because the system does not let it make its fault: `mount` without its right. As with a
/// program that is missing, that needs somebody who has said that tests may be skipped.
///
/// # Panics
/// When nobody has.
pub fn skip_without(right: &str) {
    let Some(list) = env::var_os("TAXIMETER_SKIPPED") else {
        panic!("the system does not allow it: {right}");
    };
    note(&list, &format!("the system does not allow it: {right}"));
}

/// `target/tools`: a test program is `target/<profile>/deps/<name>`, and one that is started by hand
/// `target/<profile>/<name>`.
fn tools() -> PathBuf {
    let program = env::current_exe().expect("the path of the test program");
    let is_target = |folder: &&Path| folder.join("CACHEDIR.TAG").is_file();
    program.ancestors().find(is_target).unwrap_or(Path::new("target")).join("tools")
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

fn skip(name: &str) {
    let Some(list) = env::var_os("TAXIMETER_SKIPPED") else {
        panic!("`{name}` is missing: `./test.sh` fetches it");
    };
    note(&list, &format!("`{name}` is missing"));
}

fn note(list: &OsStr, why: &str) {
    let test = thread::current().name().unwrap_or("a test").to_owned();
    let mut list = OpenOptions::new().append(true).create(true).open(list).expect("the list of skipped tests");
    writeln!(list, "{test}: {why}").expect("the list of skipped tests");
}
