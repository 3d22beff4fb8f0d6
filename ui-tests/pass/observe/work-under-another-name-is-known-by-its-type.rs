#![deny(warnings)]

use std::future::Future;
use std::io;
use std::pin::Pin;

use futures::stream::{self, BoxStream, StreamExt};
use taximeter::observe;
use taximeter_ui_tests::{block_on, calls, wait};

type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
type LaterShared<T> = Pin<Box<dyn Future<Output = T> + Send + Sync>>;
type LaterHere<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
type Unpinned<T> = Box<dyn Future<Output = T> + Send + Unpin>;
type Pages = BoxStream<'static, io::Result<u8>>;
type Opened<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

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

trait Service<Request> {
    type Future: Future;

    fn call(&mut self, request: Request) -> Self::Future;
}

struct Shop<S>(S);

impl<S, R> Service<R> for Shop<S>
where
    S: Service<R> + 'static,
    S::Future: Send + 'static,
    R: 'static,
{
    type Future = Later<'static, <S::Future as Future>::Output>;

    #[observe]
    fn call(&mut self, request: R) -> Self::Future {
        Box::pin(self.0.call(request))
    }
}

struct Echo;

impl Service<u8> for Echo {
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

    drop(pages(true));
    assert_eq!(block_on(pages(true).count()), 2);
    assert_eq!((calls("pages", "success"), calls("pages", "cancelled")), (1, 1));
    assert!(block_on(fetched(false)).is_err());
    let pages = block_on(fetched(true)).unwrap();
    assert_eq!(calls("fetched", "error"), 1);
    assert_eq!(block_on(pages.count()), 2);
    assert_eq!(calls("fetched", "error"), 2);

    assert_eq!(block_on(Shop(Echo).call(1)), Ok(0));
    assert!(block_on(Shop(Echo).call(0)).is_err());
    assert_eq!((calls("call", "success"), calls("call", "error")), (1, 1));
    assert_eq!(of_another_type().0.0, 1);
}
