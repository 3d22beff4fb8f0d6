//! Why a price file is not used.

use std::fmt;
use std::path::{Path, PathBuf};

/// A price file that cannot be used. The prices that were in force before stay.
///
/// ```
/// # #[cfg(feature = "prices")] {
/// use taximeter_runtime::llm;
///
/// let error = llm::set_prices("[models.x]\ninptu = 1").unwrap_err();
/// assert_eq!((error.line(), error.column()), (Some(2), Some(1)));
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricesError {
    file: Option<PathBuf>,
    place: Option<(usize, usize)>,
    message: String,
}

impl PricesError {
    pub(super) fn new(message: impl Into<String>) -> PricesError {
        PricesError { file: None, place: None, message: message.into() }
    }

    pub(super) fn at(line: usize, column: usize, message: String) -> PricesError {
        PricesError { place: Some((line, column)), ..PricesError::new(message) }
    }

    pub(super) fn in_file(self, file: &Path) -> PricesError {
        PricesError { file: Some(file.to_owned()), ..self }
    }

    /// The line of the mistake, counted from 1; `None` when the file could not be read at all.
    pub fn line(&self) -> Option<usize> {
        self.place.map(|(line, _)| line)
    }

    /// The column of the mistake in characters, counted from 1.
    pub fn column(&self) -> Option<usize> {
        self.place.map(|(_, column)| column)
    }

    /// The mistake and its place, without the name of the file.
    pub fn message(&self) -> String {
        match self.place {
            Some((line, column)) => format!("line {line}, column {column}: {}", self.message),
            None => self.message.clone(),
        }
    }
}

impl fmt::Display for PricesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "`{}`: {}", file.display(), self.message()),
            None => f.write_str(&self.message()),
        }
    }
}

impl std::error::Error for PricesError {}
