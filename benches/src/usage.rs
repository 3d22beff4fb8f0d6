//! The time that a program takes.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// What one run of a program took.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    pub(crate) wall: Duration,
    /// Of the program and all programs that it started, on all processors, in user and system.
    pub(crate) processor: Duration,
}

/// Runs a program that must succeed.
pub(crate) fn of(command: &mut Command) -> anyhow::Result<Usage> {
    let before = processor()?;
    let start = Instant::now();
    let status = command.status().with_context(|| format!("cannot start {command:?}"))?;
    let wall = start.elapsed();
    ensure!(status.success(), "{command:?} failed: {status}");
    Ok(Usage { wall, processor: processor()?.saturating_sub(before) })
}

/// The time of all programs that this one started and that have ended.
fn processor() -> anyhow::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok(duration(usage.user_time()) + duration(usage.system_time()))
}

fn duration(time: TimeVal) -> Duration {
    Duration::from_secs(time.tv_sec().unsigned_abs()) + Duration::from_micros(time.tv_usec().unsigned_abs())
}
