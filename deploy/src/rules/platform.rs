//! What everything else stands on.

use super::alert::{Alert, Severity};

pub(super) fn alerts() -> Vec<Alert> {
    vec![telemetry_loss(), disk(), watchdog()]
}

/// A single loss, as when a receiver restarts, is over before this fires.
fn telemetry_loss() -> Alert {
    Alert {
        name: "TelemetryLost",
        severity: Severity::Ticket,
        expr: "sum by (job, signal, reason) (increase(taximeter_dropped_total[10m])) > 0".into(),
        after: "15m",
        keep: "15m",
        summary: "{{ $labels.signal }} of {{ $labels.job }} do not arrive: {{ $labels.reason }}",
        description: "{{ $value | humanize }} items were lost within 10 minutes.".into(),
    }
}

/// The disks of the machines, and those that a program watches where nobody else does.
fn disk() -> Alert {
    Alert {
        name: "DiskNearlyFull",
        severity: Severity::Ticket,
        expr: "1 - (\n  node_filesystem_avail_bytes{fstype!~\"tmpfs|ramfs|squashfs|overlay\"}\n  \
               / node_filesystem_size_bytes{fstype!~\"tmpfs|ramfs|squashfs|overlay\"}\n  \
               or disk_available_bytes / disk_size_bytes\n)\n> 0.8"
            .into(),
        after: "15m",
        keep: "15m",
        summary: "{{ or $labels.mountpoint $labels.path }} on {{ $labels.instance }} is nearly full",
        description: "{{ $value | humanizePercentage }} of it are used.".into(),
    }
}

/// Always fires. Whoever receives it raises the alarm when it stops: then Prometheus or Alertmanager is gone.
fn watchdog() -> Alert {
    Alert {
        name: "Watchdog",
        severity: Severity::None,
        expr: "vector(1)".into(),
        after: "0s",
        keep: "0s",
        summary: "the chain of alerts works",
        description: "Always {{ $value }}. When this stops arriving, nothing else arrives either.".into(),
    }
}
