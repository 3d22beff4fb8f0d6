//! The first command of the README, as its reader runs it.

use serde_json::Value;
use taximeter_tests::{Child, port, program, wait_for};

fn quickstart(arguments: &[&str]) -> Child {
    let mut command = program::example("quickstart");
    Child::start(command.args(arguments).env("PROMETHEUS_PORT", port::free_port().to_string()))
}

#[test]
fn once_ends_after_one_round() {
    let mut quickstart = quickstart(&["--once"]);
    assert!(quickstart.wait().success());
    assert_eq!(quickstart.stdout().matches("round finished").count(), 1);
}

#[test]
fn it_serves_until_interrupted_and_ends_well() {
    let mut quickstart = quickstart(&[]);
    wait_for("the first answer", || quickstart.stdout().contains("answered").then_some(()));
    assert!(quickstart.is_running());
    quickstart.interrupt();
    assert!(quickstart.wait().success());
}

#[test]
fn it_says_where_to_look() {
    let quickstart = quickstart(&[]);
    wait_for("the address", || quickstart.stderr().contains("curl ").then_some(()));
}

#[test]
fn the_log_line_in_the_readme_is_a_real_one() {
    let readme = include_str!("../../README.md");
    let shown = readme.lines().find(|line| line.starts_with("{\"timestamp\"")).expect("the README shows a log line");
    let shown: Value = serde_json::from_str(shown).expect("the line is JSON");

    let mut quickstart = quickstart(&["--once"]);
    assert!(quickstart.wait().success());
    let log = quickstart.stdout();
    let mut lines = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("every line is JSON"));
    let real = lines.find(|line| line["message"] == shown["message"]).expect("the quickstart writes such a line");

    // The ids and the time are new in each run; everything else is the same.
    let same_in_each_run = ["level", "target", "message", "question", "service", "workflow"];
    let keys = |line: &Value| line.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&shown), keys(&real));
    for key in same_in_each_run {
        assert_eq!(shown[key], real[key], "{key}");
    }
}
