#![deny(warnings, missing_docs)]
//! Every attribute of a function is still there.

use taximeter::observe;

mod inner {
    use super::observe;

    /// Documented.
    #[must_use]
    #[observe(name = "inner.answer")]
    #[inline(always)]
    #[doc(hidden)]
    pub(in crate::inner) fn answer() -> u8 {
        42
    }

    #[observe]
    #[expect(unused_variables)]
    pub(super) fn forgetful(text: String) -> u8 {
        answer()
    }
}

#[observe]
#[cold]
#[allow(clippy::ptr_arg)]
fn size(
    #[cfg(any())] text: u64,
    #[cfg(all())] text: String,
    #[allow(unused_variables)] unused: String,
    r#type: &Vec<u8>,
) -> usize {
    text.len() + r#type.len()
}

#[observe]
fn r#match(r#type: String) -> String {
    r#type
}

#[cfg(any())]
#[observe]
fn absent() -> Nothing {}

fn main() {
    assert_eq!(inner::forgetful(String::new()), 42);
    assert_eq!(size("ab".to_owned(), String::new(), &vec![1]), 3);
    assert_eq!(r#match("a".to_owned()), "a");
    assert_eq!(taximeter_ui_tests::calls("match", "success"), 1);
}
