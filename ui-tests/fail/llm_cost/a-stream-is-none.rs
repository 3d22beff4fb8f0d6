use std::future::Future;

use taximeter::llm_cost;

#[llm_cost(model = "gpt-4o", stream)]
fn nothing() {}

#[llm_cost(model = "gpt-4o", stream)]
async fn text() -> Result<String, u8> {
    Ok(String::new())
}

#[llm_cost(model = "gpt-4o", stream)]
fn future() -> impl Future<Output = u8> {
    async { 1 }
}

#[llm_cost(model = "gpt-4o", stream = true)]
fn value() -> Vec<u8> {
    Vec::new()
}

struct Answer;

#[llm_cost(model = "gpt-4o", stream)]
fn unknown() -> Answer {
    Answer
}

fn main() {}
