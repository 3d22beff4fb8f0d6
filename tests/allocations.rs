//! Counts what a thread allocates. A program that counts says so:
//!
//! ```
//! use taximeter_tests::allocations::{Counting, Used};
//!
//! #[global_allocator]
//! static ALLOCATOR: Counting = Counting;
//!
//! assert_eq!(Used::by(|| drop(Box::new(7_u64))), Used { times: 1, bytes: 8 });
//! ```

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, counted.
#[derive(Debug)]
pub struct Counting;

/// What a piece of code has asked for, whatever it gave back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// How often.
    pub times: u64,
    /// How much, all in all.
    pub bytes: u64,
}

thread_local!(static USED: Cell<Used> = const { Cell::new(Used { times: 0, bytes: 0 }) });

impl Used {
    /// What `code` asks for on this thread.
    pub fn by(code: impl FnOnce()) -> Used {
        let before = USED.get();
        code();
        let after = USED.get();
        Used { times: after.times - before.times, bytes: after.bytes - before.bytes }
    }
}

fn count(bytes: usize) {
    let more = |used: Used| Used { times: used.times + 1, bytes: used.bytes + bytes as u64 };
    let _ = USED.try_with(|used| used.set(more(used.get())));
}

#[allow(unsafe_code, reason = "an allocator is unsafe by its trait; this one hands everything on")]
// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller keeps what the trait asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        // SAFETY: the caller keeps what the trait asks for.
        unsafe { System.realloc(place, layout, size) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps what the trait asks for.
        unsafe { System.dealloc(place, layout) }
    }
}
