//! Who is told what: the configuration of Alertmanager, tried by its own tool and by a real one.

use std::collections::BTreeSet;

use taximeter_deploy::folder;
use taximeter_deploy::rules::{self, Objective, Severity};
use taximeter_tests::{Alertmanager, Notices, alertmanager, scaled, temporary, wait_for};

#[test]
fn amtool_takes_the_configuration() {
    let Some((status, words)) = alertmanager::amtool(&["check-config"], folder().join("alertmanager/alertmanager.yml"))
    else {
        return;
    };
    assert!(status.success(), "{words}");
}

#[test]
fn every_severity_has_its_receiver() {
    let config = folder().join("alertmanager/alertmanager.yml");
    let routes: [(&[&str], &str); 6] = [
        (&["severity=page", "job=bot"], "page"),
        (&["severity=ticket", "job=bot"], "ticket"),
        (&["severity=info", "job=bot"], "info"),
        (&["severity=none", "alertname=Watchdog"], "heartbeat"),
        (&["severity=urgent", "job=bot"], "ticket"),
        (&["job=bot"], "ticket"),
    ];
    for (labels, receiver) in routes {
        let Some(receivers) = alertmanager::receivers(&config, labels) else { return };
        assert_eq!(receivers, [receiver], "{labels:?}");
    }
}

/// Nothing that opens a door stands in the file.
#[test]
fn secrets_are_read_from_files() {
    let config = std::fs::read_to_string(folder().join("alertmanager/alertmanager.yml")).expect("the configuration");
    for key in ["api_url:", "routing_key:", "service_key:", "auth_password:", "credentials:", "password:", "token:"] {
        let found = config.lines().find(|line| line.trim_start().trim_start_matches("- ").starts_with(key));
        assert_eq!(found, None, "a secret in the file itself");
    }
    for receiver in ["webhook", "slack", "discord", "pagerduty", "email"] {
        let (_, block) = config.split_once(&format!("- name: {receiver}\n")).expect("the receiver");
        let block = block.split("- name:").next().unwrap_or_default();
        assert!(block.contains("_file: secrets/"), "{receiver} reads no secret from a file");
    }
}

#[test]
fn a_page_holds_back_what_explains_it_and_nothing_else() {
    let notices = Notices::start();
    let config = std::fs::read_to_string(folder().join("alertmanager/alertmanager.yml")).expect("the configuration");
    let config = scaled(&config, 20).replace("notices:9095", &notices.address());
    let folder = temporary::Folder::new("alertmanager");
    let Some(alertmanager) = Alertmanager::start(folder.path(), &config) else {
        return;
    };
    alertmanager.tell(&[("alertname", "ErrorRatioHigh"), ("severity", "page"), ("job", "bot")]);
    alertmanager.tell(&[("alertname", "LatencyHigh"), ("severity", "page"), ("job", "bot")]);
    alertmanager.tell(&[("alertname", "PanicSeen"), ("severity", "ticket"), ("job", "bot")]);
    alertmanager.tell(&[("alertname", "PanicSeen"), ("severity", "ticket"), ("job", "shop")]);

    // Money is not explained by errors.
    let budget = [("severity", "ticket"), ("job", "bot"), ("budget", "answers"), ("window", "day")];
    alertmanager.tell(&[&[("alertname", "LlmBudgetSpent")], &budget[..]].concat());
    alertmanager.tell(&[&[("alertname", "LlmBudgetNearlySpent")], &budget[..]].concat());
    alertmanager.tell(&[("alertname", "LlmRunawayLoop"), ("severity", "ticket"), ("job", "bot")]);
    alertmanager.tell(&[("alertname", "ErrorBudgetBurnsSlowly"), ("severity", "ticket"), ("job", "bot")]);

    // One notice for both pages of a service, however they came.
    let page =
        wait_for("a page", || notices.sent_to("/page").into_iter().find(|notice| notice.alerts("firing").len() == 2));
    assert_eq!(page.alerts("firing"), ["ErrorRatioHigh", "LatencyHigh"]);
    assert_eq!(page.label("job"), Some("bot"));
    let told = wait_for("three tickets", || {
        let tickets = notices.sent_to("/ticket");
        let told = tickets
            .iter()
            .map(|ticket| [ticket.label("job"), ticket.label("alertname")].map(Option::unwrap_or_default).join(" "));
        Some(told.collect::<BTreeSet<_>>()).filter(|told| told.len() >= 3)
    });
    assert_eq!(told.iter().collect::<Vec<_>>(), ["bot LlmBudgetSpent", "bot LlmRunawayLoop", "shop PanicSeen"]);
    assert_eq!(alertmanager.inhibited(), ["ErrorBudgetBurnsSlowly", "LlmBudgetNearlySpent", "PanicSeen"]);

    // A service that is down has no other problem.
    alertmanager.tell(&[("alertname", "ServiceDown"), ("severity", "page"), ("job", "bot")]);
    wait_for("the pages to be held back", || {
        let held_back = alertmanager.inhibited();
        ["ErrorRatioHigh", "LatencyHigh", "PanicSeen", "LlmBudgetSpent"]
            .iter()
            .all(|name| held_back.iter().any(|other| other == name))
            .then_some(())
    });
}

/// A page is for what users feel. Money, a cause and a lack of numbers wait for the morning.
#[test]
fn only_what_users_feel_wakes_somebody() {
    let alerts = rules::alerts(&Objective::default());
    let pages: BTreeSet<_> =
        alerts.iter().filter(|alert| alert.severity == Severity::Page).map(|alert| alert.name).collect();
    let felt = ["ErrorBudgetBurnsFast", "ErrorRatioHigh", "LatencyHigh", "ServiceDown", "TrafficCollapsed"];
    assert_eq!(pages, BTreeSet::from(felt));
}

/// An inhibition that names an alert which does not exist holds nothing back, and nobody notices.
#[test]
fn what_is_held_back_are_alerts_that_exist() {
    let config = std::fs::read_to_string(folder().join("alertmanager/alertmanager.yml")).expect("the configuration");
    let known: BTreeSet<_> = rules::alerts(&Objective::default()).iter().map(|alert| alert.name).collect();
    let matchers = config.split("alertname ").skip(1).filter_map(|rest| rest.split('"').nth(1));
    let named: BTreeSet<_> = matchers.flat_map(|names| names.split('|')).collect();
    assert!(named.len() > 10, "only {named:?} were found");
    assert_eq!(named.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new());
}
