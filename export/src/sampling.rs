//! Which traces are kept: a share of them, decided when a trace begins, or when it has ended.

use std::time::Duration;

use opentelemetry::trace::TraceId;
use opentelemetry_sdk::trace::Sampler;
use taximeter_runtime::metrics::Candidate;

use crate::config::environment::Environment;

/// The share of traces to keep, and whether a caller's decision comes first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sampling {
    pub(crate) rate: f64,
    pub(crate) parent_based: bool,
}

impl Default for Sampling {
    fn default() -> Self {
        Sampling { rate: 1.0, parent_based: true }
    }
}

impl Sampling {
    /// What `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` ask for. The second is read only by a ratio, as the
    /// [specification](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/) says.
    pub(crate) fn from_env(env: &mut Environment) -> Self {
        let read = |name: &str| Some((kind(name)?, name.starts_with(PARENT_BASED)));
        let Some((kind, parent_based)) = env.read(&["OTEL_TRACES_SAMPLER"], EXPECTED, read) else {
            return Sampling::default();
        };
        let rate = match kind {
            Kind::On => 1.0,
            Kind::Off => 0.0,
            Kind::Ratio => {
                env.number(&["OTEL_TRACES_SAMPLER_ARG"], "a number from 0 to 1", |rate| is_rate(*rate)).unwrap_or(1.0)
            }
        };
        Sampling { rate, parent_based }
    }

    pub(crate) fn sampler(self) -> Sampler {
        let root = if self.rate >= 1.0 { Sampler::AlwaysOn } else { Sampler::TraceIdRatioBased(self.rate) };
        if self.parent_based { Sampler::ParentBased(Box::new(root)) } else { root }
    }
}

/// What is decided on when a trace has ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tail {
    /// The share of the traces that neither failed nor were slow.
    pub(crate) rate: f64,
    /// From here on a trace is slow.
    pub(crate) slow: Duration,
}

/// When nobody says what is slow.
pub(crate) const SLOW: Duration = Duration::from_secs(1);

impl Tail {
    /// Tail sampling is on when its share is said.
    pub(crate) fn from_env(env: &mut Environment, slow: Duration) -> Option<Self> {
        let rate = env.number(&["TAXIMETER_TAIL_SAMPLE_RATE"], "a number from 0 to 1", |rate| is_rate(*rate));
        rate.map(|rate| Tail { rate, slow })
    }

    /// What is slow, also when it is the code that says the share.
    pub(crate) fn slow_from_env(env: &mut Environment) -> Duration {
        env.milliseconds(&["TAXIMETER_TAIL_SLOW"]).unwrap_or(SLOW)
    }

    /// Whether a trace is in the share: by its id, as a sampler at the head decides, so that services agree.
    pub(crate) fn is_in_share(self, trace: TraceId) -> bool {
        let low = trace.to_bytes();
        let low = low.iter().skip(8).fold(0_u64, |low, byte| low << 8 | u64::from(*byte));
        // 63 bits, as the sampler of the specification.
        (low >> 1) < (self.rate * (1_u64 << 63) as f64) as u64
    }

    /// Whether the trace of a call is kept for sure: what failed and what was slow speaks for its trace, also late.
    pub(crate) fn will_keep(self, call: Candidate) -> bool {
        call.is_failed || call.elapsed >= self.slow || self.is_in_share(call.trace_id)
    }
}

pub(crate) fn is_rate(rate: f64) -> bool {
    (0.0..=1.0).contains(&rate)
}

#[derive(Clone, Copy)]
enum Kind {
    On,
    Off,
    Ratio,
}

const PARENT_BASED: &str = "parentbased_";
const EXPECTED: &str = "`always_on`, `always_off` or `traceidratio`, with or without `parentbased_` before it";

fn kind(name: &str) -> Option<Kind> {
    match name.strip_prefix(PARENT_BASED).unwrap_or(name) {
        "always_on" => Some(Kind::On),
        "always_off" => Some(Kind::Off),
        "traceidratio" => Some(Kind::Ratio),
        _ => None,
    }
}
