//! Errors that know what kind of error they are.

use std::error::Error;

/// An error whose kinds have names.
///
/// The name is the value of the label `error_type` and of the span attribute `error.type`, where otherwise the name of
/// the error's type stands. Derive it for an enum: the kind is the name of the variant.
///
/// ```
/// use taximeter_runtime::ErrorKind;
///
/// #[derive(Debug)]
/// enum OrderError { OutOfStock, Rejected }
///
/// impl std::fmt::Display for OrderError {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         f.write_str("the order cannot be placed")
///     }
/// }
///
/// impl std::error::Error for OrderError {}
///
/// impl ErrorKind for OrderError {
///     fn kind(&self) -> &'static str {
///         match self {
///             OrderError::OutOfStock => "OutOfStock",
///             OrderError::Rejected => "Rejected",
///         }
///     }
/// }
///
/// assert_eq!(OrderError::Rejected.kind(), "Rejected");
/// ```
pub trait ErrorKind: Error {
    /// The kind of this error: one of a few names that are known when the program is written.
    fn kind(&self) -> &'static str;
}
