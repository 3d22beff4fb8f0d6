//! The examples run, and do what they say.

use serde_json::Value;
use taximeter_tests::trace::tree;
use taximeter_tests::{Child, Rotel, program};

/// Runs an example to its end, with a page on any port.
fn run(name: &str, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = program::example(name);
    command.args(arguments).env("PROMETHEUS_PORT", "0").envs(variables.iter().copied());
    let mut example = Child::start(&mut command);
    assert!(example.wait().success());
    example.stdout()
}

#[test]
fn three_services_are_one_trace_and_the_last_one_sees_the_baggage() {
    let Some(rotel) = Rotel::start() else { return };
    let output = run("three_services", &[], &[("OTEL_EXPORTER_OTLP_ENDPOINT", &rotel.grpc_endpoint())]);
    assert!(output.lines().any(|line| line == "the worker reserved for: Acme Inc"), "{output}");
    let spans = rotel.wait_for_spans(7);
    assert_eq!(
        tree(&spans),
        "\
shop.order ok
  POST /orders client ok
    POST /orders server ok
      three_services::place ok
        GET /stock/{item} client ok
          GET /stock/{item} server ok
            three_services::reserve client ok
"
    );
    assert!(spans.iter().all(|span| span.trace_id == spans[0].trace_id));
    let services: Vec<&str> = ["shop.order", "three_services::place", "three_services::reserve"]
        .iter()
        .filter_map(|name| spans.iter().find(|span| span.name == *name))
        .map(|span| span.resource["service.name"].as_str())
        .collect();
    assert_eq!(services, ["shop-frontend", "shop-api", "shop-worker"]);
    let reserved = spans.iter().find(|span| span.name == "three_services::reserve").expect("the last span");
    assert_eq!(reserved.attributes["db.query.text"], "UPDATE stock SET n = n - ?");
}

#[test]
fn every_line_of_a_request_is_found_by_its_correlation_id() {
    let output = run("axum_service", &["--once"], &[]);
    let (answer, lines): (Vec<&str>, Vec<&str>) = output.lines().partition(|line| !line.starts_with('{'));
    assert_eq!(answer, ["200 OK order-17"]);
    let mut lines: Vec<Value> = lines.into_iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    // OpenTelemetry tells that it was set up, before there is a request.
    lines.retain(|line| line["target"] != "opentelemetry");
    let found: Vec<(&str, &Value)> = lines
        .iter()
        .filter(|line| line["correlation_id"] == "order-17")
        .map(|line| (line["message"].as_str().unwrap_or_default(), line))
        .collect();
    let messages: Vec<&str> = found.iter().map(|(message, _)| *message).collect();
    assert_eq!(
        messages,
        [
            "request started",
            "request started",
            "looked up",
            "request completed",
            "explained",
            "workflow_executed",
            "request completed"
        ]
    );
    assert_eq!(found.len(), lines.len(), "every line is one of the request: {lines:#?}");
    let traces: std::collections::BTreeSet<&str> =
        found.iter().filter_map(|(_, line)| line["trace_id"].as_str()).collect();
    assert_eq!(traces.len(), 1, "{traces:?}");

    let (_, executed) = found[5];
    assert_eq!(executed["workflow"], "answers.explain");
    assert_eq!((&executed["status"], &executed["steps"]), (&"success".into(), &3.into()));
    assert_eq!((&executed["item"], &executed["user_tier"]), (&7.into(), &"gold".into()));
    assert!(executed["cost_usd"].as_f64().is_some_and(|cost| cost > 0.0), "{executed}");
    assert!(executed["duration_seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{executed}");
    let (_, looked_up) = found[2];
    assert_eq!(looked_up["tier"], "gold", "the baggage reaches the other service");
}

#[test]
fn business_metrics_stand_on_the_page_and_a_broken_one_costs_nothing_else() {
    let output = run("business_metrics", &[], &[]);
    for line in [
        r#"shop_orders_total{tier="free"} 1"#,
        r#"shop_orders_total{tier="gold"} 1"#,
        r#"shop_order_value_euros_bucket{le="10"} 1"#,
        "shop_order_value_euros_sum 128.5",
        "shop_open_orders 2",
        "shop_queue_length 3",
        r#"shop_parcels_total{country="at"} 2"#,
    ] {
        assert!(output.lines().any(|found| found == line), "`{line}` is missing:\n{output}");
    }
    assert!(!output.contains("shop_packers"), "{output}");
}

#[test]
fn a_call_of_a_database_says_what_was_asked_and_how_much_came_back() {
    let Some(rotel) = Rotel::start() else { return };
    let output = run("database", &[], &[("OTEL_EXPORTER_OTLP_ENDPOINT", &rotel.grpc_endpoint())]);
    assert!(output.contains("Ann\nBob\n"), "{output}");
    let spans = rotel.wait_for_spans(5);
    assert_eq!(
        tree(&spans),
        "\
users.report ok
  database::execute client ok
  database::execute client ok
  database::of_tier client ok
  database::find client ok
"
    );
    let told = |name: &str, key: &str| {
        let of_name = spans.iter().filter(|span| span.name == name);
        of_name.map(|span| span.attributes.get(key).cloned().unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(told("database::of_tier", "db.response.returned_rows"), ["2"]);
    assert_eq!(told("database::find", "db.response.returned_rows"), ["0"]);
    assert_eq!(told("database::of_tier", "db.collection.name"), ["users"]);
    assert_eq!(told("database::of_tier", "db.system.name"), ["sqlite"]);
    let statements = told("database::execute", "db.query.text");
    assert!(statements.iter().any(|sql| sql.contains("VALUES (?, ?), (?, ?), (?, ?)")), "{statements:?}");
}
