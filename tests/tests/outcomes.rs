//! Every call ends in exactly one outcome: success, error, panic or cancelled.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use taximeter::observe;
use taximeter_tests::memory::spans_of;
use taximeter_tests::numbers::page;
use taximeter_tests::trace::{Span, tree};

/// How often `operation` ended in each outcome, and how many of its calls are running.
fn ends(operation: &str) -> Vec<(&'static str, f64)> {
    let page = page();
    let labels = format!("operation={operation:?},module=\"outcomes\"");
    let count = |status| {
        page.value(&format!("operation_duration_seconds_count{{{labels},status={status:?}}}"))
            .map(|count| (status, count))
    };
    let running = page.value(&format!("operations_in_flight{{{labels}}}")).expect("the function is on the page");
    let ends = ["success", "error", "panic", "cancelled"].into_iter().filter_map(count);
    ends.filter(|(_, count)| *count > 0.0).chain([("running", running)]).collect()
}

fn errors(operation: &str, kind: &str) -> Option<f64> {
    let labels = format!("operation={operation:?},module=\"outcomes\",error_type={kind:?}");
    page().value(&format!("operation_errors_total{{{labels}}}"))
}

/// The only span of a scenario, and the only event `exception` of it.
fn failed(spans: &[Span]) -> (&Span, &str, &str) {
    let [span] = spans else { panic!("expected one span:\n{}", tree(spans)) };
    let exceptions: Vec<_> = span.events.iter().filter(|event| event.name == "exception").collect();
    let [exception] = exceptions[..] else { panic!("expected one exception: {:?}", span.events) };
    let attribute = |name: &str| exception.attributes.get(name).map_or("", String::as_str);
    (span, attribute("exception.type"), attribute("exception.message"))
}

fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_value_is_a_success() {
    #[observe]
    fn double(number: u32) -> u32 {
        number * 2
    }
    let spans = spans_of(|| assert_eq!(double(21), 42));
    assert_eq!(tree(&spans), "outcomes::double ok\n");
    assert_eq!(ends("double"), [("success", 1.0), ("running", 0.0)]);
}

#[test]
fn a_function_without_a_value_is_a_success() {
    #[observe]
    fn tick() {}
    spans_of(tick);
    assert_eq!(ends("tick"), [("success", 1.0), ("running", 0.0)]);
}

#[test]
fn an_err_is_an_error_with_its_type_its_message_and_its_sources() {
    #[derive(Debug, thiserror::Error)]
    #[error("the order was rejected")]
    struct Rejected(#[source] std::io::Error);

    #[observe]
    fn place() -> Result<u32, Rejected> {
        let written: Result<u32, _> = Err(std::io::Error::other("the disk is full"));
        written.map_err(Rejected)
    }
    let spans = spans_of(|| assert!(place().is_err()));
    let (span, kind, message) = failed(&spans);
    assert_eq!((kind, message), ("Rejected", "the order was rejected: the disk is full"));
    assert_eq!((span.status.as_str(), span.status_message.as_str()), ("error", message));
    assert_eq!(span.attributes["error.type"], "Rejected");
    assert_eq!(ends("place"), [("error", 1.0), ("running", 0.0)]);
    assert_eq!(errors("place", "Rejected"), Some(1.0));
}

#[test]
fn an_err_of_an_async_function_is_an_error_too() {
    #[observe]
    async fn fetch() -> anyhow::Result<u32> {
        anyhow::bail!("password=hunter2 was refused")
    }
    let spans = spans_of(|| assert!(poll_once(pin!(fetch())).is_ready()));
    assert_eq!(failed(&spans).1, "anyhow::Error");
    assert_eq!(failed(&spans).2, "password=[redacted] was refused");
    assert_eq!(ends("fetch"), [("error", 1.0), ("running", 0.0)]);
}

#[test]
fn a_panic_is_counted_told_and_goes_on_unwinding_untouched() {
    taximeter::panics::install_hook();

    #[observe]
    fn explode(payload: u64) -> u64 {
        panic_any(payload)
    }
    #[observe]
    fn stumble() {
        panic!("no page {}", 7)
    }
    let spans = spans_of(|| {
        let payload = catch_unwind(|| explode(77)).expect_err("it panics");
        assert_eq!(payload.downcast_ref::<u64>(), Some(&77));
    });
    assert_eq!((failed(&spans).0.status.as_str(), failed(&spans).1), ("error", "panic"));
    assert_eq!(ends("explode"), [("panic", 1.0), ("running", 0.0)]);
    assert_eq!(errors("explode", "panic"), Some(1.0));

    let spans = spans_of(|| assert!(catch_unwind(stumble).is_err()));
    assert_eq!(failed(&spans).2, "no page 7");
    let location = &failed(&spans).0.events[0].attributes["error.location"];
    assert!(location.contains("outcomes.rs:"), "{location}");
}

#[test]
fn a_payload_that_is_thrown_on_is_a_panic_without_the_words_of_an_older_one() {
    taximeter::panics::install_hook();

    #[observe]
    fn throw_on(payload: Box<dyn std::any::Any + Send>) {
        std::panic::resume_unwind(payload)
    }
    let payload = catch_unwind(|| panic!("the older one")).expect_err("it panics");
    let spans = spans_of(|| assert!(catch_unwind(AssertUnwindSafe(|| throw_on(payload))).is_err()));
    assert_eq!((failed(&spans).1, failed(&spans).2), ("panic", ""));
}

#[test]
fn a_panic_inside_a_poll_is_a_panic_whoever_drops_the_future_later() {
    #[observe]
    async fn explode_later() {
        std::future::ready(()).await;
        panic!("later")
    }
    let spans = spans_of(|| {
        let mut future = Box::pin(explode_later());
        assert!(catch_unwind(AssertUnwindSafe(|| poll_once(future.as_mut()))).is_err());
        drop(future);
    });
    assert_eq!(failed(&spans).1, "panic");
    assert_eq!(ends("explode_later"), [("panic", 1.0), ("running", 0.0)]);
}

#[test]
fn a_future_that_is_dropped_half_way_is_cancelled_and_its_span_has_no_status() {
    #[observe]
    async fn wait() -> Result<(), String> {
        std::future::pending().await
    }
    let spans = spans_of(|| {
        let mut future = Box::pin(wait());
        assert!(poll_once(future.as_mut()).is_pending());
        assert_eq!(ends("wait"), [("running", 1.0)]);
    });
    assert_eq!(tree(&spans), "outcomes::wait unset\n");
    assert_eq!(ends("wait"), [("cancelled", 1.0), ("running", 0.0)]);
}

#[test]
fn a_future_that_is_never_polled_was_never_called() {
    #[observe]
    async fn untouched() {}
    let spans = spans_of(|| drop(untouched()));
    assert_eq!((tree(&spans).as_str(), ends("untouched")), ("", vec![("running", 0.0)]));
}

#[test]
fn a_call_that_is_made_while_the_thread_unwinds_has_an_outcome_of_its_own() {
    #[observe]
    fn clean_up() {}

    struct CleansUp;

    impl Drop for CleansUp {
        fn drop(&mut self) {
            clean_up();
        }
    }
    let unwound = catch_unwind(|| {
        let _guard = CleansUp;
        panic!("on the way out")
    });
    assert!(unwound.is_err());
    assert_eq!(ends("clean_up"), [("success", 1.0), ("running", 0.0)]);
}

#[test]
fn a_panicking_display_of_an_error_does_not_reach_the_caller() {
    #[derive(Debug)]
    struct Hostile;

    impl std::fmt::Display for Hostile {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("in Display")
        }
    }

    #[observe]
    fn provoke() -> Result<(), Hostile> {
        Err(Hostile)
    }
    let spans = spans_of(|| assert!(provoke().is_err()));
    assert_eq!(failed(&spans).2, "<panic>");
    assert_eq!(ends("provoke"), [("error", 1.0), ("running", 0.0)]);
}

#[test]
fn a_thousand_threads_that_come_and_go_leave_their_counts() {
    #[observe]
    fn visit() {}
    for _ in 0..100 {
        std::thread::scope(|scope| {
            for _ in 0..10 {
                scope.spawn(|| (0..100).for_each(|_| visit()));
            }
        });
    }
    assert_eq!(ends("visit"), [("success", 100_000.0), ("running", 0.0)]);
}

#[test]
fn a_call_from_a_destructor_of_a_thread_local_is_counted() {
    #[observe]
    fn say_goodbye() {}

    struct Goodbye;

    impl Drop for Goodbye {
        fn drop(&mut self) {
            say_goodbye();
        }
    }
    thread_local! {
        static GOODBYE: Goodbye = const { Goodbye };
    }
    // Touched before the first call, so it is destroyed after the cells of the thread.
    let run = || {
        GOODBYE.with(|_| ());
        say_goodbye();
    };
    std::thread::spawn(run).join().expect("the thread ends well");
    assert_eq!(ends("say_goodbye"), [("success", 2.0), ("running", 0.0)]);
}
