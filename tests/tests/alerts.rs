//! The rules that the stack loads: made from one description, each alert tested and explained.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use taximeter_deploy::rules::{self, Alert, Objective};
use taximeter_deploy::unknown::Known;
use taximeter_deploy::{File, Settings, files, folder};
use taximeter_tests::prometheus;

fn alerts() -> Vec<Alert> {
    rules::alerts(&Objective::default())
}

fn read(path: &str) -> String {
    fs::read_to_string(folder().join(path)).unwrap_or_default()
}

/// The names of the files in a folder, without `ending`.
fn names(path: PathBuf, ending: &str) -> BTreeSet<String> {
    let files = fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    names.filter_map(|name| name.strip_suffix(ending).map(str::to_owned)).collect()
}

/// `TAXIMETER_BLESS=1 cargo test -p taximeter-tests --test alerts` writes them anew, as `cargo run -p taximeter-deploy`.
#[test]
fn the_files_of_deploy_are_what_the_description_makes() {
    let files = files(&Settings::default());
    if std::env::var_os("TAXIMETER_BLESS").is_some() {
        taximeter_deploy::write(&folder(), &files).expect("the files can be written");
    }
    for File { path, text } in &files {
        assert!(
            read(path) == *text,
            "deploy/{path} is not what the description makes; `cargo run -p taximeter-deploy`"
        );
    }
    let made: BTreeSet<_> = files.iter().filter_map(|file| file.path.strip_prefix("prometheus/rules/")).collect();
    let found = names(folder().join("prometheus/rules"), "");
    assert!(found.iter().map(String::as_str).eq(made), "a rule file that nobody makes: {found:?}");
}

#[test]
fn promtool_takes_the_configuration_and_the_rules() {
    let path = folder().join("prometheus/prometheus.yml");
    let Some((status, words)) = prometheus::promtool(&["check", "config"], &[path]) else {
        return;
    };
    assert!(status.success(), "{words}");
}

#[test]
fn every_alert_does_what_its_tests_say() {
    let tests = names(folder().join("prometheus/tests"), "");
    let paths: Vec<PathBuf> = tests.iter().map(|name| folder().join("prometheus/tests").join(name)).collect();
    let Some((status, words)) = prometheus::promtool(&["test", "rules"], &paths) else {
        return;
    };
    assert!(status.success(), "{words}");
}

/// What every alert is asked. The watchdog answers two of them the other way round.
const CASES: [&str; 5] = ["fires", "stays quiet", "no data", "idle service", "flapping square wave"];

#[test]
fn every_alert_is_tested_for_firing_and_for_silence() {
    for alert in alerts() {
        let tests = read(&format!("prometheus/tests/{}.yml", alert.name));
        let cases: Vec<&str> = tests.lines().filter_map(|line| line.trim().strip_prefix("- name: ")).collect();
        for case in CASES {
            assert!(cases.iter().any(|name| name.contains(case)), "no test of {} says `{case}`", alert.name);
        }
    }
}

#[test]
fn nothing_is_tested_that_is_no_alert() {
    let alerts: BTreeSet<String> = alerts().iter().map(|alert| alert.name.to_owned()).collect();
    assert_eq!(names(folder().join("prometheus/tests"), ".yml"), alerts);
}

#[test]
fn every_alert_has_a_runbook_that_says_what_to_look_at_first() {
    let runbooks = folder().with_file_name("docs/runbooks");
    let alerts = alerts();
    let mut expected: BTreeSet<String> = alerts.iter().map(|alert| alert.name.to_owned()).collect();
    for alert in &alerts {
        let text = fs::read_to_string(runbooks.join(alert.runbook())).unwrap_or_default();
        assert!(text.starts_with(&format!("# {}\n", alert.name)), "{} has no runbook", alert.name);
        for section in ["## What it means", "## Look first at", "## Then"] {
            assert!(text.contains(section), "the runbook of {} has no `{section}`", alert.name);
        }
        let severity = format!("`{}`", alert.severity.label());
        assert!(text.contains(&severity), "the runbook of {} does not say {severity}", alert.name);
    }
    expected.insert("README".to_owned());
    assert_eq!(names(runbooks, ".md"), expected, "a runbook for no alert, or none for one");
}

#[test]
fn every_alert_says_where_how_bad_and_what_it_is_about() {
    for alert in alerts() {
        assert!(alert.description.contains("$value"), "{}: a description without the number", alert.name);
        assert!(alert.summary.contains("$labels.") || alert.name == "Watchdog", "{}: a summary of nothing", alert.name);
    }
}

/// Everything between backticks that begins as a query does.
fn queries(text: &str) -> Vec<String> {
    let begins = [
        "sum",
        "topk(",
        "rate(",
        "histogram_quantile(",
        "job_",
        "process_",
        "changes(",
        "up{",
        "1 - ",
        "workflows_",
        "predict_",
        "last_",
    ];
    let code = text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|code| !code.contains("..") && !code.contains("__name__") && code.contains(['(', '{']));
    code.filter(|code| begins.iter().any(|begin| code.starts_with(begin)))
        .map(|code| code.replace("\\|", "|"))
        .collect()
}

#[test]
fn the_queries_in_the_documents_name_what_exists() {
    let known = Known::with_rules(&Objective::default());
    let docs = folder().with_file_name("docs");
    let runbooks = names(docs.join("runbooks"), "").into_iter().map(|name| docs.join("runbooks").join(name));
    let mut count = 0;
    for path in runbooks.chain([docs.join("fleet.md"), docs.join("metrics.md")]) {
        for query in queries(&fs::read_to_string(&path).expect("a document")) {
            assert_eq!(known.faults(&query), Vec::<String>::new(), "{}: {query}", path.display());
            count += 1;
        }
    }
    assert!(count > 40, "only {count} queries were found");
}

/// What wakes nobody, because it is a job of the stack and no service, is told by name; the names are those of the scrapes.
#[test]
fn the_jobs_that_rules_name_are_the_jobs_of_the_stack() {
    let word =
        |text: &str| text.split(|letter: char| !letter.is_alphanumeric() && letter != '-').next().map(str::to_owned);
    let after = |text: String, key: &str| text.split(key).skip(1).filter_map(word).collect::<BTreeSet<_>>();
    let mut scraped = after(read("prometheus/targets/stack.yml"), "job: ");
    scraped.extend(after(read("prometheus/prometheus.yml"), "job_name: "));
    // These two are lists of targets, each of which says its own job.
    scraped.retain(|job| job != "services" && job != "stack");
    for alert in alerts().iter().filter(|alert| alert.expr.contains("job!~") || alert.expr.contains("job=~")) {
        let named =
            alert.expr.split("job").skip(1).filter_map(|rest| rest.strip_prefix("=~\"").or(rest.strip_prefix("!~\"")));
        for names in named.filter_map(|rest| rest.split('"').next()) {
            let named: BTreeSet<_> = names.split('|').map(str::to_owned).collect();
            assert_eq!(named, scraped, "{}", alert.name);
        }
    }
    assert!(scraped.len() > 5, "only {scraped:?} were found");
}
