//! The files that start the stack: what can be held without starting it.
//!
//! No container runs here. Their form is held against the schema of Compose, and what they say against what they promise.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Map, Value};
use taximeter_deploy::folder;
use taximeter_tests::node;

const FILES: [&str; 2] = ["compose.yaml", "compose.growth.yaml"];

/// The services of both files. `None`: skip the test.
fn services() -> Option<Vec<(String, Map<String, Value>)>> {
    let mut services = Vec::new();
    for file in FILES {
        let compose = node::compose(&folder().join(file))?;
        let found = compose["services"].as_object().cloned().unwrap_or_default();
        assert!(!found.is_empty(), "{file} starts nothing");
        services.extend(found.into_iter().map(|(name, service)| {
            let service = service.as_object().cloned().unwrap_or_default();
            (name, service)
        }));
    }
    Some(services)
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn images_are_pinned_and_ports_are_open_on_this_machine_alone() {
    for (name, service) in services().into_iter().flatten() {
        if let Some(image) = service.get("image").and_then(Value::as_str) {
            let version = image.rsplit_once(':').map_or("", |(_, version)| version);
            assert!(version.contains(|letter: char| letter.is_ascii_digit()), "{name}: `{image}` is not pinned");
        }
        for port in texts(service.get("ports")) {
            assert!(port.starts_with("127.0.0.1:"), "{name}: {port} is open to others");
        }
    }
}

/// A tag without all its numbers, or without a day, is another image next month.
#[test]
fn the_images_that_ours_are_made_from_are_pinned() {
    let dockerfile = std::fs::read_to_string(folder().join("Dockerfile")).expect("a file that can be read");
    let images: Vec<&str> =
        dockerfile.lines().filter_map(|line| line.strip_prefix("FROM ")?.split(' ').next()).collect();
    for image in images.iter().filter(|image| image.contains(':')) {
        let numbers = image.split(|letter: char| !letter.is_ascii_digit()).filter(|number| !number.is_empty());
        let (count, longest) = (numbers.clone().count(), numbers.map(str::len).max());
        assert!(count >= 3 || longest == Some("20250811".len()), "`{image}` is not pinned");
    }
    assert!(images.iter().filter(|image| image.contains(':')).count() >= 2, "{images:?}");
}

/// The image of the collector holds no program that could ask; Prometheus watches it instead.
#[test]
fn every_service_is_asked_for_its_health() {
    let services = services().unwrap_or_default();
    let named = |is_it: &dyn Fn(&Map<String, Value>) -> bool| -> BTreeSet<&String> {
        services.iter().filter(|(_, service)| is_it(service)).map(|(name, _)| name).collect()
    };
    let image = |service: &Map<String, Value>| service.get("image").and_then(Value::as_str).map(str::to_owned);
    let watched = named(&|service| image(service).is_some_and(|image| image.contains("collector")));
    let asked = named(&|service| service.contains_key("healthcheck"));
    let forgotten: Vec<_> =
        named(&|_| true).into_iter().filter(|name| !watched.contains(name) && !asked.contains(name)).collect();
    assert_eq!(forgotten, Vec::<&String>::new(), "nobody asks for their health");
}

#[test]
fn no_secret_stands_in_a_file() {
    for (name, service) in services().into_iter().flatten() {
        let environment = service.get("environment").and_then(Value::as_object).cloned().unwrap_or_default();
        for (key, value) in environment.iter().filter(|(key, _)| key.contains("PASSWORD") || key.contains("TOKEN")) {
            assert!(value.as_str().is_some_and(|value| value.starts_with("${")), "{name}: {key} is written down");
        }
    }
}

#[test]
fn what_is_mounted_from_here_is_here() {
    for (name, service) in services().into_iter().flatten() {
        for volume in texts(service.get("volumes")) {
            if let Some(path) = volume.strip_prefix("./").and_then(|volume| volume.split(':').next()) {
                assert!(folder().join(path).exists(), "{name}: {volume}");
            }
        }
        for word in texts(service.get("command")) {
            let Some(path) = word.strip_prefix("--config=/etc/otelcol/") else { continue };
            assert!(folder().join("collector").join(path).is_file(), "{name}: {word}");
        }
    }
}

#[test]
fn what_prometheus_and_grafana_ask_is_started() {
    let names: BTreeSet<String> = services().into_iter().flatten().map(|(name, _)| name).collect();
    if names.is_empty() {
        return;
    }
    let files = ["prometheus/targets/services.yml", "prometheus/targets/stack.yml"].map(|file| folder().join(file));
    for target in files.iter().filter_map(|file| node::yaml(file)).flat_map(targets) {
        let host = target.split(':').next().unwrap_or_default().to_owned();
        assert!(host == "localhost" || names.contains(&host), "nobody starts `{target}`");
    }
    let sources = node::yaml(&folder().join("grafana/provisioning/datasources/sources.yaml")).unwrap_or_default();
    for source in sources["datasources"].as_array().into_iter().flatten() {
        for address in addresses(source["url"].as_str().unwrap_or_default()) {
            let host = address.trim_start_matches("http://").split(':').next().unwrap_or_default();
            assert!(names.contains(host), "nobody starts `{address}`");
        }
    }
}

/// An address, or those that the Compose files give to the variable `${NAME}` of Grafana.
fn addresses(url: &str) -> Vec<String> {
    let Some(name) = url.strip_prefix("${").and_then(|url| url.strip_suffix('}')) else {
        return vec![url.to_owned()];
    };
    let services = services().unwrap_or_default();
    let grafanas = services.iter().filter(|(service, _)| service == "grafana");
    let said = grafanas.filter_map(|(_, grafana)| grafana.get("environment")?.get(name)?.as_str());
    let said: Vec<_> = said.map(str::to_owned).collect();
    assert_eq!(said.len(), FILES.len(), "`{url}` is not said for both files: {said:?}");
    said
}

fn targets(file: Value) -> Vec<String> {
    let entries = file.as_array().cloned().unwrap_or_default();
    entries.iter().flat_map(|entry| texts(entry.get("targets"))).map(str::to_owned).collect()
}

/// No collector is to be had here, so their configurations are held by their structure: every part that a pipeline names
/// is there, every part that is there is used, and the memory limiter comes first.
#[test]
fn the_pipelines_of_the_collectors_are_whole() {
    for path in ["collector/collector.yaml", "collector/logs.yaml", "collector/spread.yaml", "jaeger/jaeger.yaml"] {
        let Some(config) = node::yaml(&folder().join(path)) else {
            return;
        };
        for kind in ["receivers", "processors", "exporters"] {
            assert_eq!(in_pipelines(&config, kind), keys(&config[kind]), "{path}: {kind}");
        }
        let extensions = texts(config["service"].get("extensions")).into_iter().map(str::to_owned).collect();
        assert_eq!(keys(&config["extensions"]), extensions, "{path}: extensions");
        for (name, pipeline) in config["service"]["pipelines"].as_object().into_iter().flatten() {
            let first = texts(pipeline.get("processors")).first().copied();
            let wanted = if path.starts_with("collector") { "memory_limiter" } else { "batch" };
            assert_eq!(first, Some(wanted), "{path}: {name}");
        }
    }
}

fn keys(map: &Value) -> BTreeSet<String> {
    map.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
}

fn in_pipelines(config: &Value, kind: &str) -> BTreeSet<String> {
    let pipelines = config["service"]["pipelines"].as_object().into_iter().flatten();
    pipelines.flat_map(|(_, pipeline)| texts(pipeline.get(kind))).map(str::to_owned).collect()
}

#[test]
fn every_error_and_a_tenth_of_the_rest_are_kept() {
    let Some(config) = node::yaml(&folder().join("collector/collector.yaml")) else {
        return;
    };
    let policies = config["processors"]["tail_sampling"]["policies"].as_array().cloned().unwrap_or_default();
    let of = |kind: &str| policies.iter().find(|policy| policy["type"] == kind).map(|policy| policy[kind].clone());
    assert_eq!(of("status_code"), Some(serde_json::json!({ "status_codes": ["ERROR"] })));
    assert_eq!(of("probabilistic"), Some(serde_json::json!({ "sampling_percentage": 10 })));
}

#[test]
fn the_growing_stack_scrapes_as_the_small_one_does() {
    let prometheus = |name: &str| node::yaml(&folder().join(PathBuf::from("prometheus").join(name)));
    let (Some(small), Some(mut grown)) = (prometheus("prometheus.yml"), prometheus("prometheus.growth.yml")) else {
        return;
    };
    let store = grown.as_object_mut().and_then(|grown| grown.remove("remote_write"));
    assert!(store.is_some() && small == grown);
}
