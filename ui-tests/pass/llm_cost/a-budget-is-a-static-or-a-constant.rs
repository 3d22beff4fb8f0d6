use taximeter::llm::{Budget, BudgetExceeded, Usage};
use taximeter::llm_cost;

static ANSWERS: Budget = Budget::per_day("answers", "25 USD").in_zone("Europe/Berlin");

mod budgets {
    use taximeter::llm::Budget;

    pub const SUMMARIES: Budget = Budget::per_month("summaries", "100 USD");
}

#[derive(Debug)]
enum Error {
    Budget(BudgetExceeded),
    Other,
}

impl From<BudgetExceeded> for Error {
    fn from(refusal: BudgetExceeded) -> Error {
        Error::Budget(refusal)
    }
}

#[llm_cost(model = "gpt-4o-mini", budget = ANSWERS)]
fn warned() -> Usage {
    Usage::new(1, 1)
}

#[llm_cost(model = "gpt-4o-mini", budget = budgets::SUMMARIES, on_exceeded = "refuse")]
fn refused(name: &mut String) -> Result<&mut String, Error> {
    if name.is_empty() {
        return Err(Error::Other);
    }
    name.push('!');
    Ok(name)
}

#[llm_cost(model = "gpt-4o-mini", budget = self::budgets::SUMMARIES, on_exceeded = "refuse")]
async fn boxed<T: Clone>(value: &T) -> Result<T, Box<dyn std::error::Error>> {
    Ok(value.clone())
}

#[llm_cost(model = "gpt-4o-mini", feature = "answers", on_exceeded = "refuse")]
async fn of_a_feature() -> Result<Usage, BudgetExceeded> {
    Ok(warned())
}

fn main() {
    assert!(matches!(refused(&mut String::new()), Err(Error::Other)));
    assert_eq!(futures::executor::block_on(boxed(&7)).ok(), Some(7));
    assert!(futures::executor::block_on(of_a_feature()).is_ok());
    assert!(!matches!(refused(&mut "a".to_owned()), Err(Error::Budget(_))));
}
