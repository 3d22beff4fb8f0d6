#![deny(warnings)]

use taximeter::llm_cost;
use taximeter_ui_tests::{block_on, calls};

const PROVIDER: &str = "openai";

mod features {
    pub const ANSWERS: &str = "answers";
}

struct Bot;

impl Bot {
    const PROVIDER: &str = "anthropic";

    #[llm_cost(model = "claude-sonnet-4", provider = Bot::PROVIDER)]
    fn ask(&self) -> Result<String, String> {
        Ok(String::new())
    }
}

#[llm_cost(model = "gpt-4o-mini", provider = "openai", feature = "answers")]
fn literals() -> String {
    String::new()
}

#[llm_cost(feature = features::ANSWERS, provider = PROVIDER, model = "gpt-4o-mini", name = "asked")]
async fn constants() -> Result<String, String> {
    Err("rate limited".to_owned())
}

#[llm_cost(model = "gpt-4o-mini")]
fn nothing() {}

fn main() {
    nothing();
    assert!(Bot.ask().is_ok() && literals().is_empty() && block_on(constants()).is_err());
    assert_eq!((calls("ask", "success"), calls("literals", "success"), calls("nothing", "success")), (1, 1, 1));
    assert_eq!(calls("asked", "error"), 1);
}
