//! Functions that return their work: the call lasts until the future or the stream is over.

use std::future::Future;
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
