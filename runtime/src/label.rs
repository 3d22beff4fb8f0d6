//! Values that may be labels of a metric.

/// A value from a list that is known when the program is written.
///
/// Each value of a label is a series for as long as the process lives, so a label must not take an id, a name or any
/// other text from outside. Derive it for an enum without data; the value is the variant in `snake_case`:
///
/// ```
/// use taximeter_runtime::Label;
///
/// enum Tier { Free, Paid }
///
/// impl Label for Tier {
///     fn label(&self) -> &'static str {
///         match self {
///             Tier::Free => "free",
///             Tier::Paid => "paid",
///         }
///     }
/// }
///
/// assert_eq!(Tier::Paid.label(), "paid");
/// assert_eq!(true.label(), "true");
/// ```
#[diagnostic::on_unimplemented(
    message = "label takes a `{Self}`, so its number of values is unbounded",
    label = "not a type with a known list of values",
    note = "use an enum that derives `taximeter::Label`, a `bool` or a `&'static str` constant, or put the value into `fields(...)`"
)]
pub trait Label {
    /// The value of the label.
    fn label(&self) -> &'static str;
}

impl Label for bool {
    fn label(&self) -> &'static str {
        if *self { "true" } else { "false" }
    }
}

impl Label for &'static str {
    fn label(&self) -> &'static str {
        self
    }
}
