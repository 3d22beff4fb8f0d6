use taximeter::llm::Budget;
use taximeter::llm_cost;

static ANSWERS: Budget = Budget::per_day("answers", "25 USD");

#[llm_cost(model = "gpt-4o", on_exceeded = "refuse")]
fn without() -> Result<(), String> {
    Ok(())
}

#[llm_cost(model = "gpt-4o", budget = ANSWERS, on_exceeded = "refuze")]
fn slip() -> Result<(), String> {
    Ok(())
}

#[llm_cost(model = "gpt-4o", budget = ANSWERS, on_exceeded = refuse)]
fn bare() -> Result<(), String> {
    Ok(())
}

fn main() {}
