//! Faults in the code of the program.

use taximeter_tests::{Child, Rotel, wait_for};

use crate::{Ended, end_of, fault, growth_kib, limited, survivor};

#[test]
fn f02_a_destructor_calls_and_panics_while_the_thread_unwinds() {
    let ended = survivor(&mut fault("unwinding-twice"));
    assert!(ended.stderr.contains(r#"payload Some("outer"), calls 1"#), "{}", ended.stderr);
}

#[test]
fn f05_a_field_panics_when_it_is_written() {
    let Some(rotel) = Rotel::start() else { return };
    let ended = survivor(fault("rude-fields").env("OTEL_EXPORTER_OTLP_ENDPOINT", rotel.grpc_endpoint()));
    assert!(ended.stderr.contains("escaped false"), "{}", ended.stderr);
    let spans = rotel.wait_for_spans(101);
    let rude = spans.iter().find(|span| span.name == "rude").expect("the rude span");
    assert_eq!(rude.attributes["created"], "<panic>");
    assert_eq!(rude.attributes["recorded"], "<panic>");
    assert_eq!(rude.attributes["kept"], "7");
    assert_eq!(rude.events[0].attributes["value"], "<panic>");
    assert_eq!(ended.lines().iter().filter(|line| line["message"] == "polite").count(), 100);
}

#[test]
fn f05_a_field_panics_when_lines_are_chosen_by_its_value() {
    for filter in ["[rude{user=ann}]=debug", "[{later=.*a}]=debug", "[rude{user}]=debug,off"] {
        let ended = survivor(fault("rude-filter").env("RUST_LOG", filter));
        assert!(ended.stderr.contains("escaped false"), "{filter}: {}", ended.stderr);
    }
}

#[test]
fn f02_a_destructor_logs_while_the_thread_unwinds() {
    survivor(&mut fault("last-breath")).line("last words");
    let mut without = limited("exec >&- 2>&-", "last-breath");
    assert!(without.status().expect("a shell").success());
}

#[test]
fn f14_a_handler_of_a_signal_calls() {
    let mut program = Child::start(&mut fault("signal-handler"));
    wait_for("the handler", || program.stderr().contains("ready").then_some(()));
    wait_for("the signals", || {
        program.signal("USR1");
        program.stderr().contains("survived").then_some(()).or_else(|| (!program.is_running()).then_some(()))
    });
    let status = program.wait();
    let ended = Ended { status, stdout: program.stdout(), stderr: program.stderr() };
    assert!(ended.status.success() && ended.stderr.contains("survived"), "{}", ended.stderr);
    let (signals, own, calls) = (ended.number("signals"), ended.number("own"), ended.number("calls"));
    // A handler that interrupts its thread while that writes the same count is overwritten by it.
    assert!(signals > 0.0 && own <= calls && calls <= signals + own, "{}", ended.stderr);
}

#[test]
fn f06_a_field_logs_when_it_is_written() {
    let ended = survivor(&mut fault("logging-display"));
    assert_eq!(ended.line("from outside")["outer"], "talkative");
    ended.line("from inside");
    ended.line("after");
}

#[test]
fn f06_a_rule_of_the_redactor_logs_and_adds_rules() {
    let ended = survivor(&mut fault("logging-rule"));
    ended.line("[redacted] outside");
    assert_eq!(ended.line("after")["value"], "[redacted]");
    // What the rule writes itself it is not asked about, so all of it is masked.
    let own = ended.lines().into_iter().find(|line| line["word"] == "[redacted]").expect("a line of the rule");
    assert_eq!(own["message"], "[redacted]");
    assert!(!ended.stdout.contains("hunter2"), "{}", ended.stdout);
}

#[test]
fn f07_an_error_has_sources_without_end() {
    let ended = survivor(fault("endless-sources").env("OTEL_TRACES_EXPORTER", "console"));
    let chained = ended.line("chained")["error"].as_str().expect("a text").to_owned();
    assert!(chained.starts_with("level10000: level9999") && chained.ends_with("level9984"), "{chained}");
    assert!(ended.stderr.contains("level9984") && !ended.stderr.contains("level9983"), "{}", ended.stderr);
}

#[test]
fn f08_a_text_without_end_is_cut() {
    let ended = survivor(fault("endless-display").env("OTEL_TRACES_EXPORTER", "console"));
    for (message, field) in [("endless field", "value"), ("endless error", "error")] {
        let text = ended.line(message)[field].as_str().expect("a text").to_owned();
        assert!(text.ends_with('…') && text.len() < 17 * 1024, "{message}: {} bytes", text.len());
    }
    assert!(ended.stderr.len() < 128 * 1024);
}

#[test]
fn f10_a_future_is_polled_after_its_end_or_never() {
    let ended = survivor(&mut fault("polled-again"));
    assert!(ended.stderr.contains("again panics true"), "{}", ended.stderr);
    assert!(ended.stderr.contains("success Some(1.0)\npanic Some(0.0)\ncancelled Some(0.0)"), "{}", ended.stderr);
}

#[test]
fn f11_the_guard_of_a_span_is_held_across_an_await() {
    let ended = survivor(&mut fault("guard-across-await"));
    assert!(ended.stderr.contains("panicked 0\n"), "{}", ended.stderr);
}

#[test]
fn f16_a_panic_hook_logs_and_calls() {
    let ended = survivor(&mut fault("panic-hook"));
    assert!(ended.stderr.contains("calls 1\n"), "{}", ended.stderr);
    ended.line("from the hook");
}

#[test]
fn f17_there_is_little_memory() {
    let ended = end_of(&mut limited("ulimit -v 262144", "little-memory"));
    assert!(ended.status.success(), "{}: {}", ended.status, ended.stderr);
    assert!(ended.stderr.contains("survived"), "{}", ended.stderr);
}

#[test]
fn f19_ten_thousand_threads_come_and_go() {
    let ended = survivor(&mut fault("churn"));
    assert!(growth_kib(&ended) < 2_048.0, "{}", ended.stderr);
}

#[test]
fn f22_a_hundred_threads_start_it_at_once() {
    let ended = survivor(&mut fault("race"));
    assert!(ended.stderr.contains("started 1, problems [[]]"), "{}", ended.stderr);
    ended.line("after the race");
}

#[test]
fn f23_nobody_ever_starts_it() {
    let ended = survivor(&mut fault("never"));
    assert_eq!(ended.number("calls"), 200_000.0);
    assert!(growth_kib(&ended) < 1_024.0, "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
}

#[test]
fn f24_it_is_used_before_it_is_started() {
    let ended = survivor(&mut fault("early"));
    assert!(ended.stderr.contains("calls 1001, early Some(1.0)"), "{}", ended.stderr);
    assert_eq!(ended.lines().len(), 1);
    ended.line("listened to");
}

#[test]
fn f15_a_destructor_of_a_thread_local_opens_spans() {
    let ended = survivor(&mut fault("last-spans"));
    assert_eq!(ended.lines().iter().filter(|line| line["message"] == "last words").count(), 2, "{}", ended.stdout);
}
