#![deny(warnings)]

use taximeter::llm_cost;
use taximeter_ui_tests::{block_on, wait};

const MODEL: &str = "gpt-4o";

struct Request {
    model: String,
}

enum Size {
    Small,
    Large,
}

impl AsRef<str> for Size {
    fn as_ref(&self) -> &str {
        match self {
            Size::Small => "gpt-4o-mini",
            Size::Large => "gpt-4o",
        }
    }
}

struct Bot {
    model: String,
}

impl Bot {
    #[llm_cost(model = self.model)]
    fn ask(self) -> String {
        self.model
    }
}

#[llm_cost(model = request.model, provider = "openai")]
async fn ask(request: Request) -> String {
    wait().await;
    request.model
}

#[llm_cost(model = size)]
fn sized(size: Size) -> bool {
    matches!(size, Size::Small)
}

#[llm_cost(model = if is_large { MODEL } else { "gpt-4o-mini" }, feature = "answers")]
fn chosen(is_large: bool) -> bool {
    is_large
}

#[llm_cost(model = format!("{family}-mini"))]
fn built(family: &str) {
    assert_eq!(family, "gpt-4o");
}

#[llm_cost(model = "GPT-4O".to_lowercase())]
fn called() {}

#[llm_cost(model = MODEL)]
fn constant() {}

fn main() {
    constant();
    called();
    built("gpt-4o");
    assert_eq!(block_on(ask(Request { model: MODEL.to_owned() })), MODEL);
    assert_eq!(Bot { model: MODEL.to_owned() }.ask(), MODEL);
    assert!(sized(Size::Small) && !sized(Size::Large) && chosen(true));
}
