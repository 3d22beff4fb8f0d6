//! Such names are of `#[observe]` alone: the stream of a request to a model is told by the word `stream`.

#![deny(warnings)]

use std::io;

use futures::stream::{self, BoxStream, StreamExt};
use taximeter::observe;
use taximeter_ui_tests::{block_on, calls, wait};

type Pages = BoxStream<'static, io::Result<u8>>;
type Opened<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[observe]
fn pages(are_whole: bool) -> Pages {
    stream::iter([Ok(1), if are_whole { Ok(2) } else { Err(io::Error::other("torn")) }]).boxed()
}

#[observe]
async fn fetched(is_there: bool) -> Opened<Pages> {
    wait().await;
    if !is_there {
        return Err("not there".into());
    }
    Ok(pages(false))
}

fn main() {
    drop(pages(true));
    assert_eq!(block_on(pages(true).count()), 2);
    assert_eq!((calls("pages", "success"), calls("pages", "cancelled")), (1, 1));
    assert!(block_on(fetched(false)).is_err());
    let pages = block_on(fetched(true)).unwrap();
    assert_eq!(calls("fetched", "error"), 1);
    assert_eq!(block_on(pages.count()), 2);
    assert_eq!(calls("fetched", "error"), 2);
}
