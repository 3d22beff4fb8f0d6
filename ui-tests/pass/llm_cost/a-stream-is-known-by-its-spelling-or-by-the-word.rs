use std::pin::Pin;

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use taximeter::llm::Usage;
use taximeter::llm_cost;

type Chunks = Pin<Box<dyn Stream<Item = Result<Usage, String>> + Send>>;

#[llm_cost(model = "gpt-4o-mini", stream)]
async fn aliased() -> Result<Chunks, String> {
    Ok(Box::pin(stream::iter([Ok(Usage::new(1, 1))])))
}

#[llm_cost(model = "gpt-4o-mini")]
fn spelled<'a>(words: &'a [&'a str]) -> impl Stream<Item = &'a str> {
    stream::iter(words.iter().copied())
}

#[llm_cost(model = "gpt-4o-mini", stream, usage = |word| Some(Usage::new(0, word.len() as u64)))]
fn both<'a>(words: &'a [&'a str]) -> impl Stream<Item = &'a str> {
    stream::iter(words.iter().copied())
}

fn is_send<T: Send>(value: T) -> T {
    value
}

fn main() {
    assert_eq!(block_on(is_send(block_on(is_send(aliased())).unwrap()).count()), 1);
    assert_eq!(block_on(is_send(spelled(&["a", "b"])).count()), 2);
    assert_eq!(block_on(both(&["a", "b"]).count()), 2);
}
