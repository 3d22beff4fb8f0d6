//! The prices of a running program can be changed.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::PricesError;
use super::book::{self, Book};
use super::table::day_of;
use super::user;

/// Puts the user's prices above the bundled table: a price file, in TOML or in JSON. Its words are told in
/// `docs/prices.md`.
///
/// The change is atomic: a request is priced by the old prices or by the new ones. A file with a mistake changes nothing.
///
/// ```
/// use taximeter_runtime::llm;
///
/// llm::set_prices(r#"
///     [models."house-model-2"]
///     input = 0.40       # USD for a million tokens
///     output = 1.20
/// "#)?;
/// let error = llm::set_prices("[models.x]\ninput = -1").unwrap_err();
/// assert_eq!(error.to_string(), "line 2, column 9: `-1` is no price; expected a decimal such as 0.15");
/// # llm::reset_prices();
/// # Ok::<(), llm::PricesError>(())
/// ```
pub fn set_prices(file: impl AsRef<[u8]>) -> Result<(), PricesError> {
    book::set(user::parse(file.as_ref(), Path::new("."))?);
    Ok(())
}

/// Puts the prices of a file above the bundled table, as [`set_prices`] does. Call it again when the file has changed.
///
/// A snapshot that the file names lies beside it.
pub fn load_prices(path: impl AsRef<Path>) -> Result<(), PricesError> {
    let path = path.as_ref();
    let bytes = fs::read(path).map_err(|error| PricesError::new(format!("cannot be read: {error}")).in_file(path))?;
    let directory = path.parent().unwrap_or(Path::new(""));
    book::set(user::parse(&bytes, directory).map_err(|error| error.in_file(path))?);
    Ok(())
}

/// Goes back to the bundled table alone.
pub fn reset_prices() {
    book::set(Book::bundled());
}

/// What puts the prices back to what they are now.
#[doc(hidden)]
pub fn undo_prices() -> impl FnOnce() + Send + 'static {
    book::undo()
}

/// The day on which the price table in force was brought up to date (`2026-10-26`), and how long ago that was; `None` for a
/// snapshot of the user's that does not say it.
pub fn prices_date() -> Option<(String, Duration)> {
    let date = book::current().date.clone()?;
    let seconds = u64::try_from(day_of(&date)?).ok()?.checked_mul(86_400)?;
    let age = SystemTime::now().duration_since(UNIX_EPOCH + Duration::from_secs(seconds)).unwrap_or_default();
    Some((date, age))
}
