//! Metrics that are pushed over OTLP are the numbers of the page.

use std::process::Command;

use taximeter_tests::points::{are_cumulative, last_push};
use taximeter_tests::{Child, Page, Rotel, http, port, program, wait_for};

fn pushing(rotel: &Rotel, protocol: &str, exporters: &str) -> Command {
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_fault")));
    let endpoint = if protocol == "grpc" { rotel.grpc_endpoint() } else { rotel.http_endpoint() };
    command.arg("pushing").env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint).env("OTEL_EXPORTER_OTLP_PROTOCOL", protocol);
    command.env("OTEL_TRACES_EXPORTER", "none").env("OTEL_METRICS_EXPORTER", exporters);
    command
}

#[test]
fn every_series_of_the_page_arrives_with_its_number() {
    for protocol in ["grpc", "http/protobuf"] {
        let Some(rotel) = Rotel::start_showing("metrics") else { return };
        let port = port::free_port();
        let mut command = pushing(&rotel, protocol, "otlp,prometheus");
        command.env("PROMETHEUS_PORT", port.to_string()).env("OTEL_METRIC_EXPORT_INTERVAL", "300");
        let program = Child::start(&mut command);
        wait_for("the program to have worked", || program.stderr().contains("worked").then_some(()));
        let scrape =
            || wait_for("the page", || http::get(port, "/metrics").ok().map(|answer| Page::parse(&answer.body)));
        let page = scrape();
        let (pushes, _) = last_push(&rotel.received());
        // One may be on its way while the page is read; the second after it began later.
        let push = wait_for("later pushes", || {
            let (now, push) = last_push(&rotel.received());
            push.filter(|_| now >= pushes + 3)
        });
        assert_same(&push, &page);
        assert!(are_cumulative(&rotel.received()));
    }
}

fn assert_same(push: &Page, page: &Page) {
    assert_eq!(push.families(), page.families());
    for family in page.families() {
        assert_eq!(push.kind(family), page.kind(family), "{family}");
    }
    let (pushed, scraped): (Vec<_>, Vec<_>) = (push.samples().collect(), page.samples().collect());
    let names = |samples: &[(&taximeter_tests::page::Series, f64)]| -> Vec<String> {
        samples.iter().map(|(series, _)| series.to_string()).collect()
    };
    assert_eq!(names(&pushed), names(&scraped));
    assert!(scraped.len() > 200, "{}", scraped.len());
    for ((series, pushed), (_, scraped)) in pushed.into_iter().zip(scraped) {
        let series = series.to_string();
        // A process that waits still takes time and memory.
        assert!(
            pushed == scraped || series.starts_with("process_"),
            "{series}: {pushed} is pushed, {scraped} is shown"
        );
    }
}

#[test]
fn a_program_without_a_page_pushes_what_it_is_at_its_end() {
    let Some(rotel) = Rotel::start_showing("metrics") else { return };
    let mut program = Child::start(pushing(&rotel, "grpc", "otlp").env("ENDS", "1"));
    assert!(program.wait().success());
    assert!(program.stderr().contains("no page\nnothing was lost"), "{}", program.stderr());
    wait_for("the push", || rotel.received().contains("Name: fares_total").then_some(()));
    assert_eq!(rotel.received().matches("ResourceMetrics #0\n").count(), 1);
}

#[test]
fn a_push_that_does_not_arrive_is_a_problem() {
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_fault")));
    command.arg("pushing").env("ENDS", "1").env("OTEL_METRICS_EXPORTER", "otlp").env("OTEL_TRACES_EXPORTER", "none");
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://127.0.0.1:{}", port::free_port()));
    let mut program = Child::start(&mut command);
    assert!(program.wait().success());
    assert!(program.stderr().contains("points of metrics (export_failed)"), "{}", program.stderr());
    assert_eq!(program.stdout().matches("metrics do not reach").count(), 1, "{}", program.stdout());
}
