//! The error of a call whose budget is used up.

use std::fmt;
use std::time::SystemTime;

use crate::Usd;

/// A call was refused, because its budget is used up. Its function's body did not run.
///
/// A function with `on_exceeded = "refuse"` returns a `Result` whose error is `From` this one, as a boxed error is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetExceeded {
    /// The name of the budget.
    pub budget: &'static str,
    /// How much may be spent in a window.
    pub limit: Usd,
    /// How much has been spent in this one.
    pub spent: Usd,
    /// When the next window begins. `None` for a budget of a workflow run.
    pub resets_at: Option<SystemTime>,
}

impl BudgetExceeded {
    /// What the error of a refused call is called, whatever type it has become.
    pub(crate) const KIND: &str = "BudgetExceeded";
}

impl fmt::Display for BudgetExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BudgetExceeded { budget, limit, spent, .. } = self;
        write!(f, "budget `{budget}` is used up: {spent} of {limit} USD are spent")
    }
}

impl std::error::Error for BudgetExceeded {}

/// A returned value that a refused call can have.
#[diagnostic::on_unimplemented(
    message = "`on_exceeded = \"refuse\"` needs a function that returns a `Result`",
    label = "this is `{Self}`"
)]
pub trait Refusable {
    /// The value of a refused call.
    fn refused(refusal: BudgetExceeded) -> Self;
}

impl<T, E: FromRefusal> Refusable for Result<T, E> {
    fn refused(refusal: BudgetExceeded) -> Self {
        Err(E::from_refusal(refusal))
    }
}

/// An error that a refusal can become.
#[diagnostic::on_unimplemented(
    message = "`on_exceeded = \"refuse\"` needs an error that is `From<taximeter::llm::BudgetExceeded>`",
    label = "`{Self}` is not",
    note = "write `impl From<taximeter::llm::BudgetExceeded> for {Self}`, or `on_exceeded = \"warn\"`"
)]
pub trait FromRefusal {
    /// The error of a refused call.
    fn from_refusal(refusal: BudgetExceeded) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<BudgetExceeded>> FromRefusal for E {
    fn from_refusal(refusal: BudgetExceeded) -> E {
        E::from(refusal)
    }
}

/// What a refused call returns.
pub fn refused<R: Refusable>(refusal: BudgetExceeded) -> R {
    R::refused(refusal)
}
