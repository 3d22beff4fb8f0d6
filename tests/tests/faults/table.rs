//! `docs/faults.md` names the test of each fault, and every test that it names is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The least that have a test.
const AUTOMATED: usize = 75;

/// A row: number, fault, behaviour, tests.
struct Row {
    number: usize,
    tests: Vec<String>,
    reason: String,
}

fn rows() -> Vec<Row> {
    let page = include_str!("../../../docs/faults.md");
    let rows = page.lines().filter(|line| line.starts_with("| F"));
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [number, _, _, tests] = cells[..] else { panic!("four cells: {line}") };
        let number = number.trim_start_matches('F').parse().expect("a number");
        let names = tests.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        Row { number, tests: names, reason: tests.to_owned() }
    })
    .collect()
}

#[test]
fn every_fault_has_a_row_with_a_test_or_a_reason() {
    let rows = rows();
    let numbers: Vec<usize> = rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=106).collect::<Vec<_>>());
    for row in &rows {
        assert!(!row.tests.is_empty() || row.reason.starts_with("not here: ") || row.reason.starts_with("not yet: "));
    }
}

#[test]
fn every_test_that_is_named_is_there() {
    let tests = tests_of(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")));
    for row in rows() {
        for test in &row.tests {
            let name = test.rsplit("::").next().unwrap_or_default();
            assert!(tests.contains(name) || is_ui_test(test), "F{:02}: there is no test `{test}`", row.number);
        }
    }
    let named: BTreeSet<String> = rows().into_iter().flat_map(|row| row.tests).collect();
    for test in tests.iter().filter(|test| is_numbered(test)) {
        assert!(named.iter().any(|name| name.ends_with(test)), "`{test}` is in no row");
    }
}

#[test]
fn enough_of_them_are_automated() {
    let automated = rows().iter().filter(|row| !row.tests.is_empty()).count();
    assert!(automated >= AUTOMATED, "{automated}");
}

/// `f05_a_field_panics`
fn is_numbered(test: &str) -> bool {
    let number = test.strip_prefix('f').and_then(|rest| rest.split('_').next());
    number.is_some_and(|number| number.len() >= 2 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `ui-tests/fail/observe/a-label-name-is-reserved`
fn is_ui_test(test: &str) -> bool {
    let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(test).with_extension("rs");
    test.starts_with("ui-tests/") && file.is_file()
}

/// The names of all functions after `#[test]` in the rooms.
fn tests_of(root: &Path) -> BTreeSet<String> {
    let rooms = ["runtime", "export", "http", "tests", "ui-tests"].map(|room| root.join(room));
    let mut folders = rooms.to_vec();
    let mut names = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap_or_default();
                let after = text.split("#[test]").skip(1).chain(text.split("#[tokio::test]").skip(1));
                let name =
                    |rest: &str| rest.split_once("fn ").and_then(|(_, rest)| rest.split('(').next().map(str::to_owned));
                names.extend(after.filter_map(name));
            }
        }
    }
    names
}

#[test]
fn f18_no_lock_is_unwrapped() {
    let unwrapped =
        [".lock().unwrap()", ".read().unwrap()", ".write().unwrap()", ".lock().expect(", ".write().expect("];
    let mut folders = ["runtime/src", "export/src", "http/src"]
        .map(|room| Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(room))
        .to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let is_test = path.file_name().is_some_and(|name| name == "tests.rs");
            let found = unwrapped.iter().find(|call| code.contains(**call));
            assert!(is_test || found.is_none(), "{found:?} in {}", path.display());
        }
    }
}
