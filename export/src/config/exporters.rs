//! Which ways out there are: `OTEL_TRACES_EXPORTER`, `OTEL_LOGS_EXPORTER`, `OTEL_METRICS_EXPORTER`.

use super::environment::Environment;
use super::otlp::Wish;

/// What the variables ask for.
#[derive(Clone, Copy)]
pub(super) struct Exporters {
    pub(super) traces: Wish,
    pub(super) logs: Wish,
    pub(super) metrics: Wish,
    /// Spans on standard error.
    pub(super) console: bool,
    /// The page of metrics.
    pub(super) prometheus: bool,
}

impl Exporters {
    pub(super) fn from_env(env: &mut Environment) -> Self {
        let traces = list(env, "OTEL_TRACES_EXPORTER", &["otlp", "console", "none"]);
        // The lines on standard output are the program's own log, whatever else there is.
        let logs = list(env, "OTEL_LOGS_EXPORTER", &["otlp", "console", "none"]);
        let metrics = list(env, "OTEL_METRICS_EXPORTER", &["prometheus", "otlp", "none"]);
        let has = |list: &Option<Vec<String>>, name: &str| list.iter().flatten().any(|entry| entry == name);
        Exporters {
            traces: traces.as_ref().map_or(Wish::Unsaid, |_| Wish::of(has(&traces, "otlp"))),
            logs: Wish::of(has(&logs, "otlp")),
            metrics: Wish::of(has(&metrics, "otlp")),
            console: has(&traces, "console"),
            prometheus: metrics.is_none() || has(&metrics, "prometheus"),
        }
    }
}

/// The names in a list, when all of them are known.
fn list(env: &mut Environment, variable: &str, known: &[&str]) -> Option<Vec<String>> {
    let (last, others) = known.split_last()?;
    let others: Vec<_> = others.iter().map(|name| format!("`{name}`")).collect();
    let expected = format!("made of {} and `{last}`", others.join(", "));
    env.read(&[variable], &expected, |value| {
        let names: Vec<_> = value.split(',').map(|name| name.trim().to_owned()).collect();
        names.iter().all(|name| known.contains(&name.as_str())).then_some(names)
    })
}
