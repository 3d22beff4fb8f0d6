//! A program that forks while it works, and says on standard error how each of its processes went.
//!
//! `forking` alone works before, in a child, in a child of that, and afterwards. `forking lingering` ends and leaves a child
//! that has not ended, `forking signalled` one that is sent a signal.

// Rust has no safe way to fork: the child may do what it likes here, because no other thread of this program holds a lock.
#![allow(unsafe_code)]

use std::process::exit;
use std::thread::sleep;
use std::time::{Duration, Instant};

use taximeter::{Config, Telemetry, observe};
use taximeter_tests::numbers;

fn main() {
    let telemetry = Config::from_env("forking").shutdown_on_signal(true).init();
    match std::env::args().nth(1).as_deref() {
        Some("lingering") => linger(),
        Some("signalled") => signalled(),
        _ => works(telemetry),
    }
}

#[observe]
fn before() {}

#[observe]
fn after() {}

#[observe]
fn in_child() {}

#[observe]
fn in_grandchild() {}

/// What forks while its span is open: none in the child.
#[observe]
fn forks() -> Option<i32> {
    // SAFETY: see above.
    match unsafe { libc::fork() } {
        0 => None,
        child => Some(child),
    }
}

fn works(telemetry: Telemetry) {
    (0..5).for_each(|_| before());
    tracing::info!("before the fork");
    match forks() {
        Some(child) => {
            eprintln!("the child ended with {}", status(child));
            (0..2).for_each(|_| after());
            end("parent", telemetry);
        }
        None => child(telemetry),
    }
}

fn child(telemetry: Telemetry) {
    (0..3).for_each(|_| in_child());
    tracing::info!("in the child");
    assert_eq!(telemetry.metrics_address(), None);
    let count = |operation: &str| {
        let page = numbers::page();
        page.value(&format!(
            r#"operation_duration_seconds_count{{operation="{operation}",module="forking",status="success"}}"#
        ))
    };
    eprintln!("the child counts {:?} before and {:?} in it", count("before"), count("in_child"));
    match forks() {
        Some(grandchild) => {
            eprintln!("the grandchild ended with {}", status(grandchild));
            end("child", telemetry);
        }
        None => {
            in_grandchild();
            tracing::info!("in the grandchild");
            end("grandchild", telemetry);
        }
    }
    exit(7);
}

/// Ends the telemetry, and tells how long that took.
fn end(who: &str, telemetry: Telemetry) {
    let begun = Instant::now();
    let loss = telemetry.shutdown();
    eprintln!("the {who} has ended its telemetry in {} ms: {loss}", begun.elapsed().as_millis());
}

fn linger() {
    if let Some(child) = forks() {
        eprintln!("child {child} lingers");
        return;
    }
    // Not for ever, should nobody end it.
    sleep(Duration::from_secs(120));
    exit(0);
}

fn signalled() {
    match forks() {
        Some(child) => eprintln!("the child ended with {}", status(child)),
        None => {
            // SAFETY: the signal goes to this process alone.
            unsafe { libc::kill(libc::getpid(), libc::SIGTERM) };
            sleep(Duration::from_secs(60));
            exit(9);
        }
    }
}

/// Waits for a child: its exit code, or the signal that ended it.
fn status(child: i32) -> String {
    let mut status = 0;
    // SAFETY: the pointer is to a number that lives on.
    unsafe { libc::waitpid(child, &raw mut status, 0) };
    if libc::WIFSIGNALED(status) {
        format!("signal {}", libc::WTERMSIG(status))
    } else {
        format!("code {}", libc::WEXITSTATUS(status))
    }
}
