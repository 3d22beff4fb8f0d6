//! No field and no variable is without its tests.

use std::fs;
use std::path::Path;

/// Fields whose tests stand elsewhere under other names: the default, and what is seen when it is changed.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    (
        "otlp_logs",
        "log_records_and_metrics_go_nowhere_unless_asked",
        "every_line_arrives_as_a_record_that_says_the_same",
    ),
    (
        "otlp_metrics",
        "log_records_and_metrics_go_nowhere_unless_asked",
        "every_series_of_the_page_arrives_with_its_number",
    ),
    (
        "metric_export_interval",
        "log_records_wait_a_second_and_metrics_a_minute",
        "log_records_wait_a_second_and_metrics_a_minute",
    ),
    (
        "otlp_certificate",
        "certificates_are_those_of_the_system_unless_said",
        "spans_go_to_a_receiver_whose_certificate_is_trusted",
    ),
    (
        "otlp_client_certificate",
        "certificates_are_those_of_the_system_unless_said",
        "a_receiver_that_asks_for_it_sees_the_certificate_of_the_program",
    ),
];

/// Everything that can be set: what `Config` has a setter for, and what is only a variable.
fn fields() -> Vec<String> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../export/src/config"));
    let mut fields = vec!["disabled".to_owned(), "latest_conventions".to_owned()];
    for entry in fs::read_dir(folder).expect("the folder of the configuration").flatten() {
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        let setter = |rest: &str| rest.split_once("(mut self").map(|(name, _)| name.to_owned());
        fields.extend(text.split("    pub fn ").skip(1).filter_map(setter));
    }
    fields
}

/// What stands in a folder of tests, in one text.
fn code(folder: &Path) -> String {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let read = |path: std::path::PathBuf| {
        if path.is_dir() { code(&path) } else { fs::read_to_string(path).unwrap_or_default() }
    };
    entries.map(|entry| read(entry.path())).collect()
}

#[test]
fn every_field_has_a_test_of_its_default_and_one_of_its_change() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let tests = code(&root.join("tests/tests")) + &code(&root.join("export/src"));
    let fields = fields();
    assert!(fields.len() > 30, "{fields:?}");
    for field in fields {
        let elsewhere = ELSEWHERE.iter().find(|(name, _, _)| *name == field);
        let [default, changed] = elsewhere.map_or_else(
            || [format!("default_of_{field}"), format!("{field}_is_seen")],
            |(_, default, changed)| [(*default).to_owned(), (*changed).to_owned()],
        );
        for test in [default, changed] {
            assert!(tests.contains(&format!("fn {test}(")), "`{field}` has no test `{test}`");
        }
    }
}

/// The variables that the table in the documentation of `Config` names, `_PORT` after its first half as well.
fn variables() -> Vec<String> {
    let text = include_str!("../../../export/src/config/mod.rs");
    let mut variables: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| line.starts_with("/// | ")) {
        let Some(cell) = line.trim_end_matches('|').rsplit('|').next() else { continue };
        for name in cell.split('`').skip(1).step_by(2) {
            let whole = match (name.strip_prefix('_'), variables.last()) {
                (Some(end), Some(last)) => format!("{}_{end}", last.rsplit_once('_').map_or("", |(start, _)| start)),
                _ => name.to_owned(),
            };
            if whole.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') {
                variables.push(whole);
            }
        }
    }
    variables
}

#[test]
fn every_variable_that_is_documented_is_set_by_a_test() {
    let tests = code(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests")));
    let variables = variables();
    assert!(variables.len() > 20, "{variables:?}");
    for variable in variables {
        assert!(tests.contains(&variable), "no test sets `{variable}`");
    }
}
