//! Lines, and what is masked in them.

use std::fs;

use taximeter_tests::temporary::Folder;

use crate::{both, by_default, ran};

#[test]
fn default_of_log_level() {
    let ran = by_default(&["lines", "debug"]);
    assert_eq!((ran.lines_that_say("a line").len(), ran.lines_that_say("a quiet line").len()), (1, 0));
}

#[test]
fn log_level_is_seen() {
    for ran in both("log_level=debug", ("RUST_LOG", "debug"), "warn", &["lines", "debug"]) {
        assert_eq!(ran.lines_that_say("a quiet line").len(), 1);
    }
    assert_eq!(ran(&[("RUST_LOG", "warn")], &["lines"]).stdout, "");
}

#[test]
fn default_of_structured_logging() {
    assert_eq!(by_default(&["lines"]).lines_that_say("a line").len(), 1);
}

#[test]
fn structured_logging_is_seen() {
    for ran in both("structured_logging=false", ("TAXIMETER_LOG_FORMAT", "text"), "json", &["lines"]) {
        assert!(ran.stdout.contains(" INFO configured: a line number=0"), "{}", ran.stdout);
    }
}

#[test]
fn default_of_log_correlation() {
    let line = &by_default(&["inside"]).lines_that_say("from inside")[0];
    assert_eq!(line["trace_id"].as_str().map(str::len), Some(32), "{line}");
    assert_eq!(line["workflow"], "inside");
}

#[test]
fn log_correlation_is_seen() {
    let line = &by_default(&["log_correlation=false", "inside"]).lines_that_say("from inside")[0];
    assert!(line.get("trace_id").is_none() && line.get("workflow").is_none(), "{line}");
}

#[test]
fn default_of_log_rate_limit() {
    let ran = by_default(&["lines:30000"]);
    let lines = ran.lines_that_say("a line").len();
    assert!((1_000..30_000).contains(&lines), "{lines}");
    assert!(ran.stdout.contains("\"suppressed\":"));
}

#[test]
fn log_rate_limit_is_seen() {
    assert_eq!(by_default(&["log_rate_limit=0", "lines:5000", "flush"]).lines_that_say("a line").len(), 5_000);
    let ten = by_default(&["log_rate_limit=10", "lines:5000", "flush"]).lines_that_say("a line").len();
    assert!((10..1_000).contains(&ten), "{ten}");
}

#[test]
fn default_of_log_directory() {
    assert_eq!(by_default(&["lines"]).lines().len(), 1);
}

#[test]
fn log_directory_is_seen() {
    let (here, there) = (Folder::new("here"), Folder::new("there"));
    let (path, other) = (here.path().display().to_string(), there.path().display().to_string());
    for ran in both(&format!("log_directory={path}"), ("TAXIMETER_LOG_DIRECTORY", &path), &other, &["lines"]) {
        assert_eq!(ran.stdout, "");
    }
    let file = fs::read_dir(here.path()).expect("the folder").flatten().next().expect("a file").path();
    assert_eq!(fs::read_to_string(file).expect("lines").lines().count(), 2);
    assert_eq!(fs::read_dir(there.path()).expect("the folder").count(), 0);
}

/// How many files are left of ten days, and of today.
fn kept(argument: &str) -> usize {
    let folder = Folder::new("kept");
    for day in 10..20 {
        fs::write(folder.path().join(format!("configured.2024-01-{day}.log")), "old\n").expect("a file");
        // The library knows the age by the time at which a file was made.
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    by_default(&[argument, &format!("log_directory={}", folder.path().display()), "lines"]);
    fs::read_dir(folder.path()).expect("the folder").count()
}

#[test]
fn default_of_log_files() {
    assert_eq!(kept("lines"), 7);
}

#[test]
fn log_files_is_seen() {
    assert_eq!(kept("log_files=3"), 3);
}

#[test]
fn default_of_redaction() {
    let line = &by_default(&["lines"]).lines()[0];
    assert_eq!((&line["password"], &line["customer"]), (&"[redacted]".into(), &"ann".into()));
}

#[test]
fn redaction_is_seen() {
    assert_eq!(by_default(&["redaction=false", "lines"]).lines()[0]["password"], "hunter2");
}

#[test]
fn default_of_redact() {
    assert_eq!(by_default(&["lines"]).lines()[0]["customer"], "ann");
}

#[test]
fn redact_is_seen() {
    assert_eq!(by_default(&["redact=customer", "lines"]).lines()[0]["customer"], "[redacted]");
}
