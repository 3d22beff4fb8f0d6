//! What the functions of the benches have in common.

/// The error that never occurs here.
#[derive(Debug)]
pub(crate) struct Odd;

impl std::fmt::Display for Odd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("odd")
    }
}

impl std::error::Error for Odd {}
