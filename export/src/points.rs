//! The metrics, pushed over OTLP: the numbers of `/metrics` under the same names and labels.
//!
//! | Prometheus | OTLP |
//! |---|---|
//! | counter | sum, monotonic, cumulative |
//! | gauge, and what has no type | gauge |
//! | histogram | histogram with the same bounds, cumulative; its buckets are not added up |
//! | summary | summary |
//! | `# HELP` | description |
//! | the unit at the end of a name | unit: `s`, `By`, `USD` |
//!
//! Names stay as they are, with unit and `_total`, as
//! [OpenTelemetry wants it](https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/) of metrics
//! that come from Prometheus; a collector that writes them to Prometheus gives them the same names again.

use std::sync::Arc;
use std::sync::mpsc::{self, SyncSender};
use std::time::{Duration, Instant, SystemTime};

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::summary_data_point::ValueAtQuantile;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics,
    ScopeMetrics, Sum, Summary, SummaryDataPoint,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_sdk::Resource as SdkResource;
use prometheus::proto::{self, MetricFamily, MetricType};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::config::Config;
use crate::ledger::{Ledger, OTLP_METRICS};
use crate::otlp::{POINTS, Sender};
use crate::problem::Problems;
use crate::records::{nanos, to_proto};
use crate::text;
use crate::worker::Worker;

/// Asks for pushes between the regular ones.
#[derive(Clone, Debug)]
pub(crate) struct Points {
    asked: UnboundedSender<SyncSender<()>>,
    ledger: Arc<Ledger>,
    sender: Arc<Sender>,
}

impl Points {
    /// Starts the pushes, if they are wanted.
    pub(crate) fn start(config: &Config, resource: &SdkResource, problems: &Problems, worker: &Worker) -> Option<Self> {
        let route = &config.otlp.metrics;
        route.target(POINTS.path)?;
        let ledger = Arc::new(Ledger::new(OTLP_METRICS, 0));
        let sender = Arc::new(Sender::new(&POINTS, route, problems, &ledger, worker.handle())?);
        let (asked, asks) = unbounded_channel();
        let begun = nanos(SystemTime::now());
        let (interval, resource) = (config.metric_export_interval, to_proto(resource));
        let pusher =
            Pusher { asks, interval, begun, resource, ledger: Arc::clone(&ledger), sender: Arc::clone(&sender) };
        worker.spawn_task(pusher.run());
        Some(Points { asked, ledger, sender })
    }

    /// Pushes what the metrics are now, and waits for it, at most until the deadline.
    pub(crate) fn flush(&self, deadline: Instant) {
        let (done, wait) = mpsc::sync_channel(1);
        if self.asked.send(done).is_ok() {
            let _ = wait.recv_timeout(deadline.saturating_duration_since(Instant::now()));
        }
    }

    /// The last push.
    pub(crate) fn stop(&self, deadline: Instant) {
        self.sender.hurry();
        self.flush(deadline);
        self.ledger.close();
    }
}

/// The task that pushes.
struct Pusher {
    asks: UnboundedReceiver<SyncSender<()>>,
    interval: Duration,
    /// Since when the counters count, as far as we know.
    begun: u64,
    resource: Resource,
    ledger: Arc<Ledger>,
    sender: Arc<Sender>,
}

impl Pusher {
    async fn run(mut self) {
        loop {
            let asked = timeout(self.interval, self.asks.recv()).await;
            self.push().await;
            match asked {
                Ok(Some(done)) => {
                    let _ = done.send(());
                }
                Ok(None) => return,
                Err(_) => {}
            }
        }
    }

    async fn push(&mut self) {
        // On a thread of its own: the collectors of the program have a bound, and it is not short.
        let families = spawn_blocking(text::families).await.unwrap_or_default();
        let now = nanos(SystemTime::now());
        let metrics = metrics(&families, self.begun, now);
        let points = metrics.iter().map(count).sum();
        let scope = InstrumentationScope {
            name: "taximeter".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..InstrumentationScope::default()
        };
        let scope = ScopeMetrics { scope: Some(scope), metrics, ..ScopeMetrics::default() };
        let resource = Some(self.resource.clone());
        let resource = ResourceMetrics { resource, scope_metrics: vec![scope], ..ResourceMetrics::default() };
        self.ledger.add(points);
        // What went wrong, the sender says and counts.
        let _ = self.sender.send(points, &ExportMetricsServiceRequest { resource_metrics: vec![resource] }).await;
    }
}

/// The families as metrics of OTLP, counted since `begun` and seen `now`.
fn metrics(families: &[MetricFamily], begun: u64, now: u64) -> Vec<Metric> {
    // The process collector knows better when the process began.
    let process = families.iter().find(|family| family.name() == "process_start_time_seconds");
    let process = process.and_then(|family| family.get_metric().first()).map(|metric| metric.get_gauge().get_value());
    let begun = process.map_or(begun, |seconds| (seconds * 1e9) as u64).min(begun);
    let times = Times { begun, now };
    families.iter().filter(|family| !family.get_metric().is_empty()).map(|family| times.metric(family)).collect()
}

struct Times {
    begun: u64,
    now: u64,
}

impl Times {
    fn metric(&self, family: &MetricFamily) -> Metric {
        let each = family.get_metric().iter();
        let data = match family.get_field_type() {
            MetricType::COUNTER => Data::Sum(Sum {
                data_points: each
                    .map(|metric| self.number(metric, self.begun, metric.get_counter().get_value()))
                    .collect(),
                aggregation_temporality: AggregationTemporality::Cumulative.into(),
                is_monotonic: true,
            }),
            MetricType::HISTOGRAM => Data::Histogram(Histogram {
                data_points: each.map(|metric| self.histogram(metric)).collect(),
                aggregation_temporality: AggregationTemporality::Cumulative.into(),
            }),
            MetricType::SUMMARY => {
                Data::Summary(Summary { data_points: each.map(|metric| self.summary(metric)).collect() })
            }
            // A gauge has no beginning.
            MetricType::GAUGE | MetricType::UNTYPED => {
                Data::Gauge(Gauge { data_points: each.map(|metric| self.number(metric, 0, level(metric))).collect() })
            }
        };
        let (name, unit) = (family.name().to_owned(), unit_of(family.name()).to_owned());
        Metric { name, unit, description: family.help().to_owned(), data: Some(data), ..Metric::default() }
    }

    fn number(&self, metric: &proto::Metric, begun: u64, value: f64) -> NumberDataPoint {
        NumberDataPoint {
            attributes: attributes(metric),
            start_time_unix_nano: begun,
            time_unix_nano: self.now,
            value: Some(Value::AsDouble(value)),
            ..NumberDataPoint::default()
        }
    }

    fn histogram(&self, metric: &proto::Metric) -> HistogramDataPoint {
        let histogram = metric.get_histogram();
        let finite = || histogram.get_bucket().iter().filter(|bucket| bucket.upper_bound().is_finite());
        let totals = finite().map(proto::Bucket::cumulative_count).chain([histogram.get_sample_count()]);
        let mut before = 0;
        let bucket_counts = totals.map(|total| total.saturating_sub(std::mem::replace(&mut before, total))).collect();
        HistogramDataPoint {
            attributes: attributes(metric),
            start_time_unix_nano: self.begun,
            time_unix_nano: self.now,
            count: histogram.get_sample_count(),
            sum: Some(histogram.get_sample_sum()),
            explicit_bounds: finite().map(proto::Bucket::upper_bound).collect(),
            bucket_counts,
            ..HistogramDataPoint::default()
        }
    }

    fn summary(&self, metric: &proto::Metric) -> SummaryDataPoint {
        let summary = metric.get_summary();
        let quantile =
            |quantile: &proto::Quantile| ValueAtQuantile { quantile: quantile.quantile(), value: quantile.value() };
        SummaryDataPoint {
            attributes: attributes(metric),
            start_time_unix_nano: self.begun,
            time_unix_nano: self.now,
            count: summary.sample_count(),
            sum: summary.sample_sum(),
            quantile_values: summary.get_quantile().iter().map(quantile).collect(),
            ..SummaryDataPoint::default()
        }
    }
}

/// What a gauge shows.
fn level(metric: &proto::Metric) -> f64 {
    metric.get_gauge().get_value()
}

fn attributes(metric: &proto::Metric) -> Vec<KeyValue> {
    let attribute = |label: &proto::LabelPair| KeyValue {
        key: label.name().to_owned(),
        value: Some(AnyValue { value: Some(Any::StringValue(label.value().to_owned())) }),
        ..KeyValue::default()
    };
    metric.get_label().iter().map(attribute).collect()
}

/// The unit in UCUM that the name of a metric ends with.
fn unit_of(name: &str) -> &'static str {
    let name = name.strip_suffix("_total").unwrap_or(name);
    match name.rsplit_once('_').map(|(_, unit)| unit) {
        Some("seconds") => "s",
        Some("bytes") => "By",
        Some("usd") => "USD",
        _ => "",
    }
}

/// How many points a metric has.
fn count(metric: &Metric) -> usize {
    match &metric.data {
        Some(Data::Gauge(gauge)) => gauge.data_points.len(),
        Some(Data::Sum(sum)) => sum.data_points.len(),
        Some(Data::Histogram(histogram)) => histogram.data_points.len(),
        Some(Data::Summary(summary)) => summary.data_points.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use prometheus::core::Collector;
    use prometheus::{CounterVec, HistogramOpts, HistogramVec, Opts};

    use super::*;

    #[test]
    fn a_histogram_has_the_same_bounds_and_counts_that_are_not_added_up() {
        let options = HistogramOpts::new("wait_seconds", "How long.").buckets(vec![0.1, 1.0]);
        let histogram = HistogramVec::new(options, &["queue"]).unwrap();
        [0.05, 0.5, 0.5, 7.0].iter().for_each(|value| histogram.with_label_values(&["a"]).observe(*value));
        let metrics = metrics(&histogram.collect(), 1, 2);
        let [Metric { name, unit, data: Some(Data::Histogram(histogram)), .. }] = metrics.as_slice() else { panic!() };
        assert_eq!((name.as_str(), unit.as_str()), ("wait_seconds", "s"));
        let point = &histogram.data_points[0];
        assert_eq!(
            (point.explicit_bounds.as_slice(), point.bucket_counts.as_slice()),
            (&[0.1, 1.0][..], &[1, 2, 1][..])
        );
        assert_eq!((point.count, point.sum, point.start_time_unix_nano, point.time_unix_nano), (4, Some(8.05), 1, 2));
    }

    #[test]
    fn a_counter_is_a_sum_that_only_grows() {
        let counter = CounterVec::new(Opts::new("fares_usd_total", "Fares."), &["town"]).unwrap();
        counter.with_label_values(&["Graz"]).inc_by(2.5);
        let metrics = metrics(&counter.collect(), 1, 2);
        let [Metric { unit, data: Some(Data::Sum(sum)), .. }] = metrics.as_slice() else { panic!() };
        assert_eq!((unit.as_str(), sum.is_monotonic), ("USD", true));
        assert_eq!(sum.aggregation_temporality, i32::from(AggregationTemporality::Cumulative));
        assert_eq!(sum.data_points[0].value, Some(Value::AsDouble(2.5)));
        assert_eq!(sum.data_points[0].attributes[0].key, "town");
    }
}
