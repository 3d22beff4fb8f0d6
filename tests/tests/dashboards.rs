//! The dashboards, as far as they can be held without Grafana: its types, and every panel complete.
//!
//! That every query has data is held by `fleet.rs`; that it names what exists, by the package that makes it.

use taximeter_deploy::dashboards::{self, Dashboard};
use taximeter_tests::node;

#[test]
fn they_are_what_grafana_reads() {
    for dashboard in dashboards::all() {
        let Some(words) = node::faults_as_a_dashboard(&dashboard.json().to_string()) else {
            return;
        };
        assert_eq!(words, "", "{}", dashboard.name);
    }
}

/// The check above finds something at all.
#[test]
fn what_grafana_does_not_read_is_found() {
    let Some(words) = node::faults_as_a_dashboard(r#"{ "title": "x", "schemaVersion": "thirty" }"#) else {
        return;
    };
    assert!(words.contains("schemaVersion") || words.contains("string"), "{words}");
}

#[test]
fn every_panel_has_a_title_a_meaning_a_unit_and_a_question() {
    for panel in dashboards::all().iter().flat_map(Dashboard::panels) {
        let title = panel.title;
        assert!(panel.description.ends_with('.') && panel.description.len() > 20, "{title} does not say what it means");
        assert!(!panel.queries.is_empty(), "{title} asks nothing");
        assert!(!panel.unit.grafana().is_empty(), "{title} has no unit");
        for query in &panel.queries {
            assert!(query.expr.contains("$job"), "{title} shows all services at once: {}", query.expr);
        }
    }
}

/// A rate is per second; what is called dollars an hour must say so in the expression.
#[test]
fn dollars_an_hour_are_dollars_an_hour() {
    let dashboards = dashboards::all();
    let panels = dashboards.iter().flat_map(Dashboard::panels);
    let rates = panels.flat_map(|panel| panel.queries.iter().map(|query| (panel.title, &query.expr)));
    let of_money = rates.filter(|(_, expr)| expr.contains("rate(llm_cost_usd_total"));
    let wrong: Vec<_> = of_money.filter(|(_, expr)| !expr.contains("* 3600")).collect();
    assert_eq!(wrong, []);
}

/// A dot of a heat map opens its trace: it is asked for, and its id is looked for by the name that the page gives it.
#[test]
fn a_dot_of_a_heat_map_leads_to_a_trace() {
    for dashboard in dashboards::all() {
        let json = dashboard.json();
        let panels = json["panels"].as_array().cloned().unwrap_or_default();
        for panel in panels.iter().filter(|panel| panel["type"] == "heatmap") {
            assert_eq!(panel["targets"][0]["exemplar"], true, "{}", panel["title"]);
        }
    }
    let file = taximeter_deploy::folder().join("grafana/provisioning/datasources/sources.yaml");
    let Some(sources) = node::yaml(&file) else {
        return;
    };
    let links = &sources["datasources"][0]["jsonData"]["exemplarTraceIdDestinations"];
    assert_eq!((&links[0]["name"], &links[0]["datasourceUid"]), (&"trace_id".into(), &"jaeger".into()));
}

/// What is called today begins at midnight, and what is called a month on its first day: each in a time of its own.
#[test]
fn today_is_since_midnight_and_the_month_since_its_first_day() {
    let dashboards = dashboards::all();
    let panel = |title: &str| dashboards.iter().flat_map(Dashboard::panels).find(|panel| panel.title == title);
    for (title, since) in [("Spent today", "now/d"), ("Projected month", "now/M")] {
        let panel = panel(title).unwrap_or_else(|| panic!("no panel `{title}`"));
        assert_eq!(panel.since, Some(since), "{title}");
        assert!(panel.queries.iter().all(|query| query.expr.contains("[$__range]")), "{title}");
        assert!(panel.description.contains("time zone"), "{title}");
    }
}

/// A file that names a data source works in one Grafana alone.
#[test]
fn no_data_source_is_named() {
    for dashboard in dashboards::all() {
        let json = dashboard.json().to_string();
        assert_eq!(json.matches("\"uid\":\"prometheus\"").count(), 0, "{}", dashboard.name);
        assert!(json.contains("\"uid\":\"${source}\""));
    }
}

/// The pictures in the documents are drawn by hand of `TAXIMETER_BLESS=1`, in `fleet.rs`: they show the panels of today.
#[test]
fn the_pictures_in_the_documents_show_the_panels_that_there_are() {
    let pictures = taximeter_deploy::folder().with_file_name("docs").join("pictures");
    for dashboard in dashboards::all() {
        let picture = std::fs::read_to_string(pictures.join(format!("{}.svg", dashboard.name))).expect("a picture");
        let headings = picture.lines().filter(|line| line.contains("font-size=\"12\" font-weight=\"bold\""));
        let drawn: Vec<_> = headings.filter_map(|line| line.split_once('>')?.1.strip_suffix("</text>")).collect();
        let titles: Vec<_> = dashboard.panels().map(|panel| panel.title).collect();
        assert_eq!(
            drawn, titles,
            "docs/pictures/{}.svg is stale: TAXIMETER_BLESS=1 cargo nextest run -p taximeter-tests --test fleet",
            dashboard.name
        );
    }
}
