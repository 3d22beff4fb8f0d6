#![deny(warnings)]

use std::pin::Pin;

use futures::stream::{self, BoxStream, LocalBoxStream, Stream, StreamExt};
use taximeter::observe;
use taximeter_ui_tests::{block_on, calls, wait};

#[observe]
fn by_iterator(count: u8) -> impl Stream<Item = u8> {
    stream::iter(0..count)
}

#[observe]
fn by_macro(fails: bool) -> impl Stream<Item = Result<u8, String>> {
    async_stream::stream! {
        yield Ok(1);
        wait().await;
        if fails {
            yield Err("failed".to_owned());
        }
    }
}

#[observe]
fn boxed(text: &str) -> BoxStream<'_, char> {
    if text.is_empty() {
        return stream::empty().boxed();
    }
    Box::pin(stream::iter(text.chars()))
}

#[observe]
fn local<'a>(numbers: &'a mut [u8]) -> LocalBoxStream<'a, &'a mut u8> {
    stream::iter(numbers).boxed_local()
}

#[observe]
fn pinned() -> Pin<Box<dyn Stream<Item = u8> + Send>> {
    Box::pin(stream::iter([1, 2]))
}

#[observe]
fn in_a_result(there: bool) -> Result<impl Stream<Item = u8>, String> {
    if !there {
        return Err("not there".into());
    }
    Ok(stream::iter([1, 2]))
}

#[observe]
async fn later() -> impl Stream<Item = u8> {
    wait().await;
    stream::iter([1])
}

#[observe]
async fn later_in_a_result(there: bool) -> Result<BoxStream<'static, Result<u8, String>>, std::num::ParseIntError> {
    wait().await;
    let value = if there { "1" } else { "x" }.parse()?;
    Ok(Box::pin(stream::iter([Ok(value)])))
}

#[observe(ok_if = |item| matches!(item, Err("end")), error_type = |_| "E1")]
fn with_options() -> impl Stream<Item = Result<u8, &'static str>> {
    stream::iter([Ok(1), Err("end")])
}

fn send<T: Send>(stream: T) -> T {
    stream
}

fn collect<T>(stream: impl Stream<Item = T>) -> Vec<T> {
    block_on(stream.collect())
}

fn main() {
    let begun = send(by_iterator(2));
    assert_eq!(calls("by_iterator", "success"), 0);
    assert_eq!(collect(begun), [0, 1]);
    assert_eq!(calls("by_iterator", "success"), 1);

    let mut half = Box::pin(by_iterator(2));
    assert_eq!(block_on(half.next()), Some(0));
    drop(half);
    assert_eq!((calls("by_iterator", "cancelled"), calls("by_iterator", "success")), (1, 1));

    assert_eq!((collect(by_macro(true)).len(), collect(by_macro(false)).len()), (2, 1));
    assert_eq!((calls("by_macro", "error"), calls("by_macro", "success")), (1, 1));

    assert_eq!((collect(send(boxed("ab"))), collect(boxed(""))), (vec!['a', 'b'], vec![]));
    assert_eq!((collect(local(&mut [1, 2])).len(), collect(send(pinned()))), (2, vec![1, 2]));
    assert_eq!((calls("boxed", "success"), calls("local", "success"), calls("pinned", "success")), (2, 1, 1));

    assert!(in_a_result(false).is_err());
    assert_eq!(in_a_result(true).map(collect), Ok(vec![1, 2]));
    assert_eq!(collect(block_on(later())), [1]);
    assert!(block_on(later_in_a_result(false)).is_err());
    assert_eq!(block_on(later_in_a_result(true)).map(collect), Ok(vec![Ok(1)]));
    for operation in ["in_a_result", "later_in_a_result"] {
        assert_eq!((calls(operation, "success"), calls(operation, "error")), (1, 1), "{operation}");
    }
    assert_eq!((calls("later", "success"), collect(with_options()).len()), (1, 2));
    assert_eq!(calls("with_options", "success"), 1);
}
