//! A net under the user's code that runs inside of ours: expressions of attributes, `Display`, `Debug`, closures.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::metrics::{self, fault};

/// What the user's code gives, or nothing when it panics, which is counted.
pub(crate) fn user_code<T>(code: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(code)) {
        Ok(value) => Some(value),
        Err(payload) => {
            // Its destructor is the user's code too, and nobody would catch what it throws.
            std::mem::forget(payload);
            metrics::internal_error(fault::USER_CODE_PANICKED);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;

    use super::*;

    #[test]
    fn neither_a_panic_nor_what_it_carries_gets_through() {
        struct Bomb;

        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("in the destructor of a payload");
            }
        }
        assert_eq!(user_code(|| panic_any(Bomb)), None::<u8>);
        assert_eq!(user_code(|| 7), Some(7));
    }
}
