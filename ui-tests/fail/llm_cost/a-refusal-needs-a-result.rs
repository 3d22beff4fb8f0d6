use futures::future::BoxFuture;
use futures::stream::BoxStream;
use taximeter::llm::Budget;
use taximeter::llm_cost;

static ANSWERS: Budget = Budget::per_day("answers", "25 USD");

#[llm_cost(model = "gpt-4o", budget = ANSWERS, on_exceeded = "refuse")]
fn nothing() {}

#[llm_cost(model = "gpt-4o", budget = ANSWERS, on_exceeded = "refuse")]
fn text() -> String {
    String::new()
}

#[llm_cost(model = "gpt-4o", budget = ANSWERS, on_exceeded = "refuse")]
fn future() -> BoxFuture<'static, Result<u8, String>> {
    Box::pin(async { Ok(1) })
}

#[llm_cost(model = "gpt-4o", budget = ANSWERS, on_exceeded = "refuse")]
fn stream() -> BoxStream<'static, u8> {
    Box::pin(futures::stream::iter([1]))
}

fn main() {}
