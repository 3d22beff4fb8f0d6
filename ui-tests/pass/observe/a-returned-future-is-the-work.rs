#![deny(warnings)]

use std::cell::Cell;
use std::fmt::Debug;
use std::future::{Future, ready};
use std::pin::Pin;
use std::rc::Rc;

use futures::FutureExt;
use futures::future::{BoxFuture, LocalBoxFuture};
use taximeter::observe;
use taximeter_ui_tests::{block_on, calls, spans, wait};

thread_local! {
    static BEGUN: Cell<u8> = const { Cell::new(0) };
}

#[observe]
fn by_block(text: &str) -> impl Future<Output = Result<usize, String>> {
    let length = text.len();
    async move {
        wait().await;
        if length == 0 { Err("empty".to_owned()) } else { Ok(length) }
    }
}

#[observe]
fn by_ready(value: u8) -> impl Future<Output = u8> + Send + 'static {
    ready(value)
}

#[observe]
fn by_chain<T: Clone + Send + Debug>(value: &T) -> impl Future<Output = T> + use<T> {
    let value = value.clone();
    ready(value).map(|value| value)
}

#[observe]
fn with_statements(text: &str) -> BoxFuture<'static, usize> {
    BEGUN.set(BEGUN.get() + 1);
    if text.is_empty() {
        return Box::pin(async { 0 });
    }
    let length = text.len();
    Box::pin(async move {
        wait().await;
        length
    })
}

#[observe]
fn that_borrows(text: &mut String) -> Pin<Box<dyn Future<Output = Option<usize>> + '_>> {
    Box::pin(async {
        text.push('!');
        wait().await;
        Some(text.len())
    })
}

#[observe]
fn by_method(value: u8) -> LocalBoxFuture<'static, Rc<u8>> {
    async move { Rc::new(value) }.boxed_local()
}

#[observe]
fn in_a_result(there: bool) -> Result<impl Future<Output = Result<u8, String>>, String> {
    if !there {
        return Err("not there".into());
    }
    Ok(async {
        inner();
        Ok(1)
    })
}

#[observe]
fn boxed_in_a_result(there: bool) -> Result<BoxFuture<'static, u8>, std::num::ParseIntError> {
    let value = if there { "1" } else { "x" }.parse()?;
    Ok(Box::pin(async move { value }))
}

#[observe(none = "error", capture(ret), ok_if = |value| *value == Some(7))]
fn with_options(value: Option<u8>) -> impl Future<Output = Option<u8>> {
    async move { value }
}

#[observe]
fn without_a_value() -> BoxFuture<'static, ()> {
    Box::pin(async {})
}

#[observe]
fn pinned(value: u8) -> Pin<Box<impl Future<Output = u8>>> {
    Box::pin(async move { value })
}

#[observe]
fn that_panics() -> BoxFuture<'static, ()> {
    Box::pin(async { panic!("on purpose") })
}

#[observe]
fn inner() {}

trait Shop {
    fn place(&self, count: u8) -> impl Future<Output = u8> + Send;

    fn close(&self) -> impl Future<Output = ()>;
}

struct Stall;

impl Shop for Stall {
    #[observe(name = "stall.place")]
    async fn place(&self, count: u8) -> u8 {
        wait().await;
        count
    }

    #[observe(name = "stall.close")]
    fn close(&self) -> impl Future<Output = ()> {
        wait()
    }
}

fn send<T: Send + 'static>(future: T) -> T {
    future
}

fn main() {
    assert_eq!(block_on(by_block("ab")), Ok(2));
    assert_eq!(block_on(by_block("")), Err("empty".to_owned()));
    assert_eq!((calls("by_block", "success"), calls("by_block", "error")), (1, 1));
    assert_eq!((block_on(send(by_ready(1))), block_on(send(by_chain(&2)))), (1, 2));
    drop(by_ready(1));
    assert_eq!((calls("by_ready", "success"), calls("by_ready", "cancelled")), (1, 1));

    let started = with_statements("abc");
    assert_eq!((BEGUN.get(), calls("with_statements", "success")), (1, 0));
    assert_eq!((block_on(send(started)), block_on(with_statements(""))), (3, 0));
    assert_eq!((BEGUN.get(), calls("with_statements", "success")), (2, 2));

    let mut text = String::new();
    assert_eq!(block_on(that_borrows(&mut text)), Some(1));
    assert_eq!((*block_on(by_method(3)), text.as_str()), (3, "!"));

    assert!(in_a_result(false).is_err() && boxed_in_a_result(false).is_err());
    let seen = spans(|| block_on(in_a_result(true).expect("it is there")));
    assert_eq!(seen.len(), 2);
    assert!(seen[1].name.ends_with("inner") && seen[1].parent == Some(seen[0].name));
    assert_eq!(block_on(boxed_in_a_result(true).expect("it is there")), 1);
    for operation in ["in_a_result", "boxed_in_a_result"] {
        assert_eq!((calls(operation, "success"), calls(operation, "error")), (1, 1), "{operation}");
    }

    let seen = spans(|| [None, Some(1), Some(7)].map(|value| block_on(with_options(value))));
    assert_eq!(seen[1].field("ret"), "Some(1)");
    assert_eq!((calls("with_options", "success"), calls("with_options", "error")), (2, 1));
    block_on(without_a_value());
    drop(pinned(1));
    assert_eq!((block_on(pinned(1)), calls("pinned", "success"), calls("pinned", "cancelled")), (1, 1, 1));
    std::panic::set_hook(Box::new(|_| {}));
    assert!(std::panic::catch_unwind(|| block_on(that_panics())).is_err());
    assert_eq!((calls("without_a_value", "success"), calls("that_panics", "panic")), (1, 1));

    assert_eq!(block_on(Stall.place(1)), 1);
    block_on(Stall.close());
    assert_eq!((calls("stall.place", "success"), calls("stall.close", "success")), (1, 1));
}
