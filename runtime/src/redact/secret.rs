//! A value that nobody prints by accident.

use std::fmt;

use super::MASK;
use crate::field::{Field, FieldValue};

/// A value that is shown as `[redacted]` wherever it goes: in fields, errors, log lines, `{:?}`.
///
/// ```
/// use taximeter_runtime::redact::Secret;
///
/// let token = Secret::new("hunter2".to_owned());
/// assert_eq!(format!("{token} {token:?}"), "[redacted] [redacted]");
/// assert_eq!(token.expose(), "hunter2");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Secret<T: ?Sized>(T);

impl<T> Secret<T> {
    /// Hides a value.
    pub const fn new(value: T) -> Secret<T> {
        Secret(value)
    }

    /// The value, not hidden any more.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T: ?Sized> Secret<T> {
    /// The value, for the one place that needs it.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Secret(value)
    }
}

impl<T: ?Sized> fmt::Debug for Secret<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(MASK)
    }
}

impl<T: ?Sized> fmt::Display for Secret<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(MASK)
    }
}

impl<T: ?Sized> Field for Secret<T> {
    fn field(&self) -> Option<FieldValue> {
        Some(FieldValue::Text(MASK.to_owned()))
    }
}

#[cfg(feature = "secrecy")]
impl<T: secrecy::zeroize::Zeroize + ?Sized> Field for secrecy::SecretBox<T> {
    fn field(&self) -> Option<FieldValue> {
        Some(FieldValue::Text(MASK.to_owned()))
    }
}

#[cfg(all(test, feature = "secrecy"))]
mod tests {
    use secrecy::{ExposeSecret, SecretString};

    use super::*;

    #[test]
    fn a_secret_of_the_secrecy_crate_is_a_field_that_is_masked() {
        let secret = SecretString::from("hunter2");
        assert_eq!(secret.field(), Some(FieldValue::Text(MASK.to_owned())));
        assert_eq!(secret.expose_secret(), "hunter2");
    }
}
