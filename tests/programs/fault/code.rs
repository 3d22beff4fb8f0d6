//! What the code of a program does wrong.

use std::error::Error;
use std::future::Future;
use std::panic::{self, AssertUnwindSafe};
use std::pin::pin;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::{fmt, fs, thread};

use taximeter::redact::Rule;
use taximeter::{Config, Telemetry, metrics, observe};
use taximeter_tests::numbers::page;
use tracing::{info, info_span};

#[observe]
pub(crate) fn work() {}

pub(crate) fn telemetry() -> Telemetry {
    Config::from_env("fault").prometheus_port(0).init()
}

/// How often `work` was called.
pub(crate) fn calls_of_work() -> f64 {
    let series = r#"operation_duration_seconds_count{operation="work",module="fault::fault::code",status="success"}"#;
    page().value(series).unwrap_or_default()
}

/// A destructor that calls annotated functions, one of which panics too and is caught, while another panic unwinds.
pub(crate) fn unwinding_twice() {
    struct Late;
    impl Drop for Late {
        fn drop(&mut self) {
            work();
            let inner = panic::catch_unwind(falls);
            assert!(inner.is_err());
        }
    }
    #[observe]
    fn falls() {
        panic!("inner");
    }
    #[observe]
    fn falls_with_a_guard() {
        let _late = Late;
        panic!("outer");
    }
    let _telemetry = telemetry();
    let payload = panic::catch_unwind(falls_with_a_guard).expect_err("it panics");
    eprintln!("payload {:?}, calls {}", payload.downcast_ref::<&str>(), calls_of_work());
}

/// `Display` and `Debug` that panic, in events, in new spans, in spans that are written to later.
pub(crate) fn rude_fields() {
    struct Rude;
    impl fmt::Debug for Rude {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("rude")
        }
    }
    let _telemetry = telemetry();
    let escaped = panic::catch_unwind(|| {
        let span = info_span!("rude", created = ?Rude, recorded = tracing::field::Empty, kept = 7);
        span.record("recorded", tracing::field::debug(Rude));
        let _inside = span.enter();
        info!(value = ?Rude, "rude event {:?}", Rude);
    });
    eprintln!("escaped {}", escaped.is_err());
    for number in 0..100 {
        let _polite = info_span!("polite", number).entered();
        info!(number, "polite");
    }
}

/// A `Display` that logs itself.
pub(crate) fn logging_display() {
    struct Talkative;
    impl fmt::Display for Talkative {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            info!(inner = %Talkative, "from inside");
            work();
            out.write_str("talkative")
        }
    }
    let _telemetry = telemetry();
    info!(outer = %Talkative, "from outside");
    let _span = info_span!("talks", value = %Talkative).entered();
    info!("after");
}

/// A rule of the redactor that logs what it is asked about, and adds rules.
pub(crate) fn logging_rule() {
    let rule = Rule::word("talkative", |word| {
        info!(word, "asked");
        taximeter::redact::add_rules([Rule::prefix("added_", 4)]);
        word == "hunter2"
    });
    let _telemetry = Config::from_env("fault").prometheus_port(0).log_rate_limit(0).redact(rule).init();
    info!("hunter2 outside");
    work();
    info!(value = "added_1234", "after");
}

/// A `Display` that writes for ever, unless it is told to stop.
pub(crate) struct Endless;

impl fmt::Display for Endless {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        loop {
            out.write_str("größer und ")?;
        }
    }
}

impl fmt::Debug for Endless {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl Error for Endless {}

pub(crate) fn endless_display() {
    #[observe]
    fn fails() -> Result<(), Endless> {
        Err(Endless)
    }
    let _telemetry = telemetry();
    info!(value = %Endless, "endless field");
    let _span = info_span!("endless", value = %Endless).entered();
    let _ = fails();
    info!(error = &Endless as &dyn Error, "endless error");
}

/// An error that is its own source, and one with ten thousand of them.
pub(crate) fn endless_sources() {
    #[derive(Debug)]
    struct Own;
    impl fmt::Display for Own {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("own")
        }
    }
    impl Error for Own {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&Own)
        }
    }
    #[derive(Debug)]
    struct Deep(Option<Box<Deep>>, usize);
    impl fmt::Display for Deep {
        fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(out, "level{}", self.1)
        }
    }
    impl Error for Deep {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.0.as_deref().map(|inner| inner as &(dyn Error + 'static))
        }
    }
    #[observe]
    fn fails_for_ever() -> Result<(), Own> {
        Err(Own)
    }
    #[observe]
    fn fails_deep(error: &'static Deep) -> Result<(), &'static Deep> {
        Err(error)
    }
    let _telemetry = telemetry();
    let _ = fails_for_ever();
    let deep = (0..10_000).fold(Deep(None, 0), |inner, level| Deep(Some(Box::new(inner)), level + 1));
    // Its destructor would go ten thousand calls deep; that is its own business.
    let deep: &'static Deep = Box::leak(Box::new(deep));
    let _ = fails_deep(deep);
    info!(error = deep as &dyn Error, "chained");
}

/// The guard of a span that is held across an await, by tasks that move between threads.
pub(crate) fn guard_across_await() {
    let telemetry = telemetry();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().expect("a runtime");
    let panicked = runtime.block_on(async {
        let tasks: Vec<_> = (0..200)
            .map(|number| {
                tokio::spawn(Sendable(Box::pin(async move {
                    for _ in 0..20 {
                        let _held = info_span!("held", number).entered();
                        tokio::task::yield_now().await;
                        info!("inside");
                        observed().await;
                    }
                })))
            })
            .collect();
        let mut panicked = 0;
        for task in tasks {
            panicked += usize::from(task.await.is_err());
        }
        panicked
    });
    eprintln!("panicked {panicked}");
    drop(telemetry);

    #[observe]
    async fn observed() {
        tokio::task::yield_now().await;
    }

    /// The compiler forbids it with good reason; some programs find a way.
    struct Sendable(std::pin::Pin<Box<dyn Future<Output = ()>>>);
    // SAFETY: none; this is the misuse that the test is about. The guard holds an `Arc` and a marker.
    #[allow(unsafe_code)]
    unsafe impl Send for Sendable {}
    impl Future for Sendable {
        type Output = ();
        fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
            self.0.as_mut().poll(context)
        }
    }
}

/// A future that is polled after its end panics as without the attribute, and is counted once.
pub(crate) fn polled_again() {
    #[observe]
    async fn soon() -> u8 {
        7
    }
    let _telemetry = telemetry();
    let mut context = Context::from_waker(Waker::noop());
    drop(soon());
    {
        let mut future = pin!(soon());
        assert!(future.as_mut().poll(&mut context).is_ready());
        let again = panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut context)));
        eprintln!("again panics {}", again.is_err());
    }
    let page = page();
    for status in ["success", "panic", "cancelled"] {
        let series = format!(
            r#"operation_duration_seconds_count{{operation="soon",module="fault::fault::code",status="{status}"}}"#
        );
        eprintln!("{status} {:?}", page.value(&series));
    }
}

/// A panic hook that logs and calls annotated functions.
pub(crate) fn panic_hook() {
    #[observe]
    fn falls() {
        panic!("fell");
    }
    let _telemetry = telemetry();
    panic::set_hook(Box::new(|info| {
        work();
        tracing::error!(panic = %info, "from the hook");
    }));
    assert!(panic::catch_unwind(falls).is_err());
    eprintln!("calls {}", calls_of_work());
}

/// Meant to be run where the system has no memory to give.
pub(crate) fn little_memory() {
    let _telemetry = telemetry();
    for number in 0..1_000 {
        work();
        info!(number, "still here");
    }
}

/// Threads that come and go, in four rounds; the memory of the process after each.
pub(crate) fn churn() {
    let _telemetry = telemetry();
    for _ in 0..4 {
        for _ in 0..100 {
            thread::scope(|scope| {
                for _ in 0..25 {
                    scope.spawn(|| {
                        work();
                        tracing::debug!("not written");
                    });
                }
            });
        }
        eprintln!("resident {}", resident_kib());
    }
}

/// The memory of this process in KiB.
pub(crate) fn resident_kib() -> u64 {
    memory_kib("VmRSS:")
}

/// The most that it ever was.
pub(crate) fn peak_kib() -> u64 {
    memory_kib("VmHWM:")
}

fn memory_kib(what: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

/// A hundred threads that all want to be the first.
pub(crate) fn race() {
    let barrier = Barrier::new(100);
    let config = || Config::from_env("fault").prometheus_port(0);
    let started: Vec<_> = thread::scope(|scope| {
        let race = || {
            barrier.wait();
            config().try_init()
        };
        let threads: Vec<_> = (0..100).map(|_| scope.spawn(race)).collect();
        threads.into_iter().filter_map(|thread| thread.join().expect("no panic").ok()).collect()
    });
    work();
    info!("after the race");
    eprintln!("started {}, problems {:?}", started.len(), started.iter().map(Telemetry::problems).collect::<Vec<_>>());
}

/// Calls, spans, events and a metric from before the start.
pub(crate) fn early() {
    let own = taximeter::prometheus::IntCounter::new("early_total", "Made early.").expect("a name");
    metrics::registry().register(Box::new(own.clone())).expect("a free name");
    let span = info_span!("early");
    for _ in 0..1_000 {
        span.in_scope(work);
        info!("nobody listens");
    }
    let _telemetry = telemetry();
    span.in_scope(work);
    own.inc();
    info!("listened to");
    eprintln!("calls {}, early {:?}", calls_of_work(), page().value("early_total"));
}

/// A program that never starts the telemetry keeps counts and nothing else.
pub(crate) fn never() {
    for round in 0..4 {
        for _ in 0..50_000 {
            let _span = info_span!("nobody").entered();
            work();
            info!(round, "nobody listens");
        }
        eprintln!("resident {}", resident_kib());
    }
    eprintln!("calls {}", calls_of_work());
}

/// A `Debug` that panics in a field by whose value lines are chosen.
pub(crate) fn rude_filter() {
    struct Rude;
    impl fmt::Debug for Rude {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("rude")
        }
    }
    let _telemetry = telemetry();
    let escaped = panic::catch_unwind(|| {
        let span = info_span!("rude", user = ?Rude, later = tracing::field::Empty);
        span.record("later", tracing::field::debug(Rude));
        span.in_scope(|| tracing::debug!("inside of the rude one"));
    });
    eprintln!("escaped {}", escaped.is_err());
    info_span!("rude", user = "ann").in_scope(|| tracing::debug!("inside of the polite one"));
}

/// A handler of a signal that calls what the program calls. Both are interrupted by it at any place.
pub(crate) fn signal_handler() {
    static SEEN: AtomicU32 = AtomicU32::new(0);
    let handle = || {
        work();
        SEEN.fetch_add(1, Ordering::Relaxed);
    };
    // What is used for the first time takes memory and locks; the handler must not be the first.
    work();
    // SAFETY: as unsafe as the program that does it; the test shows that a call takes no lock and no memory then.
    #[allow(unsafe_code)]
    unsafe { signal_hook::low_level::register(signal_hook::consts::SIGUSR1, handle) }.expect("a handler");
    eprintln!("ready");
    let start = std::time::Instant::now();
    let mut own = 1;
    while SEEN.load(Ordering::Relaxed) < 200 && start.elapsed().as_secs() < 30 {
        work();
        own += 1;
    }
    // In this order: a signal may still come.
    let calls = calls_of_work();
    eprintln!("signals {}, own {own}, calls {calls}", SEEN.load(Ordering::Relaxed));
}

/// Logs and calls from a destructor while a panic unwinds, with both outputs closed or open.
pub(crate) fn last_breath() {
    struct Last;
    impl Drop for Last {
        fn drop(&mut self) {
            tracing::error!("last words");
            work();
            let _span = info_span!("last span").entered();
        }
    }
    let _telemetry = telemetry();
    let fell = panic::catch_unwind(|| {
        let _last = Last;
        panic!("fell");
    });
    assert!(fell.is_err());
}

/// Spans, lines and calls from the destructor of a thread-local, on threads whose other thread-locals are gone or not.
pub(crate) fn last_spans() {
    struct Last;
    impl Drop for Last {
        fn drop(&mut self) {
            let span = info_span!("last", later = tracing::field::Empty);
            span.record("later", 1);
            let _inside = span.enter();
            info!("last words");
            work();
            let _nested = info_span!(parent: &span, "nested").entered();
            drop(tracing::Span::current());
        }
    }
    thread_local!(static LAST: Last = const { Last });
    let _telemetry = telemetry();
    for is_first in [true, false] {
        let thread = thread::spawn(move || {
            let touch = || LAST.with(|_| ());
            if is_first {
                touch();
            }
            info_span!("around").in_scope(work);
            touch();
        });
        assert!(thread.join().is_ok());
    }
}
