//! The numbers hold while many threads write them: nothing is lost, nothing disagrees with itself, nothing grows.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use taximeter::{Label, observe};
use taximeter_tests::Page;
use taximeter_tests::numbers::page;

const THREADS: u64 = 8;

#[observe]
fn shared(number: u64) -> Result<u64, std::fmt::Error> {
    if number.is_multiple_of(3) { Err(std::fmt::Error) } else { Ok(number) }
}

/// The buckets of a histogram by its labels without `le`, in the order of the page, and its count.
#[derive(Default)]
struct Histogram {
    buckets: Vec<f64>,
    count: f64,
    sum: f64,
}

fn histograms(text: &str, operation: &str) -> BTreeMap<String, Histogram> {
    let mut all = BTreeMap::<String, Histogram>::new();
    for line in text.lines().filter(|line| line.contains(&format!("operation=\"{operation}\""))) {
        let (series, value) = line.rsplit_once(' ').expect("a value");
        let value = value.parse().expect("a number");
        if let Some(labels) = series.strip_prefix("operation_duration_seconds_bucket{") {
            let (labels, _) = labels.split_once(",le=").expect("a bound");
            all.entry(labels.to_owned()).or_default().buckets.push(value);
        } else if let Some(labels) = series.strip_prefix("operation_duration_seconds_count{") {
            all.entry(labels.trim_end_matches('}').to_owned()).or_default().count = value;
        } else if let Some(labels) = series.strip_prefix("operation_duration_seconds_sum{") {
            all.entry(labels.trim_end_matches('}').to_owned()).or_default().sum = value;
        }
    }
    all
}

fn text() -> String {
    let mut text = Vec::new();
    taximeter::export::write_metrics(&mut text);
    String::from_utf8(text).expect("text")
}

#[test]
fn each_histogram_agrees_with_itself_while_eight_threads_write() {
    const CALLS: u64 = 60_000;
    /// A page was read, or will never be.
    struct Read<'a>(&'a AtomicBool);

    impl Drop for Read<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let (is_over, is_read) = (AtomicBool::new(false), AtomicBool::new(false));
    // Each thread keeps half of its calls until a page was read.
    let call = |number| {
        while number == CALLS / 2 && !is_read.load(Ordering::Relaxed) {
            thread::yield_now();
        }
        shared(number)
    };
    thread::scope(|scope| {
        let writers: Vec<_> =
            (0..THREADS).map(|_| scope.spawn(|| (0..CALLS).filter(|number| call(*number).is_err()).count())).collect();
        let reader = scope.spawn(|| {
            let mut first = Some(Read(&is_read));
            let mut before = BTreeMap::<String, (f64, f64)>::new();
            let mut seen = 0_u32;
            while !is_over.load(Ordering::Relaxed) {
                for (labels, Histogram { buckets, count, sum }) in histograms(&text(), "shared") {
                    assert_eq!(buckets.len(), 16, "{labels}");
                    assert!(buckets.is_sorted(), "{labels}: {buckets:?}");
                    assert_eq!(buckets.last(), Some(&count), "{labels}: +Inf is the count");
                    let (earlier, less) = before.insert(labels, (count, sum)).unwrap_or_default();
                    assert!(earlier <= count, "a count went back from {earlier} to {count}");
                    assert!(less <= sum, "a sum went back from {less} to {sum}");
                    seen += u32::from(count > 0.0);
                }
                if seen > 0 {
                    first = None;
                }
            }
            drop(first);
            seen
        });
        let failed: usize = writers.into_iter().map(|writer| writer.join().expect("it only calls")).sum();
        assert_eq!(failed as u64, THREADS * CALLS / 3);
        is_over.store(true, Ordering::Relaxed);
        assert!(reader.join().expect("the pages agree") > 0, "a page was read while the threads wrote");
    });
    let page = page();
    let value = |series: &str| page.value(series).expect("the series");
    let labels = "operation=\"shared\",module=\"stress\"";
    let errors = (THREADS * CALLS / 3) as f64;
    assert_eq!(value(&format!("operation_duration_seconds_count{{{labels},status=\"error\"}}")), errors);
    assert_eq!(value(&format!("operation_duration_seconds_count{{{labels},status=\"success\"}}")), 2.0 * errors);
    assert_eq!(value(&format!("operation_errors_total{{{labels},error_type=\"fmt::Error\"}}")), errors);
    assert_eq!(value(&format!("operations_in_flight{{{labels}}}")), 0.0);
}

#[observe]
fn passing() {}

/// Kilobytes that this process has in memory.
#[cfg(target_os = "linux")]
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[test]
#[cfg(target_os = "linux")]
fn ten_thousand_threads_that_come_and_go_leave_their_counts_and_no_memory() {
    let round = |threads: usize| {
        for _ in 0..threads / 8 {
            thread::scope(|scope| (0..8).for_each(|_| drop(scope.spawn(passing))));
        }
    };
    round(1_000);
    let before = memory();
    round(9_000);
    let grown = memory().saturating_sub(before);
    assert!(grown < 2_000, "{grown} KB for 9,000 threads");
    let counted = "operation_duration_seconds_count{operation=\"passing\",module=\"stress\",status=\"success\"}";
    assert_eq!(page().value(counted), Some(10_000.0));
}

/// More values than a family has series.
struct Made(&'static str);

impl Label for Made {
    fn label(&self) -> &'static str {
        self.0
    }
}

#[observe(labels(tenant = tenant))]
fn labelled(tenant: Made) {}

#[test]
fn the_limit_of_series_holds_while_eight_threads_race_for_it_and_the_sum_is_exact() {
    let tenants: Vec<&'static str> = (0..2_500).map(|number| &*String::leak(format!("tenant-{number}"))).collect();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| tenants.iter().for_each(|tenant| labelled(Made(tenant))));
        }
    });
    let text = text();
    let page = Page::parse(&text);
    let counts = histograms(&text, "labelled").into_iter().filter(|(labels, _)| labels.contains("status=\"success\""));
    let counts: BTreeMap<String, f64> = counts.map(|(labels, histogram)| (labels, histogram.count)).collect();
    assert_eq!(counts.len(), 2_001);
    assert_eq!(counts.values().sum::<f64>(), (THREADS * 2_500) as f64);
    let others = "operation_duration_seconds_count{operation=\"labelled\",module=\"stress\",status=\"success\",tenant=\"other\"}";
    assert_eq!(page.value(others), Some((THREADS * 500) as f64));
}
