#![deny(warnings)]

use std::future::Future;
use std::pin::Pin;

use taximeter::observe;
use taximeter_ui_tests::{block_on, calls, wait};

type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
type LaterShared<T> = Pin<Box<dyn Future<Output = T> + Send + Sync>>;
type LaterHere<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
type Unpinned<T> = Box<dyn Future<Output = T> + Send + Unpin>;

/// A name that is taken for something else.
pub struct BoxFuture(u8);

#[observe]
fn aliased<'a>(name: &'a str, limit: &'a mut usize) -> Later<'a, Result<usize, String>> {
    if name.is_empty() {
        return Box::pin(async { Err("no name".to_owned()) });
    }
    Box::pin(async move {
        wait().await;
        *limit += name.len();
        Ok(*limit)
    })
}

#[observe]
fn shared() -> LaterShared<u8> {
    Box::pin(async { 1 })
}

#[observe]
fn here<'a>(name: &'a std::rc::Rc<str>) -> LaterHere<'a, usize> {
    Box::pin(async { name.len() })
}

#[observe]
fn unpinned() -> Unpinned<Result<u8, fmt::Error>> {
    Box::new(std::future::ready(Err(fmt::Error)))
}

mod fmt {
    #[derive(Debug)]
    pub struct Error;
}

#[observe]
fn generic<T: Clone + Send + 'static, E: Send + 'static>(value: T) -> Later<'static, Result<T, E>> {
    Box::pin(async move { Ok(value) })
}

#[observe]
fn handed_on<F: Future>(work: F) -> F {
    work
}

trait Service<Request> {
    type Error;
    type Future: Future<Output = Result<u8, Self::Error>>;

    fn call(&mut self, request: Request) -> Self::Future;
}

struct Shop<S>(S);

impl<S, R> Service<R> for Shop<S>
where
    S: Service<R> + 'static,
    S::Future: Send + 'static,
    R: 'static,
{
    type Error = S::Error;
    type Future = Later<'static, Result<u8, S::Error>>;

    #[observe]
    fn call(&mut self, request: R) -> Self::Future {
        Box::pin(self.0.call(request))
    }
}

struct Echo;

impl Service<u8> for Echo {
    type Error = String;
    type Future = std::future::Ready<Result<u8, String>>;

    fn call(&mut self, request: u8) -> Self::Future {
        std::future::ready(request.checked_sub(1).ok_or_else(|| "zero".to_owned()))
    }
}

#[observe]
fn of_another_type() -> BoxedByTheUser {
    BoxedByTheUser(BoxFuture(1))
}

pub struct BoxedByTheUser(BoxFuture);

fn is_send<T: Send>(value: T) -> T {
    value
}

fn is_send_and_sync<T: Send + Sync>(value: T) -> T {
    value
}

fn main() {
    let mut limit = 1;
    assert_eq!(block_on(is_send(aliased("ab", &mut limit))), Ok(3));
    assert!(block_on(aliased("", &mut limit)).is_err());
    let future = aliased("", &mut limit);
    assert_eq!((calls("aliased", "success"), calls("aliased", "error")), (1, 1));
    drop(future);
    assert_eq!(calls("aliased", "cancelled"), 1);

    assert_eq!(block_on(is_send_and_sync(shared())), 1);
    assert_eq!(block_on(here(&"abc".into())), 3);
    assert!(block_on(unpinned()).is_err());
    assert_eq!((calls("here", "success"), calls("unpinned", "error")), (1, 1));
    assert_eq!(block_on(generic::<u8, String>(1)), Ok(1));
    block_on(handed_on(wait()));

    assert_eq!(block_on(Shop(Echo).call(1)), Ok(0));
    assert!(block_on(Shop(Echo).call(0)).is_err());
    assert_eq!((calls("call", "success"), calls("call", "error")), (1, 1));
    assert_eq!(of_another_type().0.0, 1);
}
