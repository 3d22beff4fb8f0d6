//! What did not get out of the process.

use std::fmt;

use taximeter_runtime::metrics;

/// What was lost since the program began, counted by signal and reason.
///
/// The same numbers are the metric `taximeter_dropped_total`.
///
/// ```
/// use taximeter_export::Loss;
///
/// let loss = Loss::default();
/// assert_eq!(loss.total(), 0);
/// assert_eq!(loss.to_string(), "nothing was lost");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Loss {
    entries: Vec<metrics::Loss>,
}

impl Loss {
    pub(crate) fn now() -> Self {
        Loss { entries: metrics::losses() }
    }

    /// The finished spans that did not reach the receiver.
    pub fn spans(&self) -> u64 {
        self.of("traces")
    }

    /// The log lines that were not written.
    pub fn log_lines(&self) -> u64 {
        self.of("logs")
    }

    /// The log lines that did not reach the OTLP receiver.
    pub fn log_records(&self) -> u64 {
        self.of("otlp_logs")
    }

    /// Everything that was lost, of all signals.
    pub fn total(&self) -> u64 {
        self.entries.iter().fold(0, |total, entry| total.saturating_add(entry.count))
    }

    /// Every signal and reason with its count, as `taximeter_dropped_total` has them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, u64)> {
        self.entries.iter().map(|entry| (entry.signal.as_str(), entry.reason.as_str(), entry.count))
    }

    fn of(&self, signal: &str) -> u64 {
        let of_signal = self.entries.iter().filter(|entry| entry.signal == signal);
        of_signal.fold(0, |total, entry| total.saturating_add(entry.count))
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.total() == 0 {
            return out.write_str("nothing was lost");
        }
        out.write_str("lost:")?;
        for (position, (signal, reason, count)) in self.iter().enumerate() {
            let separator = if position == 0 { "" } else { "," };
            write!(out, "{separator} {count} {} ({reason})", items_of(signal))?;
        }
        Ok(())
    }
}

/// What the number of a signal counts.
fn items_of(signal: &str) -> &str {
    match signal {
        "traces" => "spans",
        "console" => "spans on the console",
        "logs" => "log lines",
        "otlp_logs" => "log records",
        "otlp_metrics" => "points of metrics",
        other => other,
    }
}
