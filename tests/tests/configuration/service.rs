//! What the service says of itself.

use taximeter_tests::Rotel;

use crate::{Ran, both, by_default, ran};

fn service(ran: &Ran) -> String {
    ran.lines_that_say("a line")[0]["service"].as_str().expect("a name").to_owned()
}

#[test]
fn default_of_service_name() {
    assert_eq!(service(&by_default(&["named=", "lines"])), "unknown_service");
}

#[test]
fn service_name_is_seen() {
    let named = |name: &str, value: &str| service(&ran(&[(name, value)], &["named=", "lines"]));
    assert_eq!(named("OTEL_SERVICE_NAME", "shop"), "shop");
    assert_eq!(named("OTEL_RESOURCE_ATTRIBUTES", "service.name=shop"), "shop");
    assert_eq!(service(&ran(&[("OTEL_SERVICE_NAME", "other")], &["service_name=shop", "lines"])), "shop");
}

#[test]
fn default_of_service_version() {
    let said = by_default(&["page"]).stderr;
    assert!(said.contains(r#"build_info{service_name="configured",version="0.0.0"} 1"#), "{said}");
}

#[test]
fn service_version_is_seen() {
    let variable = ("OTEL_RESOURCE_ATTRIBUTES", "service.version=1.2.3");
    for ran in both("service_version=1.2.3", variable, "service.version=9", &["page"]) {
        assert!(ran.stderr.contains(r#"build_info{service_name="configured",version="1.2.3"} 1"#), "{}", ran.stderr);
    }
}

/// What the spans say of the place where the service runs.
fn place(variables: &[(&str, &str)], arguments: &[&str]) -> Option<String> {
    let rotel = Rotel::start()?;
    let endpoint = rotel.grpc_endpoint();
    let variables = [variables, &[("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())]].concat();
    ran(&variables, &[arguments, &["work"]].concat());
    rotel.wait_for_spans(1)[0].resource.get("deployment.environment.name").cloned()
}

#[test]
fn default_of_environment() {
    let Some(place) = place(&[], &[]) else { return };
    assert_eq!(place, "development");
}

#[test]
fn environment_is_seen() {
    let attribute = ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=staging");
    let Some(from_attribute) = place(&[attribute], &[]) else { return };
    assert_eq!(from_attribute, "staging");
    let variable = ("ENVIRONMENT", "production");
    assert_eq!(place(&[attribute, variable], &[]).as_deref(), Some("production"));
    assert_eq!(place(&[attribute, variable], &["environment=canary"]).as_deref(), Some("canary"));
}

#[test]
fn default_of_disabled() {
    let ran = by_default(&["lines", "work"]);
    assert!(ran.stderr.contains("address Some(") && ran.lines().len() == 1, "{}", ran.stderr);
}

#[test]
fn disabled_is_seen() {
    let ran = ran(&[("OTEL_SDK_DISABLED", "true")], &["lines", "work", "enable_console_exporter=true"]);
    assert!(ran.stderr.contains("address None") && ran.spans() == 0, "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
}
