#![deny(warnings)]

use taximeter::{llm_cost, observe, workflow};
use taximeter_ui_tests::{block_on, calls, wait};

#[observe(name = "one.observed")]
#[workflow(name = "one.flow")]
fn one(text: String) -> Result<usize, String> {
    if text.is_empty() {
        return Err(text);
    }
    Ok(text.len())
}

#[workflow(name = "two.flow")]
#[observe(name = "two.observed")]
fn two() {}

#[llm_cost(model = "gpt-4o", name = "three.asked")]
#[workflow(name = "three.flow")]
#[observe(name = "three.observed")]
async fn three(text: String) -> Result<String, String> {
    wait().await;
    Ok(text)
}

fn main() {
    two();
    assert_eq!((one("a".to_owned()), one(String::new())), (Ok(1), Err(String::new())));
    assert_eq!(block_on(three("a".to_owned())), Ok("a".to_owned()));
    for operation in ["one.observed", "one.flow"] {
        assert_eq!((calls(operation, "success"), calls(operation, "error")), (1, 1), "{operation}");
    }
    for operation in ["two.observed", "two.flow", "three.asked", "three.observed", "three.flow"] {
        assert_eq!(calls(operation, "success"), 1, "{operation}");
    }
}
