//! How a program ends.

use std::panic;
use std::process;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use taximeter::{Config, Telemetry};
use tracing::info;

use super::code::{telemetry, work};

static KEPT: Mutex<Option<Telemetry>> = Mutex::new(None);

fn keep(telemetry: Telemetry) {
    *KEPT.lock().unwrap_or_else(PoisonError::into_inner) = Some(telemetry);
}

fn stop() {
    let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(telemetry) = kept {
        eprintln!("lost {}", telemetry.shutdown().spans());
    }
}

/// Many threads that end it while many others work.
pub(crate) fn concurrent_shutdown() {
    keep(telemetry());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..1_000).for_each(|_| work()));
        }
        for _ in 0..8 {
            scope.spawn(stop);
        }
    });
    stop();
}

/// A panic hook that ends it, while the panic unwinds a span.
pub(crate) fn shutdown_in_hook() {
    keep(telemetry());
    panic::set_hook(Box::new(|_| stop()));
    work();
    let fell = panic::catch_unwind(|| {
        let _span = tracing::info_span!("falls").entered();
        panic!("fell");
    });
    assert!(fell.is_err());
}

/// Spans and lines from after the end.
pub(crate) fn late() {
    let telemetry = telemetry();
    work();
    let before = telemetry.shutdown();
    for _ in 0..10 {
        work();
        info!("too late");
    }
    eprintln!("before {}", before.spans());
    let page = taximeter_tests::numbers::page();
    eprintln!("after {:?}", page.value(r#"taximeter_dropped_total{signal="traces",reason="after_shutdown"}"#));
}

/// Ends in the middle, with what the documentation says to do before.
pub(crate) fn exit() {
    let telemetry = telemetry();
    for _ in 0..10 {
        work();
    }
    info!("last line");
    let loss = telemetry.shutdown();
    eprintln!("lost {}", loss.spans());
    eprintln!("survived");
    process::exit(3);
}

/// A panic that ends the program at once, as one does that was built to abort.
pub(crate) fn abort() {
    keep(telemetry());
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        previous(info);
        stop();
        eprintln!("survived");
        process::abort();
    }));
    work();
    panic!("the end");
}

pub(crate) fn one_span() {
    let telemetry = telemetry();
    work();
    info!("one line");
    telemetry.flush();
    let problems: Vec<_> = telemetry.problems().iter().map(ToString::to_string).collect();
    eprintln!("problems {problems:?}");
    eprintln!("{}", telemetry.shutdown());
}

/// Meant to be run where the system has no thread to give.
pub(crate) fn threadless() {
    let telemetry = Config::from_env("fault").prometheus_port(0).init();
    work();
    info!("one line");
    let problems: Vec<_> = telemetry.problems().iter().map(ToString::to_string).collect();
    eprintln!("problems {problems:?}");
}

/// Waits to be ended by a signal.
pub(crate) fn signalled() {
    let telemetry = Config::from_env("fault").prometheus_port(0).shutdown_on_signal(true).init();
    for _ in 0..1_000 {
        work();
    }
    info!("last line");
    eprintln!("ready");
    thread::sleep(std::time::Duration::from_secs(600));
    drop(telemetry);
}

/// The same with a handler of its own, which ends the program in its own way.
pub(crate) fn handled() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut own = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).expect("a handler");
        let telemetry = Config::from_env("fault").prometheus_port(0).shutdown_on_signal(true).init();
        work();
        eprintln!("ready");
        own.recv().await;
        eprintln!("own handler");
        drop(telemetry);
    });
}

/// Sends its spans to its own port.
pub(crate) fn own_port() {
    let telemetry = Config::from_env("fault").init();
    work();
    let problems: Vec<_> = telemetry.problems().iter().map(ToString::to_string).collect();
    eprintln!("problems {problems:?}");
}

/// Ten thousand traces of three spans, one in a hundred of which fails in its middle.
pub(crate) fn traces() {
    #[taximeter::observe]
    fn outer(number: u32) {
        let _ = middle(number);
    }
    #[taximeter::observe]
    fn middle(number: u32) -> Result<(), &'static str> {
        work();
        if number.is_multiple_of(100) { Err("one in a hundred") } else { Ok(()) }
    }
    let config = Config::from_env("fault").prometheus_port(0).max_queue_size(40_000).log_level("off");
    let telemetry = config.tail_sampling(0.1).tail_slow(std::time::Duration::from_secs(60)).init();
    (0..10_000).for_each(outer);
    telemetry.flush();
    eprintln!("{}", telemetry.shutdown());
    let counted = taximeter_tests::numbers::page()
        .value(r#"operation_duration_seconds_count{operation="outer",module="fault::fault::ending",status="success"}"#);
    eprintln!("counted {counted:?}");
}

/// As many spans as `SPANS` says, as fast as they come.
pub(crate) fn burst() {
    let spans: usize = std::env::var("SPANS").ok().and_then(|spans| spans.parse().ok()).expect("a number of spans");
    let telemetry = Config::from_env("fault").prometheus_port(0).max_queue_size(65_536).log_level("warn").init();
    let before = super::code::resident_kib();
    let begun = std::time::Instant::now();
    for _ in 0..spans {
        work();
    }
    eprintln!("made in {:?}", begun.elapsed());
    telemetry.flush();
    eprintln!("grown {}", super::code::peak_kib().saturating_sub(before));
    let loss = telemetry.shutdown_within(std::time::Duration::from_secs(30));
    eprintln!("spans lost {}", loss.spans());
}

/// Pushes its metrics before it ends.
pub(crate) fn push() {
    let telemetry = Config::from_env("nightly report").prometheus_port(0).init();
    work();
    let gateway = std::env::var("GATEWAY").expect("a gateway");
    match telemetry.push_gateway(&gateway) {
        Ok(()) => eprintln!("pushed"),
        Err(error) => eprintln!("{error}"),
    }
}

/// A span every ten milliseconds for four seconds.
pub(crate) fn steady() {
    let telemetry = telemetry();
    eprintln!("ready");
    for _ in 0..400 {
        work();
        thread::sleep(Duration::from_millis(10));
    }
    telemetry.flush();
    eprintln!("{}", telemetry.shutdown());
}

/// Does nothing for three seconds, and says how much of the processor that took, in milliseconds.
pub(crate) fn idle() {
    let telemetry = telemetry();
    work();
    info!("one line");
    let before = processor_ms();
    thread::sleep(Duration::from_secs(3));
    eprintln!("processor {}", processor_ms() - before);
    drop(telemetry);
}

/// The processor time of this process. The system counts it in hundredths of a second.
fn processor_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10
}

/// Puts the clock back and forward in the middle of calls.
pub(crate) fn clock() {
    #[taximeter::observe]
    fn while_the_clock_jumps(to: &str) {
        let file = std::env::var("CLOCK_FILE").expect("a clock");
        std::fs::write(file, format!("{to}\n")).expect("a file");
        thread::sleep(Duration::from_millis(20));
        info!("it is late");
    }
    let telemetry = telemetry();
    let start = Instant::now();
    for jump in ["-7200", "+7200", "-1", "+0"] {
        while_the_clock_jumps(jump);
    }
    telemetry.flush();
    eprintln!("took {}", start.elapsed().as_secs());
    eprintln!("{}", telemetry.shutdown());
    let page = taximeter_tests::numbers::page();
    let labels = r#"{operation="while_the_clock_jumps",module="fault::fault::ending",status="success"}"#;
    for name in ["count", "sum"] {
        let value = page.value(&format!("operation_duration_seconds_{name}{labels}"));
        eprintln!("{name} {}", value.expect("the durations"));
    }
}

/// Ends with full queues, and says how long that took, in milliseconds.
pub(crate) fn stopping() {
    let config = Config::from_env("fault").prometheus_port(0).log_rate_limit(0);
    let telemetry = config.init();
    for number in 0..2_000 {
        work();
        info!(number, "a line");
    }
    let start = Instant::now();
    let loss = telemetry.shutdown();
    eprintln!("stopped {}", start.elapsed().as_millis());
    eprintln!("lost {}; {loss}", loss.spans());
}
