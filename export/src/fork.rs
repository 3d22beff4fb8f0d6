//! Knows the child of a fork: it has a copy of all our memory, and of the threads only the one that forked.
//!
//! What the parent's threads still have to send is the parent's. A child gets what it needs when it first needs it: a queue
//! of lines, a queue of spans, and the threads behind them. The port stays with the parent. A process that is copied without
//! `fork` of the C library, by a bare system call, is not known.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The forks that led to this process, since the first telemetry was started.
static FORKS: AtomicUsize = AtomicUsize::new(0);
/// Those of the process that has started the telemetry of now.
static OF_OWNER: AtomicUsize = AtomicUsize::new(0);

/// How many forks lie between the process that has started the telemetry and this one.
fn generation() -> usize {
    FORKS.load(Ordering::Relaxed).saturating_sub(OF_OWNER.load(Ordering::Relaxed))
}

/// Whether this process has the telemetry from its parent.
pub(crate) fn is_child() -> bool {
    generation() > 0
}

/// Makes this process the one that has started the telemetry.
pub(crate) fn watch() {
    #[cfg(unix)]
    unix::watch();
    OF_OWNER.store(FORKS.load(Ordering::Relaxed), Ordering::Relaxed);
}

#[cfg(unix)]
pub(crate) use unix::{Left, leave_to_parent, raise_in_child};

#[cfg(unix)]
mod unix {
    use std::os::fd::{AsRawFd, RawFd};
    use std::sync::Arc;
    use std::sync::Once;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

    /// Sockets that listen: two at most, 127.0.0.1 and ::1. A child that kept them would hold the port after its parent's end,
    /// and answer nobody.
    static LISTENERS: [AtomicI32; 2] = [const { AtomicI32::new(NONE) }; 2];
    const NONE: RawFd = -1;

    /// Flags that say that the next signal ends the process: in the child nobody waits for the first.
    static SIGNALS: OnceLock<Vec<Arc<AtomicBool>>> = OnceLock::new();

    /// As long as it lives, a socket is the parent's alone. It must go before the socket does: then the descriptor may be that
    /// of another file.
    #[must_use = "the socket is the parent's alone as long as this lives"]
    pub(crate) struct Left(Option<(&'static AtomicI32, RawFd)>);

    pub(crate) fn leave_to_parent(socket: &impl AsRawFd) -> Left {
        let socket = socket.as_raw_fd();
        let takes =
            |place: &&AtomicI32| place.compare_exchange(NONE, socket, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        Left(LISTENERS.iter().find(takes).map(|place| (place, socket)))
    }

    impl Drop for Left {
        fn drop(&mut self) {
            if let Some((place, socket)) = self.0 {
                let _ = place.compare_exchange(socket, NONE, Ordering::Relaxed, Ordering::Relaxed);
            }
        }
    }

    /// Says which flags a child finds raised.
    pub(crate) fn raise_in_child(signals: Vec<Arc<AtomicBool>>) {
        let _ = SIGNALS.set(signals);
    }

    // Rust has no safe way to be told of a fork.
    #[allow(unsafe_code)]
    pub(super) fn watch() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            // SAFETY: the function lives as long as the process, and does only what a child of a process with many threads
            // may do: it stores into atomics and closes descriptors. Without memory for it the fork is not seen.
            let _ = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
        });
    }

    #[allow(unsafe_code)]
    unsafe extern "C" fn in_child() {
        super::FORKS.fetch_add(1, Ordering::Relaxed);
        for place in &LISTENERS {
            let socket = place.swap(NONE, Ordering::Relaxed);
            if socket != NONE {
                // SAFETY: the socket's owner is a task of a thread that this process does not have, so nobody uses the
                // descriptor or closes it again. The parent's stays open.
                let _ = unsafe { libc::close(socket) };
            }
        }
        for flag in SIGNALS.get().into_iter().flatten() {
            flag.store(true, Ordering::Relaxed);
        }
    }
}

/// A thing that each process has one of. No lock of the parent's is in the way: a child makes its own in a place of its own.
#[derive(Debug)]
pub(crate) struct Each<T> {
    own: OnceLock<T>,
    of_children: OnceLock<Box<Each<T>>>,
}

impl<T> Default for Each<T> {
    fn default() -> Self {
        Each { own: OnceLock::new(), of_children: OnceLock::new() }
    }
}

impl<T> Each<T> {
    /// This process's, made when it has none.
    pub(crate) fn get_or_make(&self, make: impl FnOnce() -> T) -> &T {
        let place = (0..generation()).fold(self, |place, _| place.of_children.get_or_init(Box::default));
        place.own.get_or_init(make)
    }

    /// This process's, if it has one.
    pub(crate) fn get(&self) -> Option<&T> {
        (0..generation()).try_fold(self, |place, _| place.of_children.get().map(|next| &**next))?.own.get()
    }
}
