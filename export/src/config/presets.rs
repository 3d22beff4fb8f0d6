//! Sets of defaults for the places where a program runs: what the environment would say if it said nothing else.

use super::Config;
use super::environment::Environment;

/// A machine of a developer.
const DEVELOPMENT: &[(&str, &str)] =
    &[("ENVIRONMENT", "development"), ("TAXIMETER_LOG_FORMAT", "text"), ("OTEL_BSP_SCHEDULE_DELAY", "1000")];

/// A place for tests, where every trace is wanted.
const STAGING: &[(&str, &str)] = &[("ENVIRONMENT", "staging"), ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")];

/// A place where many traces are like each other.
const PRODUCTION: &[(&str, &str)] = &[
    ("ENVIRONMENT", "production"),
    ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
    ("OTEL_BSP_MAX_QUEUE_SIZE", "16384"),
    ("TAXIMETER_TAIL_SAMPLE_RATE", "0.1"),
];

/// Defaults for the places where a program runs. The environment and the code come before them, as ever.
///
/// | | development | staging | production |
/// |---|---|---|---|
/// | `environment` | development | staging | production |
/// | `structured_logging` | false: text | true | true |
/// | `schedule_delay` | 1 s | 5 s | 5 s |
/// | `otlp_compression` | none | gzip | gzip |
/// | `max_queue_size` | 2,048 | 2,048 | 16,384 |
/// | `tail_sampling` | off | off | 0.1 |
///
/// ```
/// use taximeter_export::Config;
///
/// let config = Config::production("support-bot").tail_sampling(0.05);
/// # let _ = config;
/// ```
impl Config {
    /// For the machine of a developer: lines to read, spans after a second.
    pub fn development(service_name: impl Into<String>) -> Self {
        Self::preset(service_name.into(), Environment::of_process(), DEVELOPMENT)
    }

    /// For a place of tests: everything is kept, and sent compressed.
    pub fn staging(service_name: impl Into<String>) -> Self {
        Self::preset(service_name.into(), Environment::of_process(), STAGING)
    }

    /// For production: traces that failed or were slow, a tenth of the others, room for bursts.
    pub fn production(service_name: impl Into<String>) -> Self {
        Self::preset(service_name.into(), Environment::of_process(), PRODUCTION)
    }

    fn preset(service_name: String, mut environment: Environment, defaults: &[(&str, &str)]) -> Self {
        // The place may be named in another way.
        let is_named =
            environment.text("OTEL_RESOURCE_ATTRIBUTES").is_some_and(|text| text.contains("deployment.environment"));
        let defaults = defaults.iter().filter(|(name, _)| !(is_named && *name == "ENVIRONMENT"));
        environment.set_defaults(defaults);
        Self::read(service_name, environment)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::otlp::Compression;
    use super::*;

    fn preset(defaults: &[(&str, &str)], variables: &[(&str, &str)]) -> Config {
        let owned = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let config = Config::preset("bot".to_owned(), Environment::new(owned), defaults).checked();
        assert_eq!(config.problems, []);
        config
    }

    #[test]
    fn each_place_has_its_defaults() {
        let shown = |config: Config| {
            let tail = config.tail.map(|tail| tail.rate);
            let batch = (config.batch.schedule_delay, config.batch.max_queue_size);
            (config.environment, config.structured_logging, batch, config.otlp.traces.compression, tail)
        };
        let (second, gzip) = (Duration::from_secs(1), Some(Compression::Gzip));
        assert_eq!(shown(preset(DEVELOPMENT, &[])), ("development".to_owned(), false, (second, 2_048), None, None));
        assert_eq!(shown(preset(STAGING, &[])), ("staging".to_owned(), true, (second * 5, 2_048), gzip, None));
        let production = ("production".to_owned(), true, (second * 5, 16_384), gzip, Some(0.1));
        assert_eq!(shown(preset(PRODUCTION, &[])), production);
    }

    #[test]
    fn the_environment_and_the_code_come_first() {
        let variables = [("TAXIMETER_TAIL_SAMPLE_RATE", "0.5"), ("ENVIRONMENT", "canary")];
        let config = preset(PRODUCTION, &variables).structured_logging(false);
        assert_eq!((config.environment.as_str(), config.tail.map(|tail| tail.rate)), ("canary", Some(0.5)));
        assert!(!config.structured_logging);
    }
}
