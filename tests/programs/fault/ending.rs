//! How a program ends.

use std::panic;
use std::process;
use std::sync::{Mutex, PoisonError};
use std::thread;

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
pub fn concurrent_shutdown() {
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
pub fn shutdown_in_hook() {
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
pub fn late() {
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
pub fn exit() {
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
pub fn abort() {
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

pub fn one_span() {
    let telemetry = telemetry();
    work();
    info!("one line");
    telemetry.flush();
    let problems: Vec<_> = telemetry.problems().iter().map(ToString::to_string).collect();
    eprintln!("problems {problems:?}");
    eprintln!("{}", telemetry.shutdown());
}

/// Meant to be run where the system has no thread to give.
pub fn threadless() {
    let telemetry = Config::from_env("fault").prometheus_port(0).init();
    work();
    info!("one line");
    let problems: Vec<_> = telemetry.problems().iter().map(ToString::to_string).collect();
    eprintln!("problems {problems:?}");
}
