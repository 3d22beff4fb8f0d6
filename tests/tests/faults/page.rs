//! Faults of the numbers and their page.

use taximeter_tests::{Page, prometheus};

use crate::{fault, growth_kib, survivor};

#[test]
fn f56_there_are_more_labels_than_anybody_can_read() {
    let ended = survivor(&mut fault("many-labels"));
    assert!(ended.number("series") <= 2_001.0, "{}", ended.stderr);
    assert_eq!(ended.number("sum"), 10_000.0);
    let warnings =
        ended.lines().iter().filter(|line| line["message"].to_string().contains("llm_requests_total")).count();
    assert_eq!(warnings, 1, "{}", ended.stdout);
}

#[test]
fn f58_labels_hold_what_no_page_can_hold() {
    let ended = survivor(&mut fault("odd-values"));
    let _ = Page::parse(&ended.stdout);
    assert!(ended.stdout.lines().all(|line| line.len() < 2_000), "a line that is too long");
    let Some(words) = prometheus::lint(&ended.stdout) else { return };
    assert_eq!(words, "");
}

#[test]
fn f62_a_count_goes_beyond_its_end() {
    let ended = survivor(&mut fault("odd-values"));
    let page = Page::parse(&ended.stdout);
    let tokens =
        r#"llm_tokens_total{provider="openai",model="large",token_type="prompt",workflow="none",feature="none"}"#;
    assert!(page.value(tokens).is_some_and(|tokens| tokens >= u64::MAX as f64), "{:?}", page.value(tokens));
}

#[test]
fn f63_the_page_is_read_while_it_is_written() {
    survivor(&mut fault("under-load"));
}

#[test]
fn f68_nobody_reads_the_page() {
    let ended = survivor(&mut fault("unscraped"));
    assert_eq!(ended.number("calls"), 400_001.0);
    assert!(growth_kib(&ended) < 2_048.0, "{}", ended.stderr);
}

#[test]
fn f78_the_price_file_is_none() {
    let folder = std::env::temp_dir().join(format!("taximeter-prices-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let broken = folder.join("broken.toml");
    std::fs::write(&broken, "[models.house\ninput = -1").expect("a file");
    for path in [folder.join("missing.toml"), broken, folder.clone()] {
        let ended = survivor(fault("one-span").env("TAXIMETER_PRICES", &path));
        assert!(ended.stderr.contains("the price file of `TAXIMETER_PRICES` is not used"), "{}", ended.stderr);
        ended.line("one line");
    }
    std::fs::remove_dir_all(&folder).expect("it can go");
}
