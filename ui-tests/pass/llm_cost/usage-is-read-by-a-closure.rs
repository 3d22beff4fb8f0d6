use taximeter::llm::Usage;
use taximeter::llm_cost;

struct Answer {
    text: String,
    tokens: (u64, u64),
}

impl Answer {
    fn usage(&self) -> Usage {
        Usage::new(self.tokens.0, self.tokens.1)
    }
}

#[llm_cost(model = "gpt-4o-mini", usage = |answer| answer.usage())]
fn plain() -> Answer {
    Answer { text: "plain".to_owned(), tokens: (1, 2) }
}

#[llm_cost(model = "gpt-4o-mini", usage = Answer::usage)]
fn by_path() -> Answer {
    plain()
}

#[llm_cost(model = "gpt-4o-mini", usage = |answer| answer.as_ref().ok().map(Answer::usage))]
async fn tried(fails: bool) -> Result<Answer, String> {
    if fails {
        return Err("429".to_owned());
    }
    Ok(by_path())
}

#[llm_cost(model = "gpt-4o-mini", usage = |answer| answer.1.clone(), operation = "embeddings")]
fn generic<T: Send>(value: T) -> (T, Usage, u8) {
    (value, Usage::new(1, 0), 7)
}

fn main() {
    assert_eq!(by_path().text, "plain");
    assert!(futures::executor::block_on(tried(true)).is_err());
    assert_eq!(futures::executor::block_on(tried(false)).map(|answer| answer.tokens), Ok((1, 2)));
    assert_eq!(generic("value").2, 7);
}
