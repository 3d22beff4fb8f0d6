//! A program whose threads end in the way it is told, with a subscriber that keeps spans: `threads <way>`.

use std::sync::Barrier;
use std::thread;

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use taximeter::{Workflow, observe};
use taximeter_tests::numbers::page;
use tracing_subscriber::layer::SubscriberExt;

#[observe]
fn work() {}

/// Calls an annotated function when it is destroyed.
struct LastWords;

impl Drop for LastWords {
    fn drop(&mut self) {
        work();
    }
}

thread_local! {
    static LAST_WORDS: LastWords = const { LastWords };
}

fn main() {
    let provider = SdkTracerProvider::builder().build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("threads"));
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer)).expect("it is the first");
    let calls = match std::env::args().nth(1).unwrap_or_default().as_str() {
        "words-work" => ended(|| {
            LAST_WORDS.with(|_| ());
            work();
        }),
        "work-words" => ended(|| {
            work();
            LAST_WORDS.with(|_| ());
        }),
        "workflow-words-work" => ended(|| {
            assert!(Workflow::current().is_none());
            LAST_WORDS.with(|_| ());
            work();
        }),
        "event-words-work" => ended(|| {
            tracing::info!("started");
            LAST_WORDS.with(|_| ());
            work();
        }),
        "words-alone" => ended(|| LAST_WORDS.with(|_| ())) - 1.0,
        "many" => many(4_500),
        "busy" => busy(8, 20_000),
        other => panic!("no way to end is called `{other}`"),
    };
    let counted =
        page().value(r#"operation_duration_seconds_count{operation="work",module="threads",status="success"}"#);
    assert_eq!(counted, Some(calls));
    eprintln!("ended");
}

/// A thread that makes one call and leaves the other one to its last words.
fn ended(body: impl FnOnce() + Send + 'static) -> f64 {
    thread::spawn(body).join().expect("the thread ends well");
    2.0
}

/// As many threads as that, all alive at once, each with a call.
fn many(count: usize) -> f64 {
    let barrier = Barrier::new(count);
    thread::scope(|scope| {
        for _ in 0..count {
            let alive = || {
                work();
                barrier.wait();
            };
            thread::Builder::new().stack_size(64 * 1024).spawn_scoped(scope, alive).expect("a thread");
        }
    });
    count as f64
}

/// So many threads with so many calls each, and the page is read all the while.
fn busy(threads: usize, calls: usize) -> f64 {
    thread::scope(|scope| {
        let writers: Vec<_> = (0..threads).map(|_| scope.spawn(|| (0..calls).for_each(|_| work()))).collect();
        while !writers.iter().all(thread::ScopedJoinHandle::is_finished) {
            page();
        }
    });
    (threads * calls) as f64
}
