//! Functions that return their work: the call lasts until the future or the stream is over.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};

use futures::StreamExt;
use futures::executor::block_on;
use futures::future::{BoxFuture, LocalBoxFuture};
use futures::stream::{self, BoxStream, Stream};
use taximeter::observe;
use taximeter_tests::memory::spans_of;
use taximeter_tests::numbers::page;
use taximeter_tests::trace::tree;

/// How often `operation` ended in each outcome, and how many of its calls are running.
fn ends(operation: &str) -> Vec<(&'static str, f64)> {
    let page = page();
    let labels = format!("operation={operation:?},module=\"returned\"");
    let count = |status| {
        page.value(&format!("operation_duration_seconds_count{{{labels},status={status:?}}}"))
            .map(|count| (status, count))
    };
    let running = page.value(&format!("operations_in_flight{{{labels}}}")).expect("the function is on the page");
    let ends = ["success", "error", "panic", "cancelled"].into_iter().filter_map(count);
    ends.filter(|(_, count)| *count > 0.0).chain([("running", running)]).collect()
}

async fn yield_now() {
    tokio::task::yield_now().await;
}

#[observe]
async fn inner() {
    yield_now().await;
}

#[test]
fn an_impl_future_is_measured_until_it_is_ready() {
    static CALLED: AtomicU32 = AtomicU32::new(0);

    #[observe]
    fn plain(fail: bool) -> impl Future<Output = Result<u8, String>> {
        CALLED.fetch_add(1, Ordering::Relaxed);
        async move {
            inner().await;
            if fail { Err("late".to_owned()) } else { Ok(1) }
        }
    }
    let spans = spans_of(|| {
        let future = plain(true);
        assert_eq!(CALLED.load(Ordering::Relaxed), 1, "the body runs when the function is called");
        assert_eq!(ends("plain"), [("running", 1.0)]);
        assert!(block_on(future).is_err());
        assert!(block_on(plain(false)).is_ok());
        drop(plain(false));
    });
    let expected = "\
returned::plain error
  returned::inner ok
returned::plain ok
  returned::inner ok
returned::plain unset
";
    assert_eq!(tree(&spans), expected);
    assert_eq!(ends("plain"), [("success", 1.0), ("error", 1.0), ("cancelled", 1.0), ("running", 0.0)]);
}

#[test]
fn a_boxed_future_is_measured_and_not_its_boxing() {
    #[observe]
    fn boxed(name: &str) -> BoxFuture<'_, Result<usize, String>> {
        if name.is_empty() {
            return Box::pin(async { Err("early".to_owned()) });
        }
        Box::pin(async move {
            inner().await;
            Ok(name.len())
        })
    }
    #[observe]
    fn local<'a>(name: &'a std::rc::Rc<str>) -> LocalBoxFuture<'a, usize> {
        let name = name.clone();
        Box::pin(async move { name.len() })
    }
    #[observe]
    fn spelled_out(fail: bool) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> {
        Box::pin(async move { if fail { Err(String::new()) } else { Ok(()) } })
    }
    fn is_send(_: &impl Send) {}

    let spans = spans_of(|| {
        assert!(block_on(boxed("")).is_err());
        assert_eq!(block_on(boxed("four")), Ok(4));
    });
    assert_eq!(tree(&spans), "returned::boxed error\nreturned::boxed ok\n  returned::inner ok\n");
    assert_eq!(block_on(local(&"abc".into())), 3);
    is_send(&spelled_out(false));
    assert!(block_on(spelled_out(true)).is_err());
    assert_eq!(ends("spelled_out"), [("error", 1.0), ("cancelled", 1.0), ("running", 0.0)]);
}

#[test]
fn a_stream_is_measured_until_it_ends_fails_or_is_dropped() {
    #[observe]
    fn numbers(count: u32) -> impl Stream<Item = u32> {
        stream::iter(0..count).then(async |number| {
            inner().await;
            number
        })
    }
    #[observe]
    fn lines(fail: bool) -> BoxStream<'static, Result<u8, String>> {
        stream::iter([Ok(1), if fail { Err("broken".to_owned()) } else { Ok(2) }, Ok(3)]).boxed()
    }
    #[observe]
    async fn fetched(fail: bool) -> Result<BoxStream<'static, u8>, String> {
        yield_now().await;
        if fail { Err("no connection".to_owned()) } else { Ok(stream::iter([1, 2]).boxed()) }
    }
    #[observe]
    fn opened(fail: bool) -> Result<impl Stream<Item = u8>, String> {
        if fail {
            return Err("cannot be opened".to_owned());
        }
        Ok(stream::iter([1, 2]))
    }
    let spans = spans_of(|| {
        assert_eq!(block_on(Box::pin(numbers(2)).collect::<Vec<_>>()), [0, 1]);
        assert_eq!(block_on(lines(true).count()), 3);
    });
    let expected = "\
returned::numbers ok
  returned::inner ok
  returned::inner ok
returned::lines error
";
    assert_eq!(tree(&spans), expected);
    drop(lines(false));
    assert_eq!(block_on(lines(false).count()), 3);
    assert_eq!(ends("lines"), [("success", 1.0), ("error", 1.0), ("cancelled", 1.0), ("running", 0.0)]);

    assert!(block_on(fetched(true)).is_err());
    let stream = block_on(fetched(false)).expect("it is fetched");
    assert_eq!(ends("fetched"), [("error", 1.0), ("running", 1.0)]);
    assert_eq!(block_on(stream.count()), 2);
    assert_eq!(ends("fetched"), [("success", 1.0), ("error", 1.0), ("running", 0.0)]);

    assert!(opened(true).is_err());
    assert_eq!(block_on(Box::pin(opened(false).expect("it opens")).count()), 2);
    assert_eq!(ends("opened"), [("success", 1.0), ("error", 1.0), ("running", 0.0)]);
}

#[test]
fn methods_of_async_trait_are_measured_with_the_attribute_inside() {
    #[async_trait::async_trait]
    trait Store {
        async fn load(&self, key: &str) -> Result<usize, String>;

        #[observe]
        async fn twice(&self, key: &str) -> Result<usize, String> {
            Ok(self.load(key).await? * 2)
        }
    }
    struct Memory;

    #[async_trait::async_trait]
    impl Store for Memory {
        #[observe]
        async fn load(&self, key: &str) -> Result<usize, String> {
            inner().await;
            if key.is_empty() { Err("no key".to_owned()) } else { Ok(key.len()) }
        }
    }
    let spans = spans_of(|| {
        assert_eq!(block_on(Memory.twice("abc")), Ok(6));
        assert!(block_on(Memory.twice("")).is_err());
    });
    let expected = "\
returned::twice ok
  returned::load ok
    returned::inner ok
returned::twice error
  returned::load error
    returned::inner ok
";
    assert_eq!(tree(&spans), expected);
}

/// Names of the user's own, which say nothing.
type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
type LaterHere<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
type Rows = BoxStream<'static, Result<u8, String>>;
type Opened = Result<Rows, std::io::Error>;

fn rows_of(fail: bool) -> Rows {
    stream::iter([Ok(1), if fail { Err("broken".to_owned()) } else { Ok(2) }, Ok(3)]).boxed()
}

#[test]
fn work_under_a_name_of_the_users_own_is_known_by_its_type() {
    #[observe]
    fn aliased(fail: bool) -> Later<'static, Result<u8, String>> {
        if fail {
            return Box::pin(async { Err("late".to_owned()) });
        }
        Box::pin(async {
            inner().await;
            Ok(1)
        })
    }
    #[observe]
    fn here<'a>(name: &'a std::rc::Rc<str>) -> LaterHere<'a, usize> {
        Box::pin(async move { name.len() })
    }
    #[observe]
    fn aliased_rows(fail: bool) -> Rows {
        rows_of(fail)
    }
    fn is_send(_: &impl Send) {}

    let spans = spans_of(|| {
        assert!(block_on(aliased(true)).is_err());
        assert_eq!(block_on(aliased(false)), Ok(1));
    });
    assert_eq!(tree(&spans), "returned::aliased error\nreturned::aliased ok\n  returned::inner ok\n");
    let future = aliased(false);
    is_send(&future);
    assert_eq!(ends("aliased"), [("success", 1.0), ("error", 1.0), ("running", 1.0)]);
    drop(future);
    assert_eq!(ends("aliased"), [("success", 1.0), ("error", 1.0), ("cancelled", 1.0), ("running", 0.0)]);
    assert_eq!(block_on(here(&"abc".into())), 3);
    assert_eq!(ends("here"), [("success", 1.0), ("running", 0.0)]);

    drop(aliased_rows(false));
    assert_eq!(block_on(aliased_rows(false).count()), 3);
    assert_eq!(block_on(aliased_rows(true).count()), 3);
    assert_eq!(ends("aliased_rows"), [("success", 1.0), ("error", 1.0), ("cancelled", 1.0), ("running", 0.0)]);
}

#[test]
fn an_error_that_comes_instead_of_aliased_work_ends_the_call() {
    #[observe]
    fn aliased_opened(fail: bool) -> Opened {
        if fail { Err(std::io::Error::other("cannot be opened")) } else { Ok(rows_of(false)) }
    }
    #[observe]
    async fn aliased_fetched(fail: bool) -> Opened {
        yield_now().await;
        if fail { Err(std::io::Error::other("no connection")) } else { Ok(rows_of(true)) }
    }
    assert!(aliased_opened(true).is_err());
    let rows = aliased_opened(false).expect("it opens");
    assert_eq!(ends("aliased_opened"), [("error", 1.0), ("running", 1.0)]);
    assert_eq!(block_on(rows.count()), 3);
    assert_eq!(ends("aliased_opened"), [("success", 1.0), ("error", 1.0), ("running", 0.0)]);

    let spans = spans_of(|| {
        assert!(block_on(aliased_fetched(true)).is_err());
        let rows = block_on(aliased_fetched(false)).expect("it is fetched");
        assert_eq!(block_on(rows.count()), 3);
    });
    assert_eq!(tree(&spans), "returned::aliased_fetched error\nreturned::aliased_fetched error\n");
    assert_eq!(ends("aliased_fetched"), [("error", 2.0), ("running", 0.0)]);
}

#[test]
fn a_familiar_name_may_stand_for_something_else() {
    type BoxFuture<T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send>>;
    #[derive(Debug)]
    struct BoxStream(u8);

    #[observe]
    fn familiar(fail: bool) -> BoxFuture<u8> {
        Box::pin(async move { if fail { Err("late".to_owned()) } else { Ok(1) } })
    }
    #[observe(capture(ret))]
    fn no_stream() -> BoxStream {
        BoxStream(1)
    }
    #[observe]
    async fn no_stream_later() -> Result<BoxStream, String> {
        Ok(BoxStream(1))
    }
    assert!(block_on(familiar(true)).is_err());
    assert!(block_on(familiar(false)).is_ok());
    assert_eq!(ends("familiar"), [("success", 1.0), ("error", 1.0), ("running", 0.0)]);
    let spans = spans_of(|| assert_eq!(no_stream().0, 1));
    assert_eq!(spans[0].attributes["ret"], "BoxStream(1)");
    assert_eq!(block_on(no_stream_later()).map_or(0, |stream| stream.0), 1);
    assert_eq!(ends("no_stream"), [("success", 1.0), ("running", 0.0)]);
}

#[test]
fn a_box_around_what_has_no_name_is_known_by_its_spelling() {
    #[observe]
    fn unnamed(fail: bool) -> BoxFuture<'static, Result<impl std::fmt::Display, String>> {
        Box::pin(async move {
            inner().await;
            if fail { Err("late".to_owned()) } else { Ok(1) }
        })
    }
    #[observe]
    fn unnamed_in_a_result(is_there: bool) -> Result<BoxFuture<'static, impl Sized>, String> {
        if is_there { Ok(Box::pin(inner())) } else { Err("closed".to_owned()) }
    }
    #[observe]
    async fn unnamed_items() -> Result<BoxStream<'static, impl Sized>, String> {
        Ok(stream::once(inner()).boxed())
    }
    let spans = spans_of(|| {
        assert!(block_on(unnamed(true)).is_err());
        block_on(unnamed_in_a_result(true).expect("it is there"));
        assert!(unnamed_in_a_result(false).is_err());
        let items = block_on(unnamed_items()).expect("there are some");
        assert_eq!(block_on(items.count()), 1);
    });
    let expected = "\
returned::unnamed error
  returned::inner ok
returned::unnamed_in_a_result ok
  returned::inner ok
returned::unnamed_in_a_result error
returned::unnamed_items ok
  returned::inner ok
";
    assert_eq!(tree(&spans), expected);
}

#[test]
fn work_with_track_caller_is_measured_and_sees_its_caller() {
    type Line = u32;

    struct Desk;

    impl Desk {
        #[observe]
        #[track_caller]
        fn tracked_method(&self) -> impl Future<Output = Line> + use<> {
            let line = Location::caller().line();
            async move {
                inner().await;
                line
            }
        }
    }
    #[observe]
    #[track_caller]
    fn tracked(fail: bool) -> impl Future<Output = Result<Line, String>> {
        let line = Location::caller().line();
        async move {
            inner().await;
            if fail { Err("late".to_owned()) } else { Ok(line) }
        }
    }
    #[observe]
    #[track_caller]
    fn tracked_early(text: &str) -> Result<impl Stream<Item = Line>, std::num::ParseIntError> {
        let line = Location::caller().line();
        let count: usize = text.parse()?;
        Ok(stream::iter(vec![line; count]))
    }
    let spans = spans_of(|| {
        assert!(block_on(tracked(true)).is_err());
        assert_eq!(block_on(tracked(false)), Ok(line!()));
        assert_eq!(block_on(Desk.tracked_method()), line!());
        let (lines, line) = (tracked_early("2").expect("a number"), line!());
        assert_eq!(block_on(lines.collect::<Vec<_>>()), [line, line]);
        assert!(tracked_early("two").is_err());
        drop(tracked(false));
    });
    let expected = "\
returned::tracked error
  returned::inner ok
returned::tracked ok
  returned::inner ok
returned::tracked_method ok
  returned::inner ok
returned::tracked_early ok
returned::tracked_early error
returned::tracked unset
";
    assert_eq!(tree(&spans), expected);
}

#[test]
fn the_future_of_a_service_is_its_work() {
    trait Service {
        type Future: Future<Output = Result<u8, String>>;

        fn call(&self, fail: bool) -> Self::Future;
    }
    struct Shop;

    impl Service for Shop {
        type Future = Later<'static, Result<u8, String>>;

        #[observe(name = "shop.call")]
        fn call(&self, fail: bool) -> Self::Future {
            Box::pin(async move { if fail { Err("sold out".to_owned()) } else { Ok(1) } })
        }
    }
    let spans = spans_of(|| {
        assert!(block_on(Shop.call(true)).is_err());
        assert!(block_on(Shop.call(false)).is_ok());
        drop(Shop.call(false));
    });
    assert_eq!(tree(&spans), "shop.call error\nshop.call ok\nshop.call unset\n");
}

#[test]
fn options_look_at_what_aliased_work_is_ready_with() {
    #[observe(ok_if = |page: &Result<u8, String>| matches!(page, Err(text) if text == "not found"))]
    fn aliased_page(error: &'static str) -> Later<'static, Result<u8, String>> {
        Box::pin(async move { Err(error.to_owned()) })
    }
    #[taximeter::workflow(name = "aliased.run")]
    fn aliased_run() -> Later<'static, Option<&'static str>> {
        Box::pin(async { taximeter::Workflow::current().map(|run| run.name()) })
    }
    assert!(block_on(aliased_page("not found")).is_err());
    assert!(block_on(aliased_page("no disk")).is_err());
    assert_eq!(ends("aliased_page"), [("success", 1.0), ("error", 1.0), ("running", 0.0)]);
    assert_eq!(block_on(aliased_run()), Some("aliased.run"), "the run is current in what was returned");
    assert_eq!(taximeter::Workflow::current().map(|run| run.name()), None);
}

#[test]
fn a_future_with_a_type_of_its_own_is_an_ordinary_value() {
    // Nothing can be put around it without another type, and a task that was started runs by itself.
    type Task = tokio::task::JoinHandle<u8>;

    #[observe]
    fn started() -> Task {
        tokio::spawn(async { 7 })
    }
    #[observe]
    fn ready() -> std::future::Ready<Result<u8, String>> {
        std::future::ready(Err("it is not looked at".to_owned()))
    }
    #[observe]
    fn generic<F: Future>(future: F) -> F {
        future
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let entered = runtime.enter();
    let task = started();
    drop(entered);
    assert_eq!(ends("started"), [("success", 1.0), ("running", 0.0)]);
    assert_eq!(runtime.block_on(task).ok(), Some(7));
    assert!(block_on(ready()).is_err());
    assert_eq!(ends("ready"), [("success", 1.0), ("running", 0.0)]);
    block_on(generic(async {}));
    assert_eq!(ends("generic"), [("success", 1.0), ("running", 0.0)]);
}
