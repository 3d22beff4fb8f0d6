//! A call is safe on every thread, from its first to its last instruction.

use std::process::Command;

use taximeter_tests::Child;

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
