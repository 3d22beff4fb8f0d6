use taximeter::llm::Budget;
use taximeter::llm_cost;

static ANSWERS: Budget = Budget::per_day("answers", "25 USD");

#[derive(Debug)]
struct Error;

#[llm_cost(model = "gpt-4o", budget = ANSWERS, on_exceeded = "refuse")]
fn plain() -> Result<u8, Error> {
    Ok(1)
}

#[llm_cost(model = "gpt-4o", budget = ANSWERS, on_exceeded = "refuse")]
async fn asynchronous() -> Result<u8, String> {
    Ok(1)
}

struct Answer;

#[llm_cost(model = "gpt-4o", budget = ANSWERS, on_exceeded = "refuse")]
fn unknown() -> Answer {
    Answer
}

fn main() {}
