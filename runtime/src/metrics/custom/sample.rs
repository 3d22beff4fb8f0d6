//! Samples as messages of the `prometheus` crate.

use prometheus::proto;

use crate::metrics::names::{Kind, Metric};

/// A family of these samples.
pub(super) fn family(metric: &Metric, samples: Vec<proto::Metric>) -> proto::MetricFamily {
    let mut family = proto::MetricFamily::default();
    family.set_name(metric.name.to_owned());
    family.set_help(metric.help.to_owned());
    family.set_field_type(metric.kind.into());
    family.set_metric(samples);
    family
}

/// A sample without a number.
fn empty<V: AsRef<str>>(metric: &Metric, values: &[V]) -> proto::Metric {
    let pair = |(label, value): (&crate::metrics::names::Label, &V)| {
        let mut pair = proto::LabelPair::default();
        pair.set_name(label.name.to_owned());
        pair.set_value(value.as_ref().to_owned());
        pair
    };
    proto::Metric::from_label(metric.labels.iter().zip(values).map(pair).collect())
}

/// A counter or a gauge, as its metric is one.
pub(super) fn number<V: AsRef<str>>(metric: &Metric, values: &[V], number: f64) -> proto::Metric {
    let mut sample = empty(metric, values);
    if metric.kind == Kind::Counter {
        let mut counter = proto::Counter::default();
        counter.set_value(number);
        sample.set_counter(counter);
    } else {
        let mut gauge = proto::Gauge::default();
        gauge.set_value(number);
        sample.set_gauge(gauge);
    }
    sample
}

/// A histogram. `counts` has one more entry than `bounds`; the buckets of Prometheus are cumulative, and the count is their
/// sum, so the two can never disagree.
pub(super) fn histogram<V: AsRef<str>>(
    metric: &Metric,
    values: &[V],
    bounds: &[f64],
    counts: &[u64],
    sum: f64,
) -> proto::Metric {
    let mut cumulative = 0;
    let bucket = |(bound, count): (&f64, &u64)| {
        cumulative += count;
        let mut bucket = proto::Bucket::default();
        bucket.set_upper_bound(*bound);
        bucket.set_cumulative_count(cumulative);
        bucket
    };
    let buckets = bounds.iter().zip(counts).map(bucket).collect();
    let mut histogram = proto::Histogram::default();
    histogram.set_bucket(buckets);
    histogram.set_sample_count(counts.iter().sum());
    histogram.set_sample_sum(sum);
    let mut sample = empty(metric, values);
    sample.set_histogram(histogram);
    sample
}
