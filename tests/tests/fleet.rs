//! The stack that people run, end to end: real load, a real fault, and who hears of it.
//!
//! Prometheus and Alertmanager are real and read the files of `deploy/`. Grafana, the trace store and the collector are not
//! to be had here: what Grafana would ask is asked of Prometheus, and drawn by our own hand.

use std::path::{Path, PathBuf};
use std::time::Duration;

use taximeter_deploy::dashboards::{self, Dashboard, Panel, Show, filled_in};
use taximeter_tests::demo::{self, Demo};
use taximeter_tests::stack::Service;
use taximeter_tests::wait::wait_at_most;
use taximeter_tests::{Notice, Notices, Stack, port, scaled, wait_for};

/// 15 times as fast as in real time: five minutes are 20 seconds.
const FASTER: u64 = 15;
/// What a wait of an alert may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

fn told(notices: &Notices, what: &str, is_it: impl Fn(&Notice) -> bool) -> Notice {
    let found = wait_at_most(PATIENCE, || notices.sent_to("/page").into_iter().find(|notice| is_it(notice)));
    found.unwrap_or_else(|| panic!("nobody was told that {what}: {:#?}", notices.sent_to("/page")))
}

fn holds(names: &[String], name: &str) -> bool {
    names.iter().any(|other| other == name)
}

#[test]
fn a_fault_is_told_once_and_so_is_its_cure() {
    let Some(demo) = Demo::start(FASTER) else {
        return;
    };
    let Demo { stack, provider, .. } = &demo;
    wait_for("five minutes, as Prometheus sees them, of calls", || {
        let calls = "job_entry:calls:rate5m{job=\"support-bot\"} > 1";
        let window = scaled("5m", FASTER);
        let steady = format!("{calls} and on (job) job:calls:rate5m offset {window}");
        (!stack.prometheus.query(&steady).is_empty()).then_some(())
    });
    let pages = stack.notices.sent_to("/page");
    assert!(pages.is_empty(), "somebody was woken although all is well: {pages:#?}");

    provider.set_broken(true);
    let page = told(&stack.notices, "the bot fails", |notice| {
        let firing = notice.alerts("firing");
        // Two rules see the same fault: both are in one notice.
        holds(&firing, "ErrorRatioHigh") && holds(&firing, "ErrorBudgetBurnsFast")
    });
    assert_eq!(page.label("job"), Some("support-bot"));
    assert_eq!(page.label("entry"), Some("support.answer"));
    let words = page.annotation("ErrorRatioHigh", "description").unwrap_or_default();
    assert!(words.contains("% of its calls fail"), "{words}");
    let runbook = page.annotation("ErrorRatioHigh", "runbook_url").unwrap_or_default();
    assert!(taximeter_deploy::folder().with_file_name(runbook).is_file(), "{runbook}");

    provider.set_broken(false);
    let cure = told(&stack.notices, "the bot is well again", |notice| {
        holds(&notice.alerts("resolved"), "ErrorRatioHigh") && notice.received() > page.received()
    });
    assert_eq!(cure.group(), page.group());
    let of_the_bot =
        stack.notices.sent_to("/page").into_iter().filter(|notice| notice.label("job") == Some("support-bot"));
    let mut told: Vec<_> = of_the_bot.flat_map(|notice| notice.alerts("firing")).collect();
    told.sort();
    told.dedup();
    assert_eq!(told, ["ErrorBudgetBurnsFast", "ErrorRatioHigh"], "somebody was woken for something else");

    assert_eq!(demo.queries_without_data(), Vec::<String>::new(), "queries of dashboards without data");
    for panel in dashboards::all().iter().flat_map(Dashboard::panels).filter(|panel| panel.show == Show::HeatMap) {
        assert_leads_to_traces(&demo, panel);
    }
    demo.draw(&pictures());
}

/// The dots of a heat map, which Grafana makes of exemplars: each opens the trace of a call.
fn assert_leads_to_traces(demo: &Demo, panel: &Panel) {
    for query in &panel.queries {
        let expression = filled_in(&query.expr, demo::JOB, "1m", "1h");
        let exemplars: Vec<_> =
            demo.stack.prometheus.exemplars(&expression).into_iter().flat_map(|(_, all)| all).collect();
        assert!(!exemplars.is_empty(), "{}: no exemplar of `{expression}`", panel.title);
        for exemplar in exemplars {
            // The name that the data source in `deploy/grafana/provisioning` looks for.
            let id = exemplar["labels"]["trace_id"].as_str().unwrap_or_default();
            assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{exemplar}");
        }
    }
}

/// `TAXIMETER_BLESS=1` puts the pictures into `docs/`.
fn pictures() -> PathBuf {
    match std::env::var_os("TAXIMETER_BLESS") {
        Some(_) => taximeter_deploy::folder().with_file_name("docs").join("pictures"),
        None => Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures"),
    }
}

/// In real time, with the files exactly as they are.
#[test]
fn a_total_outage_is_told_within_a_minute() {
    let port = port::free_port();
    let quickstart = demo::quickstart(port, None);
    let services = [Service { job: "support-bot", ports: vec![port] }];
    let Some(stack) = Stack::start(&taximeter_deploy::folder(), &services, 1) else {
        return;
    };
    wait_for("the first scrape", || (stack.prometheus.query("up") == [1.0]).then_some(()));
    let killed = demo::now();
    drop(quickstart);
    let page = told(&stack.notices, "the bot is down", |notice| holds(&notice.alerts("firing"), "ServiceDown"));
    let seconds = page.received() - killed;
    eprintln!("a total outage was told after {seconds:.1} s");
    assert!(seconds < 60.0, "told after {seconds:.1} s");
    assert_eq!(page.label("job"), Some("support-bot"));
}
