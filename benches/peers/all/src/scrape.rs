//! A page of many series, written by each library: `all scrape LINES`.
//!
//! Every contender has about as many lines. Histograms have 15 bounds, so 18 lines each.

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use harness::{allocations, quartiles};
use taximeter::{Label, observe};

const ROUNDS: usize = 9;
const BOUNDS: [f64; 15] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];
const LINES_OF_A_HISTOGRAM: usize = BOUNDS.len() + 3;
/// Three outcomes of a function that is not asynchronous, its panics, and its calls in flight.
const LINES_OF_AN_OPERATION: usize = 3 * LINES_OF_A_HISTOGRAM + 2;

struct Contender {
    name: &'static str,
    /// Bytes that the series took on the heap.
    held: usize,
    /// Writes the page, and gives its bytes.
    write: Box<dyn FnMut() -> usize>,
}

pub(crate) fn run() {
    let lines: usize = std::env::args().nth(2).and_then(|lines| lines.parse().ok()).expect("scrape LINES");
    let makers: [fn(usize) -> Contender; 7] = [
        ours,
        ours_served,
        prometheus_counters,
        prometheus_histograms,
        client_counters,
        client_histograms,
        metrics_counters,
    ];
    let mut contenders: Vec<Contender> = makers.iter().map(|make| make(lines)).collect();
    let mut times = vec![Vec::new(); contenders.len()];
    for _ in 0..ROUNDS {
        for (contender, times) in contenders.iter_mut().zip(&mut times) {
            let start = Instant::now();
            black_box((contender.write)());
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    for (mut contender, mut times) in contenders.into_iter().zip(times) {
        let [low, median, high] = quartiles(&mut times);
        let (before, _) = (allocations::held(), allocations::most());
        let bytes = (contender.write)();
        let peak = allocations::most().saturating_sub(before);
        println!(
            r#"{{"case":"{}","lines":{lines},"ms":{median},"low":{low},"high":{high},"bytes":{bytes},"peak":{peak},"held":{}}}"#,
            contender.name, contender.held
        );
    }
}

fn contender(name: &'static str, make: impl FnOnce() -> Box<dyn FnMut() -> usize>) -> Contender {
    let before = allocations::held();
    let write = make();
    Contender { name, held: allocations::held() - before, write }
}

/// A value of a label that is made while the program runs.
struct Made(&'static str);

impl Label for Made {
    fn label(&self) -> &'static str {
        self.0
    }
}

#[observe(labels(tenant = tenant))]
fn called(tenant: Made) {}

/// Into a buffer that is kept.
fn ours(lines: usize) -> Contender {
    contender("taximeter, into a buffer", || {
        (0..lines / LINES_OF_AN_OPERATION).for_each(|number| called(Made(String::leak(format!("tenant-{number}")))));
        let mut text = Vec::new();
        Box::new(move || {
            text.clear();
            taximeter::export::write_metrics(&mut text);
            text.len()
        })
    })
}

/// Over a socket, as Prometheus reads it: its time holds the way through the kernel.
fn ours_served(_: usize) -> Contender {
    let telemetry = taximeter::init("peers");
    let address = std::iter::repeat_with(|| telemetry.metrics_address()).find_map(|address| {
        std::thread::sleep(Duration::from_millis(10));
        address
    });
    let address = address.expect("it listens");
    contender("taximeter, served", || {
        Box::new(move || {
            let _alive = &telemetry;
            let mut stream = TcpStream::connect(address).expect("it listens");
            stream.write_all(b"GET /metrics HTTP/1.0\r\nhost: localhost\r\n\r\n").expect("a request");
            let mut piece = [0; 16 * 1024];
            let mut bytes = 0;
            loop {
                match stream.read(&mut piece).expect("an answer") {
                    0 => return bytes,
                    read => bytes += read,
                }
            }
        })
    })
}

fn labels(number: usize) -> [String; 3] {
    [format!("tenant-{number}"), "scrape::called".to_owned(), "success".to_owned()]
}

const NAMES: [&str; 3] = ["tenant", "module", "status"];

fn encoded(registry: prometheus::Registry) -> Box<dyn FnMut() -> usize> {
    use prometheus::Encoder;
    let mut text = Vec::new();
    Box::new(move || {
        text.clear();
        prometheus::TextEncoder::new().encode(&registry.gather(), &mut text).expect("valid families");
        text.len()
    })
}

fn prometheus_counters(lines: usize) -> Contender {
    contender("prometheus, counters", || {
        let options = prometheus::Opts::new("counters_total", "Counters.");
        let family = prometheus::IntCounterVec::new(options, &NAMES).expect("valid names");
        (0..lines).for_each(|number| family.with_label_values(&labels(number)).inc());
        let registry = prometheus::Registry::new();
        registry.register(Box::new(family)).expect("a free name");
        encoded(registry)
    })
}

fn prometheus_histograms(lines: usize) -> Contender {
    contender("prometheus, histograms", || {
        let options = prometheus::HistogramOpts::new("duration_seconds", "Durations.").buckets(BOUNDS.to_vec());
        let family = prometheus::HistogramVec::new(options, &NAMES).expect("valid names");
        (0..lines / LINES_OF_A_HISTOGRAM).for_each(|number| family.with_label_values(&labels(number)).observe(0.1));
        let registry = prometheus::Registry::new();
        registry.register(Box::new(family)).expect("a free name");
        encoded(registry)
    })
}

fn client_text(registry: prometheus_client::registry::Registry) -> Box<dyn FnMut() -> usize> {
    let mut text = String::new();
    Box::new(move || {
        text.clear();
        prometheus_client::encoding::text::encode(&mut text, &registry).expect("text can be written");
        text.len()
    })
}

fn client_labels(number: usize) -> Vec<(String, String)> {
    NAMES.iter().map(|name| (*name).to_owned()).zip(labels(number)).collect()
}

fn client_counters(lines: usize) -> Contender {
    use prometheus_client::metrics::{counter::Counter, family::Family};
    contender("prometheus-client, counters", || {
        let family = Family::<Vec<(String, String)>, Counter>::default();
        (0..lines).for_each(|number| drop(family.get_or_create(&client_labels(number)).inc()));
        let mut registry = prometheus_client::registry::Registry::default();
        registry.register("counters", "Counters", family);
        client_text(registry)
    })
}

fn client_histograms(lines: usize) -> Contender {
    use prometheus_client::metrics::{family::Family, histogram::Histogram};
    contender("prometheus-client, histograms", || {
        let histogram: fn() -> Histogram = || Histogram::new(BOUNDS);
        let family = Family::<Vec<(String, String)>, Histogram, _>::new_with_constructor(histogram);
        (0..lines / LINES_OF_A_HISTOGRAM).for_each(|number| family.get_or_create(&client_labels(number)).observe(0.1));
        let mut registry = prometheus_client::registry::Registry::default();
        registry.register("duration_seconds", "Durations", family);
        client_text(registry)
    })
}

fn metrics_counters(lines: usize) -> Contender {
    contender("metrics, counters", || {
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            for number in 0..lines {
                let [tenant, module, status] = labels(number);
                metrics::counter!("counters_total", "tenant" => tenant, "module" => module, "status" => status)
                    .increment(1);
            }
        });
        Box::new(move || handle.render().len())
    })
}
