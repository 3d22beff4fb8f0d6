//! The one thread that speaks with the network: it serves the port and sends the spans.
//!
//! It has a runtime of its own, so nothing depends on the program's: there may be none, it may be single-threaded,
//! it may be gone already.

use std::future::Future;
use std::io;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;

use crate::own;

/// The most scrapes that are collected at once; each runs on a thread of its own.
pub(crate) const SCRAPES: usize = 4;

/// The lookups of host names that can be under way beside the scrapes: the receivers of spans, log records and metrics,
/// and the address to listen on. They share the threads of the scrapes, whose collectors may never return.
const LOOKUPS: usize = 4;

/// The metrics that are gathered for a push, beside them.
const PUSHES: usize = 1;

/// The running thread. Dropping it stops the thread without waiting.
#[derive(Debug)]
pub(crate) struct Worker {
    handle: Handle,
    _stop: oneshot::Sender<()>,
    stopped: Receiver<()>,
}

impl Worker {
    pub(crate) fn spawn() -> io::Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .max_blocking_threads(SCRAPES + LOOKUPS + PUSHES)
            .thread_keep_alive(Duration::from_secs(1))
            .thread_name("taximeter-scrape")
            .build()?;
        let handle = runtime.handle().clone();
        let (stop, wait) = oneshot::channel();
        let (alive, stopped) = mpsc::sync_channel(0);
        thread::Builder::new().name("taximeter".to_owned()).spawn(move || {
            run(runtime, wait);
            drop(alive);
        })?;
        Ok(Worker { handle, _stop: stop, stopped })
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }

    pub(crate) fn spawn_task(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.handle.spawn(task);
    }

    /// Cancels what the thread does and waits for its end, at most until the deadline.
    pub(crate) fn stop(self, deadline: Instant) {
        let Worker { _stop: stop, stopped, .. } = self;
        drop(stop);
        let _ = stopped.recv_timeout(deadline.saturating_duration_since(Instant::now()));
    }
}

fn run(runtime: Runtime, wait: oneshot::Receiver<()>) {
    let _quiet = own::enter();
    // It ends by a dropped sender too: then nobody is left who could ask for anything.
    let _ = runtime.block_on(wait);
    // A collector of the program that never returns must not hold us.
    runtime.shutdown_background();
}
