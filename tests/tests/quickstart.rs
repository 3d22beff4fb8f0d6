//! The first command of the README, as its reader runs it.

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
