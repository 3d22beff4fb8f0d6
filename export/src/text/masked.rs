//! Secrets in the labels that the program has made without us: by the `prometheus` crate, or by an instrument of
//! OpenTelemetry.

use std::borrow::Cow;
use std::collections::HashMap;

use prometheus::proto::{Bucket, Counter, Histogram, LabelPair, Metric, MetricFamily, MetricType};
use taximeter_runtime::redact;

/// Masks secrets in the labels of a family. Series that have the same labels then become one: counts are added up, and of
/// levels the last one stays.
pub(super) fn mask(family: &mut MetricFamily) {
    let mut has_masked = false;
    for sample in family.mut_metric().iter_mut().filter(|sample| sample.get_label().iter().any(has_secret)) {
        let mut labels = sample.take_label();
        labels.iter_mut().for_each(mask_label);
        sample.set_label(labels);
        has_masked = true;
    }
    if has_masked {
        let kind = family.get_field_type();
        let samples = std::mem::take(family.mut_metric());
        *family.mut_metric() = merged(kind, samples.into_iter().collect()).into_iter().collect();
    }
}

fn has_secret(label: &LabelPair) -> bool {
    matches!(redact::text(label.value()), Cow::Owned(_))
}

fn mask_label(label: &mut LabelPair) {
    let safe = redact::text(label.value()).into_owned();
    label.set_value(safe);
}

fn merged(kind: MetricType, samples: Vec<Metric>) -> Vec<Metric> {
    let mut merged: Vec<Metric> = Vec::new();
    let mut places: HashMap<Vec<(String, String)>, usize> = HashMap::new();
    for sample in samples {
        let labels =
            sample.get_label().iter().map(|label| (label.name().to_owned(), label.value().to_owned())).collect();
        let place = *places.entry(labels).or_insert(merged.len());
        match merged.get_mut(place) {
            Some(first) => add(kind, first, sample),
            None => merged.push(sample),
        }
    }
    merged
}

fn add(kind: MetricType, first: &mut Metric, more: Metric) {
    match kind {
        MetricType::COUNTER => {
            let mut sum = Counter::default();
            sum.set_value(first.get_counter().get_value() + more.get_counter().get_value());
            first.set_counter(sum);
        }
        MetricType::HISTOGRAM => {
            let sum = sum(first.get_histogram(), more.get_histogram());
            first.set_histogram(sum);
        }
        _ => *first = more,
    }
}

/// Both together. Within a family the bounds are the same.
fn sum(first: &Histogram, more: &Histogram) -> Histogram {
    let bucket = |(first, more): (&Bucket, &Bucket)| {
        let mut bucket = first.clone();
        bucket.set_cumulative_count(first.cumulative_count() + more.cumulative_count());
        bucket
    };
    let mut sum = Histogram::default();
    sum.set_sample_count(first.get_sample_count() + more.get_sample_count());
    sum.set_sample_sum(first.get_sample_sum() + more.get_sample_sum());
    sum.set_bucket(first.get_bucket().iter().zip(more.get_bucket()).map(bucket).collect());
    sum
}

#[cfg(test)]
mod tests {
    use prometheus::core::Collector;
    use prometheus::{GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, Opts};

    use super::*;

    const MAILS: [&str; 3] = ["ann@example.org", "ben@example.org", "nobody"];

    #[test]
    fn series_whose_labels_are_masked_are_one() {
        let counter = IntCounterVec::new(Opts::new("mails_total", "Mails."), &["to"]).expect("a name");
        MAILS.iter().for_each(|to| counter.with_label_values(&[*to]).inc_by(2));
        let mut family = counter.collect().remove(0);
        mask(&mut family);
        let count = |to: &str| {
            let is_it = |sample: &&Metric| sample.get_label().iter().all(|label| label.value() == to);
            family.get_metric().iter().find(is_it).map(|sample| sample.get_counter().get_value())
        };
        assert_eq!((family.get_metric().len(), count("[redacted]"), count("nobody")), (2, Some(4.0), Some(2.0)));
    }

    #[test]
    fn histograms_are_added_up_and_of_levels_one_stays() {
        let sizes =
            HistogramVec::new(HistogramOpts::new("sizes", "Sizes.").buckets(vec![1.0, 2.0]), &["to"]).expect("a name");
        MAILS.iter().for_each(|to| sizes.with_label_values(&[*to]).observe(1.5));
        let mut family = sizes.collect().remove(0);
        mask(&mut family);
        let masked = family.get_metric().iter().map(Metric::get_histogram).max_by_key(|sum| sum.get_sample_count());
        let masked = masked.expect("a series");
        assert_eq!((masked.get_sample_count(), masked.get_sample_sum()), (2, 3.0));
        let counts: Vec<u64> = masked.get_bucket().iter().map(Bucket::cumulative_count).collect();
        assert_eq!(counts[..2], [0, 2]);

        let levels = GaugeVec::new(Opts::new("levels", "Levels."), &["to"]).expect("a name");
        MAILS.iter().for_each(|to| levels.with_label_values(&[*to]).set(1.0));
        let mut family = levels.collect().remove(0);
        mask(&mut family);
        assert_eq!(family.get_metric().len(), 2);
    }
}
