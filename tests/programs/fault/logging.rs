//! What a program does to its log.

use taximeter::Config;
use tracing::info;

use super::code::telemetry;

/// The same line, faster than anybody reads.
pub(crate) fn storm() {
    let telemetry = telemetry();
    for number in 0..100_000 {
        info!(number, "storm");
    }
    info!("calm");
    telemetry.flush();
    eprintln!("{}", telemetry.shutdown());
}

/// Records of the `log` crate.
pub(crate) fn records() {
    let _telemetry = telemetry();
    log::warn!(target: "third::party", "password=hunter2 of {}", "ann");
    log::debug!("too quiet");
    let _inside = tracing::info_span!("around").entered();
    log::info!("inside");
    for number in 0..5_000 {
        log::info!("record {number}");
    }
}

/// Texts that want to be more than one line, or more than a text.
pub(crate) fn injection() {
    let _telemetry = telemetry();
    let texts = [
        "a\nb",
        "a\rb",
        "a\u{2028}b",
        "\u{1b}[31mred",
        "\",\"level\":\"ERROR",
        "a\\",
        "\0",
        "{}",
        "\u{85}",
        "\u{feff}",
        "\u{202e}right to left",
        "😀",
        "\u{7f}",
        "\u{9b}31m",
    ];
    for text in texts {
        info!(text, number = f64::NAN, small = f64::NEG_INFINITY, "{text}");
    }
}

/// More lines than a pipe or a disk takes.
pub(crate) fn chatter() {
    let telemetry = Config::from_env("fault").prometheus_port(0).log_rate_limit(0).init();
    for number in 0..20_000 {
        info!(number, text = "a".repeat(100));
    }
    telemetry.flush();
    let problems: Vec<_> = telemetry.problems().iter().map(ToString::to_string).collect();
    eprintln!("problems {problems:?}");
    let loss = telemetry.shutdown();
    eprintln!("lost {}", loss.log_lines());
}

/// Says nothing at all, and ends well.
pub(crate) fn mute() {
    let telemetry = telemetry();
    for number in 0..1_000 {
        info!(number, "into nothing");
    }
    let _ = telemetry.shutdown();
}
