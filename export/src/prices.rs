//! The prices of language models that the program was configured with.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use taximeter_runtime::llm::{self, PricesError};

use crate::problem::{PRICES, Problem, Problems};

/// The variable that names the user's price file.
pub(crate) const VARIABLE: &str = "TAXIMETER_PRICES";

/// A table that is older than this may lack models and price changes.
const OLD: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Where the user's prices come from.
#[derive(Clone, Debug, Default)]
pub(crate) enum Prices {
    /// There are none; the bundled table is all.
    #[default]
    Bundled,
    /// The file that [`VARIABLE`] names.
    File(PathBuf),
    /// A price file from the program itself.
    Bytes(Vec<u8>),
}

impl Prices {
    /// Puts the prices in force. Those with a mistake are a problem, and change nothing.
    pub(crate) fn apply(&self, problems: &Problems) {
        let (whose, result) = match self {
            Prices::Bundled => return,
            Prices::File(path) => (format!("the price file of `{VARIABLE}`"), llm::load_prices(path)),
            Prices::Bytes(bytes) => ("the price file of the configuration".to_owned(), llm::set_prices(bytes)),
        };
        if let Err(error) = result {
            problems.add(problem(&whose, &error));
        }
    }
}

fn problem(whose: &str, error: &PricesError) -> Problem {
    Problem::new(PRICES, format!("{whose} is not used: {}; the prices from before stay", error.message()))
}

/// What to say of the age of the price table, if it is too old.
pub(crate) fn warning() -> Option<String> {
    let (date, age) = llm::prices_date()?;
    let days = age.as_secs() / (24 * 60 * 60);
    (age > OLD).then(|| {
        format!("the price table is of {date}, {days} days old: newer models and price changes may be missing; update or set `{VARIABLE}`")
    })
}

/// The date of the price table for `/healthz`.
pub(crate) fn shown() -> Value {
    let date = llm::prices_date().map(|(date, _)| date);
    json!({ "date": date, "warning": warning() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_of_the_program_with_a_mistake_are_a_problem_that_names_the_place() {
        let problems = Problems::default();
        Prices::Bytes(b"[models.x]\ninput = -1".to_vec()).apply(&problems);
        let [problem] = &problems.list()[..] else { panic!("{problems:?}") };
        assert_eq!(problem.area(), "prices");
        assert!(problem.message().starts_with("the price file of the configuration is not used: "), "{problem}");
    }

    #[test]
    fn the_content_of_the_variable_is_not_shown() {
        let problems = Problems::default();
        Prices::File("/no/such/s3cret.toml".into()).apply(&problems);
        let [problem] = &problems.list()[..] else { panic!("{problems:?}") };
        assert!(problem.message().contains("`TAXIMETER_PRICES` is not used: "), "{problem}");
        assert!(!problem.message().contains("s3cret"), "{problem}");
    }
}
