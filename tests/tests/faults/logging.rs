//! Faults of the log: what is written to it, and what it is written to.

use std::fs::OpenOptions;
use std::process::{Command, Stdio};

use taximeter_tests::wait_for;

use crate::{fault, survivor};

/// How a program ends whose standard output, and maybe standard error, are these.
fn ends(command: &mut Command) -> std::process::ExitStatus {
    let mut program = command.stdin(Stdio::null()).spawn().expect("the program");
    wait_for("the program to end", || program.try_wait().ok().flatten())
}

#[test]
fn f72_the_disk_is_full() {
    let full = || OpenOptions::new().write(true).open("/dev/full").expect("a device of every Linux");
    assert!(ends(fault("mute").stdout(full()).stderr(full())).success());
    let program = fault("chatter").stdin(Stdio::null()).stdout(full()).output().expect("the program");
    let said = String::from_utf8_lossy(&program.stderr);
    assert!(program.status.success(), "{said}");
    assert!(said.contains("lost 2000") && said.contains("log lines cannot be written"), "{said}");
    assert!(said.lines().count() < 6, "a storm on standard error: {said}");
}

#[test]
fn f73_nobody_reads_standard_output_or_standard_error() {
    let closed = || {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        writer
    };
    assert!(ends(fault("mute").stdout(closed()).stderr(closed())).success());
    let mut without = Command::new("sh");
    without.args(["-c", "exec \"$0\" mute >&- 2>&-", env!("CARGO_BIN_EXE_fault")]);
    assert!(ends(&mut without).success());
}

#[test]
fn f76_a_text_wants_to_be_more_than_a_text() {
    let ended = survivor(&mut fault("injection"));
    // Every line was an object; each has its own level and both copies of the text.
    let lines = ended.lines();
    assert_eq!(lines.len(), 14);
    for line in &lines {
        assert_eq!((&line["level"], &line["number"], &line["small"]), (&"INFO".into(), &"NaN".into(), &"-inf".into()));
        assert_eq!(line["text"], line["message"]);
    }
    let is_dangerous = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{2028}' | '\u{2029}');
    assert!(!ended.stdout.contains(is_dangerous), "{:?}", ended.stdout);
}
