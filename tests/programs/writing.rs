//! A program that streams from a language model until it is ended, on a budget: the half of the metrics that the
//! quickstart has no use for.

use std::thread::sleep;
use std::time::Duration;

use futures::StreamExt;
use futures::executor::block_on;
use futures::stream::{self, BoxStream};
use serde_json::{Value, json};
use taximeter::llm::Budget;
use taximeter::{llm_cost, workflow};

static LETTERS: Budget = Budget::per_day("letters", "5 USD");

fn main() {
    let _telemetry = taximeter::init("writing");
    loop {
        block_on(write());
        sleep(Duration::from_millis(50));
    }
}

#[workflow(name = "letters.write")]
async fn write() {
    let mut chunks = ask();
    while chunks.next().await.is_some() {}
}

#[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "letters", budget = LETTERS, stream)]
fn ask() -> BoxStream<'static, Value> {
    let text = json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "gpt-4o-mini-2024-07-18", "usage": null,
        "choices": [{ "index": 0, "delta": { "content": "Dear" }, "finish_reason": null }]
    });
    let total = json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "gpt-4o-mini-2024-07-18", "choices": [],
        "usage": { "prompt_tokens": 200, "completion_tokens": 400, "total_tokens": 600 }
    });
    let slowly = |chunk: Value| async move {
        sleep(Duration::from_millis(15));
        chunk
    };
    stream::iter([text, total]).then(slowly).boxed()
}
