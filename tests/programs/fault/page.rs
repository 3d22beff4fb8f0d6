//! What ends on the page of the metrics.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use taximeter::llm::Usage;
use taximeter::{llm_cost, observe};
use taximeter_tests::numbers::page;

use super::code::{calls_of_work, resident_kib, telemetry, work};

#[llm_cost(model = model, provider = "openai")]
fn ask(model: &str, usage: Usage) -> (String, Usage) {
    (model.to_owned(), usage)
}

/// Label values and numbers that no page should have.
pub(crate) fn odd_values() {
    let texts = [
        "a\nb",
        "a\rb",
        "quote\"",
        "back\\slash",
        "brace}",
        "nul\0",
        "\u{2028}",
        "😀",
        "\u{202e}rtl",
        &"long".repeat(16_384),
        "le",
        "__name__",
        "",
    ];
    for text in texts {
        ask(text, Usage::new(1, 1));
    }
    ask("large", Usage::new(u64::MAX, u64::MAX));
    ask("large", Usage::new(2, 2));
    println!("{}", taximeter_tests::numbers::text());
}

/// More labels than anybody can read.
pub(crate) fn many_labels() {
    let _telemetry = telemetry();
    for number in 0..10_000 {
        ask(&format!("invented-{number}"), Usage::new(1, 0));
    }
    let text = taximeter_tests::numbers::text();
    let of_family = text.lines().filter(|line| line.starts_with("llm_requests_total{"));
    let values: Vec<f64> = of_family.filter_map(|line| line.rsplit(' ').next()?.parse().ok()).collect();
    eprintln!("series {}, sum {}", values.len(), values.iter().sum::<f64>());
}

/// Readers of the page beside writers of its numbers: what each reader sees is consistent in itself.
pub(crate) fn under_load() {
    #[observe]
    fn busy(number: u32) -> Result<(), &'static str> {
        if number.is_multiple_of(3) { Err("often") } else { Ok(()) }
    }
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut number = 0_u32;
                while !is_over.load(Ordering::Relaxed) {
                    let _ = busy(number);
                    number = number.wrapping_add(1);
                }
            });
        }
        let mut last = 0.0;
        for _ in 0..40 {
            let page = page();
            for status in ["success", "error"] {
                let labels = format!(r#"operation="busy",module="fault::fault::page",status="{status}""#);
                let count = page.value(&format!("operation_duration_seconds_count{{{labels}}}"));
                let all = page.value(&format!("operation_duration_seconds_bucket{{{labels},le=\"+Inf\"}}"));
                assert_eq!(count, all, "the buckets and the count of {status}");
                if status == "success" {
                    assert!(count.unwrap_or_default() >= last, "a counter fell");
                    last = count.unwrap_or_default();
                }
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
}

/// Millions of calls that nobody reads.
pub(crate) fn unscraped() {
    let _telemetry = telemetry();
    work();
    for _ in 0..4 {
        for _ in 0..100_000 {
            work();
        }
        eprintln!("resident {}", resident_kib());
    }
    eprintln!("calls {}", calls_of_work());
}
