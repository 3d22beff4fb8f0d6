//! A call is safe on every thread, from its first to its last instruction.

use std::process::Command;

use taximeter_tests::{Child, tool};

fn assert_ends_well(way: &str) {
    let mut threads = Child::start(Command::new(env!("CARGO_BIN_EXE_threads")).arg(way));
    let status = threads.wait();
    assert!(status.success(), "{way}: {status}\n{}", threads.stderr());
}

#[test]
fn a_destructor_of_a_thread_local_may_call_whatever_the_thread_did_before() {
    for way in ["words-work", "work-words", "workflow-words-work", "event-words-work", "words-alone"] {
        assert_ends_well(way);
    }
}

#[test]
fn more_threads_than_a_subscriber_has_room_for_only_lose_their_spans() {
    assert_ends_well("many");
}

#[test]
#[cfg(target_os = "linux")]
fn a_process_that_is_bound_to_one_processor_counts_every_call() {
    let Some(taskset) = tool::find("taskset", "taskset") else { return };
    // The first of those that this process may use.
    let allowed = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let allowed = allowed.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).expect("its processors");
    let first: String = allowed.trim().chars().take_while(char::is_ascii_digit).collect();
    let mut bound = Command::new(taskset);
    let mut threads = Child::start(bound.args(["--cpu-list", &first, env!("CARGO_BIN_EXE_threads"), "busy"]));
    let status = threads.wait();
    assert!(status.success(), "{status}\n{}", threads.stderr());
}
