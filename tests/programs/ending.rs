//! A program that makes one span and ends its telemetry in the way it is told: `ending <way>`.

use std::time::Duration;

use taximeter::redact::Rule;
use taximeter::{Config, InitError, Telemetry, llm, observe, redact};
use tracing_subscriber::layer::SubscriberExt;

#[observe]
fn work() {}

fn main() {
    let way = std::env::args().nth(1).unwrap_or_default();
    match way.as_str() {
        "drop" => drop(started()),
        "shutdown" => report(started()),
        "unwind" => unwind(),
        "leak" => leak(),
        "other-thread" => {
            let telemetry = started();
            std::thread::spawn(|| report(telemetry)).join().expect("the other thread");
        }
        "current-thread" => current_thread().block_on(async { report(started()) }),
        "multi-thread" => multi_thread().block_on(async { report(started()) }),
        "runtime-gone" => {
            let runtime = multi_thread();
            let telemetry = runtime.block_on(async { started() });
            drop(runtime);
            report(telemetry);
        }
        "inside-task" => current_thread().block_on(async {
            let task = tokio::spawn(async { report(started()) });
            task.await.expect("the task");
        }),
        "endless" => endless(),
        "overflow" => overflow(),
        "twice" => twice(),
        "flood" => flood(),
        "last-words" => last_words(),
        "chatter" => chatter(),
        "disabled" => disabled(),
        "own-subscriber" => own_subscriber(),
        "layers" => layers(),
        "scoped-subscriber" => scoped_subscriber(|config| Ok(config.init())),
        "scoped-subscriber-strict" => scoped_subscriber(Config::try_init),
        other => panic!("no way to end is called `{other}`"),
    }
    eprintln!("ended");
}

fn current_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn multi_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
}

fn config() -> Config {
    Config::from_env("ending").prometheus_port(0).otlp_header("x-code", "code")
}

fn started() -> Telemetry {
    let telemetry = config().init();
    work();
    telemetry
}

fn report(telemetry: Telemetry) {
    let loss = telemetry.shutdown();
    eprintln!("spans lost {}; {loss}", loss.spans());
}

fn unwind() {
    let result = std::panic::catch_unwind(|| {
        let _telemetry = started();
        panic!("on purpose");
    });
    assert!(result.is_err());
}

/// The guard is never dropped; the program has to end all the same.
fn leak() {
    let telemetry = started();
    telemetry.flush();
    std::mem::forget(telemetry);
}

/// All the time that there is, also where a clock has no room for it.
fn endless() {
    let telemetry = config().otlp_timeout(Duration::MAX).export_timeout(Duration::MAX).init();
    work();
    eprintln!("problems {}", telemetry.problems().len());
    let loss = telemetry.shutdown_within(Duration::MAX);
    eprintln!("spans lost {}", loss.spans());
}

/// The second telemetry says that it is the second; the first works on.
fn twice() {
    let first = started();
    let second = config().init();
    eprintln!("second {:?}", second.problems());
    drop(second);
    work();
    eprintln!("strict {}", config().try_init().is_err());
    work();
    eprintln!("first {:?}", first.problems());
    report(first);
}

/// More spans than the queue holds, faster than any receiver.
fn flood() {
    let telemetry = config().max_queue_size(64).max_export_batch_size(16).init();
    for _ in 0..5_000 {
        work();
    }
    report(telemetry);
}

/// The same, and then nothing until the telemetry has said that it is over.
fn overflow() {
    let telemetry = config().max_queue_size(64).max_export_batch_size(16).init();
    (0..5_000).for_each(|_| work());
    for is_full in [true, false] {
        while telemetry.problems().is_empty() == is_full {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    report(telemetry);
}

/// Logs from the destructor of a thread-local, when those that logging needs may be gone: destroyed before this one,
/// or never made.
struct LastWords(&'static str);

impl Drop for LastWords {
    fn drop(&mut self) {
        tracing::info!("{}", self.0);
    }
}

thread_local! {
    static FIRST: LastWords = const { LastWords("made before the context") };
    static SECOND: LastWords = const { LastWords("made after the context") };
}

fn last_words() {
    let telemetry = started();
    let talks = || {
        FIRST.with(|_| ());
        work();
        tracing::info!("alive");
        SECOND.with(|_| ());
    };
    std::thread::spawn(talks).join().expect("a thread that talks");
    std::thread::spawn(|| FIRST.with(|_| ())).join().expect("a thread that is silent until its end");
    report(telemetry);
}

/// More log lines than a pipe and the queue hold.
fn chatter() {
    let telemetry = config().log_rate_limit(0).init();
    for number in 0..20_000 {
        tracing::info!(number, text = "a".repeat(100));
    }
    telemetry.flush();
    eprintln!("{:?}", telemetry.problems().iter().map(ToString::to_string).collect::<Vec<_>>());
    report(telemetry);
}

fn disabled() {
    let telemetry = started();
    tracing::info!("not written");
    eprintln!("listening {:?}; problems {:?}", telemetry.metrics_address(), telemetry.problems());
    std::thread::sleep(Duration::from_millis(50));
    report(telemetry);
}

/// Another crate was first; its subscriber stays, and ours says so.
fn own_subscriber() {
    tracing::subscriber::set_global_default(tracing_subscriber::registry()).expect("the first subscriber");
    let changed =
        config().redaction(false).redact(Rule::name("seat")).prices("[models.house]\ninput = 1\noutput = 1\n");
    let strict = changed.try_init().map(drop);
    eprintln!("strict {}", strict.is_err());
    let (secret, seat) = (redact::named("password", "hunter2"), redact::is_secret_name("seat"));
    let body = serde_json::json!({"model": "house", "usage": {"prompt_tokens": 1, "completion_tokens": 1}});
    let price = llm::PriceQuery::new("openai", "house").price(&body);
    eprintln!("masked {}, seat {seat}, priced {}", secret == redact::MASK, price.is_ok());
    let telemetry = started();
    eprintln!("problems {:?}", telemetry.problems());
    eprintln!("listening {}", telemetry.metrics_address().is_some());
    report(telemetry);
}

/// Another crate had a subscriber for the length of a closure; the one of the process is ours.
fn scoped_subscriber(start: fn(Config) -> Result<Telemetry, InitError>) {
    tracing::subscriber::with_default(tracing_subscriber::registry(), || tracing::info!("theirs"));
    let telemetry = start(config()).expect("nothing is in the way");
    tracing::info!("ours");
    work();
    eprintln!("problems {:?}", telemetry.problems());
    report(telemetry);
}

/// The layers in a subscriber of the program.
fn layers() {
    let (layers, telemetry) = taximeter::export::layers(config());
    let subscriber = tracing_subscriber::registry().with(layers);
    tracing::subscriber::set_global_default(subscriber).expect("the first subscriber");
    work();
    let _inside = tracing::info_span!("around").entered();
    tracing::info!("from the layers");
    drop(_inside);
    eprintln!("problems {:?}", telemetry.problems());
    report(telemetry);
}
