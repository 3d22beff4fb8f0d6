#![deny(warnings)]

use taximeter::observe;
use taximeter_ui_tests::{block_on, calls, spans, wait};

#[tokio::main(flavor = "current_thread")]
#[observe]
async fn above() -> Result<u8, String> {
    tokio::task::yield_now().await;
    Ok(1)
}

#[observe]
#[tokio::main(flavor = "current_thread")]
async fn below() -> Result<u8, String> {
    tokio::task::yield_now().await;
    Ok(1)
}

#[tracing::instrument(skip_all)]
#[observe]
async fn instrumented_above(text: &str) -> Result<usize, String> {
    wait().await;
    Ok(text.len())
}

#[observe]
#[tracing::instrument(ret, err)]
async fn instrumented_below(text: &str) -> Result<usize, String> {
    wait().await;
    Ok(text.len())
}

#[cfg_attr(all(), observe)]
fn conditional() {}

#[observe]
#[deprecated = "not any more"]
fn deprecated() {}

#[tokio::test]
#[observe]
async fn a_test() {}

#[test]
#[observe]
fn another_test() {}

#[observe]
#[test]
fn a_third_test() {}

fn main() {
    assert_eq!((above(), below()), (Ok(1), Ok(1)));
    conditional();
    #[expect(deprecated)]
    deprecated();
    for operation in ["above", "below", "conditional", "deprecated"] {
        assert_eq!(calls(operation, "success"), 1, "{operation}");
    }
    let seen = spans(|| {
        assert_eq!(block_on(instrumented_above("ab")), Ok(2));
        assert_eq!(block_on(instrumented_below("ab")), Ok(2));
    });
    assert_eq!(seen.len(), 4);
    assert_eq!((calls("instrumented_above", "success"), calls("instrumented_below", "success")), (1, 1));
}
