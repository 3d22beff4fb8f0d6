//! What a request costs, or why nobody can say.

#[cfg(not(feature = "prices"))]
mod no_table;
#[cfg(feature = "prices")]
mod table;

#[cfg(not(feature = "prices"))]
pub(super) use no_table::{cost, provider_of, warm};
#[cfg(feature = "prices")]
pub(super) use table::{cost, provider_of, warm};

use crate::span::UNKNOWN;

/// The provider that an attribute says, or the one that the table takes the model for when it says none.
pub(super) fn provider(said: &str, model: &str) -> String {
    match said {
        "" | UNKNOWN => provider_of(model).unwrap_or_else(|| UNKNOWN.to_owned()),
        known => known.to_owned(),
    }
}
