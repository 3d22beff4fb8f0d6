//! Does a program that runs for long stay the size it is, and does it lose anything?
//!
//! ```text
//! cargo run -p taximeter-tests --release --bin soak
//! cargo run -p taximeter-tests --release --bin soak -- 60
//! ```
//!
//! Two programs make 2,000 spans a second for ten minutes, or for so many seconds, and send them to a receiver each: the
//! metrics of one are scraped every five seconds, those of the other never. The table at the end says how their memory
//! grew, by least squares over the second half of the time, and whether every span arrived or is counted as lost.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use taximeter::{Config, observe};
use taximeter_tests::wait::wait_at_most;
use taximeter_tests::{BOUND, Rotel, http, numbers, port, program};

const SECONDS: u64 = 600;
/// A tick and its calls, each of which makes four spans, and three when it fails: 2,000 spans a second.
const TICK: Duration = Duration::from_millis(10);
const CALLS: u64 = 5;
const SAMPLE: Duration = Duration::from_secs(1);
/// Samples between two scrapes.
const SCRAPE: usize = 5;

fn main() {
    let mut words = std::env::args().skip(1);
    let first = words.next();
    let seconds = |word: Option<String>| word.map_or(SECONDS, |word| word.parse().expect("a number of seconds"));
    match first.as_deref() {
        Some("work") => work(Duration::from_secs(seconds(words.next()))),
        _ => watch(seconds(first)),
    }
}

/// The program that is watched.
fn work(time: Duration) {
    let telemetry = Config::from_env("soak").log_level("info").init();
    let start = Instant::now();
    let mut ticks = 0;
    while start.elapsed() < time {
        for call in 0..CALLS {
            let _ = answer(ticks * CALLS + call);
        }
        ticks += 1;
        let next = TICK.saturating_mul(u32::try_from(ticks).unwrap_or(u32::MAX));
        thread::sleep(next.saturating_sub(start.elapsed()));
    }
    telemetry.flush();
    let loss = telemetry.shutdown();
    eprintln!("spans {} lost {}", calls(), loss.spans());
}

/// Every call of a function is a span.
fn calls() -> u64 {
    let page = numbers::page();
    let counts = page
        .samples_of("operation_duration_seconds")
        .filter(|(series, _)| series.to_string().starts_with("operation_duration_seconds_count{"));
    counts.map(|(_, count)| count as u64).sum()
}

#[observe(capture(number))]
fn answer(number: u64) -> Result<u64, std::num::TryFromIntError> {
    let page = find(number);
    if number.is_multiple_of(100) {
        tracing::info!(number, page, "one in a hundred");
    }
    check(number)?;
    Ok(page + find(number + 1))
}

#[observe]
fn find(number: u64) -> u64 {
    std::hint::black_box(number)
}

/// Fails once in a hundred times.
#[observe]
fn check(number: u64) -> Result<u8, std::num::TryFromIntError> {
    u8::try_from(if number % 100 == 99 { 256 } else { number % 100 })?;
    Ok(0)
}

/// One of the two programs, what it sends to, and what was seen of it.
struct Watched {
    name: &'static str,
    program: Child,
    receiver: Rotel,
    port: u16,
    samples: Vec<Sample>,
}

/// A program at one moment.
#[derive(Clone, Copy)]
struct Sample {
    hours: f64,
    mib: f64,
    threads: usize,
    files: usize,
}

fn watch(seconds: u64) {
    let start = Instant::now();
    let mut both: Vec<Watched> =
        ["scraped", "unscraped"].into_iter().filter_map(|name| Watched::start(name, seconds)).collect();
    let mut round = 0;
    while both.iter_mut().any(Watched::is_running) {
        thread::sleep(SAMPLE);
        round += 1;
        both.iter_mut().for_each(|watched| watched.sample(start));
        if let Some(scraped) = both.first().filter(|_| round % SCRAPE == 0) {
            let _ = http::get(scraped.port, "/metrics");
        }
    }
    println!("| | spans | arrived | lost | MiB at half time | at the end | MiB an hour | threads | files |");
    println!("|---|---|---|---|---|---|---|---|---|");
    both.into_iter().for_each(|watched| println!("{}", watched.row()));
}

impl Watched {
    /// `None`: there is no receiver on this machine.
    fn start(name: &'static str, seconds: u64) -> Option<Watched> {
        let receiver = Rotel::start_counting()?;
        let port = port::free_port();
        let mut command = program::undisturbed(Command::new(std::env::current_exe().expect("this program")));
        command.args(["work", &seconds.to_string()]).env("PROMETHEUS_PORT", port.to_string());
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.grpc_endpoint()).stdout(Stdio::null());
        let program = command.stderr(Stdio::piped()).spawn().expect("this program again");
        Some(Watched { name, program, receiver, port, samples: Vec::new() })
    }

    fn is_running(&mut self) -> bool {
        self.program.try_wait().is_ok_and(|status| status.is_none())
    }

    fn sample(&mut self, start: Instant) {
        let folder = format!("/proc/{}", self.program.id());
        let status = fs::read_to_string(format!("{folder}/status")).unwrap_or_default();
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next());
            line.and_then(|number| number.parse::<f64>().ok())
        };
        let (Some(kib), Some(threads)) = (number("VmRSS:"), number("Threads:")) else { return };
        let files = fs::read_dir(format!("{folder}/fd")).map_or(0, Iterator::count);
        let hours = start.elapsed().as_secs_f64() / 3600.0;
        self.samples.push(Sample { hours, mib: kib / 1024.0, threads: threads as usize, files });
    }

    fn row(mut self) -> String {
        let mut said = String::new();
        if let Some(mut stderr) = self.program.stderr.take() {
            std::io::Read::read_to_string(&mut stderr, &mut said).expect("what it said");
        }
        let number = |word: &str| said.split_once(word)?.1.split_whitespace().next()?.parse::<usize>().ok();
        let (Some(spans), Some(lost)) = (number("spans "), number("lost ")) else { panic!("it said `{said}`") };
        // The last batch is counted there a moment after it was answered.
        let _ = wait_at_most(BOUND, || (self.receiver.count() + lost >= spans).then_some(()));
        let half = self.samples.split_off(self.samples.len() / 2);
        let (first, last) = (half.first().expect("samples"), half.last().expect("samples"));
        format!(
            "| {} | {spans} | {} | {lost} | {:.2} | {:.2} | {:.2} | {} to {} | {} to {} |",
            self.name,
            self.receiver.count(),
            first.mib,
            last.mib,
            slope(&half),
            first.threads,
            last.threads,
            first.files,
            last.files,
        )
    }
}

/// MiB an hour, by least squares.
fn slope(samples: &[Sample]) -> f64 {
    let count = samples.len() as f64;
    let mean = |of: fn(&Sample) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (hours, mib) = (mean(|sample| sample.hours), mean(|sample| sample.mib));
    let together: f64 = samples.iter().map(|sample| (sample.hours - hours) * (sample.mib - mib)).sum();
    let alone: f64 = samples.iter().map(|sample| (sample.hours - hours).powi(2)).sum();
    together / alone
}
