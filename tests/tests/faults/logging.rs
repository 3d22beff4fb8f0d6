//! Faults of the log: what is written to it, and what it is written to.

use std::fs::OpenOptions;
use std::process::{Command, Stdio};

use taximeter_tests::temporary::Folder;
use taximeter_tests::{program, tool, wait_for};

use crate::{end_of, fault, survivor};

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
fn f72_the_disk_of_the_log_files_is_full() {
    let folder = Folder::new("full");
    let mut command = program::undisturbed(Command::new("unshare"));
    // A file system of 64 KiB that is gone with the program.
    let script = "mount -t tmpfs -o size=64k tmpfs \"$1\" && \"$0\" chatter && cat \"$1\"/*.log";
    command.args(["--mount", "sh", "-c", script, env!("CARGO_BIN_EXE_fault")]).arg(folder.path());
    let ended = end_of(command.env("TAXIMETER_LOG_DIRECTORY", folder.path()));
    if !ended.stderr.contains("survived") && ended.stderr.contains("ermitted") {
        return tool::skip_without("a file system of its own");
    }
    assert!(ended.status.success() && ended.stderr.contains("survived"), "{}: {}", ended.status, ended.stderr);
    assert!(ended.stderr.contains("log lines cannot be written"), "{}", ended.stderr);
    let lines = ended.lines_but_the_last();
    assert!(!lines.is_empty() && lines.len() + ended.number("lost") as usize >= 20_000, "{} lines", lines.len());
    assert!(ended.stderr.lines().count() < 6, "a storm on standard error: {}", ended.stderr);
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

#[test]
fn f75_the_log_file_is_deleted_or_cannot_be() {
    let folder = std::env::temp_dir().join(format!("taximeter-logs-{}", std::process::id()));
    let ended = survivor(fault("one-span").env("TAXIMETER_LOG_DIRECTORY", &folder));
    assert_eq!(ended.stdout, "");
    let files: Vec<_> = std::fs::read_dir(&folder).expect("the folder").flatten().collect();
    assert_eq!(files.len(), 1);
    let text = std::fs::read_to_string(files[0].path()).expect("the file");
    assert!(text.contains(r#""message":"one line""#), "{text}");
    let name = files[0].file_name().into_string().expect("a name");
    assert!(name.starts_with("fault.20") && name.ends_with(".log"), "{name}");
    std::fs::remove_dir_all(&folder).expect("it can go");

    let ended = survivor(fault("one-span").env("TAXIMETER_LOG_DIRECTORY", "/dev/null/logs"));
    ended.line("one line");
    assert!(ended.stderr.contains("log files in `/dev/null/logs` cannot be written"), "{}", ended.stderr);
}

#[test]
fn f77_the_same_line_comes_faster_than_anybody_reads() {
    let ended = survivor(&mut fault("storm"));
    let lines = ended.lines();
    let storm = lines.iter().filter(|line| line["message"] == "storm").count() as u64;
    let told: u64 = lines.iter().filter_map(|line| line["suppressed"].as_u64()).sum();
    assert!(told > 50_000, "{told}");
    assert_eq!(storm + told, 100_000, "every line is written or told");
    assert!(ended.stderr.contains(&format!("{told} log lines (rate_limited)")), "{}", ended.stderr);
    ended.line("calm");
}

#[test]
fn records_of_the_log_crate_are_lines_as_all_others() {
    let ended = survivor(&mut fault("records"));
    let line = ended.line("password=[redacted] of ann");
    assert_eq!((&line["level"], &line["target"]), (&"WARN".into(), &"third::party".into()));
    assert_eq!(line.as_object().map(serde_json::Map::len), Some(5), "{line}");
    assert_eq!(ended.line("inside")["trace_id"].as_str().map(str::len), Some(32));
    assert!(!ended.stdout.contains("too quiet"));
    assert!(ended.stdout.contains("lines of one place in the code"), "{}", ended.stdout.len());
}
