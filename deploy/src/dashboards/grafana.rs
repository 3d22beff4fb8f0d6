//! A dashboard as Grafana reads it.
//!
//! The types are those of `@grafana/schema`, which the tests check it against. Data sources are variables, never the
//! address of one, so that the file works in any Grafana.

use serde_json::{Value, json};

use super::{Dashboard, Panel, Show};

/// The version of the format that is written. Newer versions of Grafana bring it up to date when they read it.
const SCHEMA_VERSION: u32 = 39;
const COLUMNS: u32 = 24;

pub(super) fn dashboard(dashboard: &Dashboard) -> Value {
    json!({
        "uid": format!("taximeter-{}", dashboard.name),
        "title": dashboard.title,
        "description": dashboard.description,
        "tags": ["taximeter"],
        "schemaVersion": SCHEMA_VERSION,
        "editable": false,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": { "from": "now-1h", "to": "now" },
        "timezone": "browser",
        "links": [{
            "type": "dashboards", "title": "taximeter", "tags": ["taximeter"], "asDropdown": false, "icon": "",
            "includeVars": true, "keepTime": true, "targetBlank": false, "tooltip": "", "url": ""
        }],
        "templating": { "list": [source(), job()] },
        "annotations": { "list": [restarts()] },
        "panels": panels(dashboard),
    })
}

fn source() -> Value {
    json!({ "type": "datasource", "name": "source", "label": "Prometheus", "query": "prometheus" })
}

fn job() -> Value {
    let query = "label_values(operation_duration_seconds_count, job)";
    json!({
        "type": "query", "name": "job", "label": "Service", "datasource": prometheus(),
        "query": { "query": query, "refId": "job" }, "refresh": 2, "sort": 1,
    })
}

/// A line where a process began: a deploy, or a restart that nobody asked for.
fn restarts() -> Value {
    json!({
        "name": "Restarts", "enable": true, "iconColor": "blue", "datasource": prometheus(),
        "target": { "refId": "restarts", "expr": RESTARTS },
    })
}

/// The moment each process began, as the time of the annotation.
pub(crate) const RESTARTS: &str = "changes(process_start_time_seconds{job=\"$job\"}[2m]) > 0";

fn prometheus() -> Value {
    json!({ "type": "prometheus", "uid": "${source}" })
}

fn panels(dashboard: &Dashboard) -> Vec<Value> {
    let mut place = Place::default();
    let mut panels = Vec::new();
    for row in &dashboard.rows {
        let at = place.heading();
        panels.push(json!({
            "id": panels.len() + 1, "type": "row", "title": row.title, "collapsed": false, "gridPos": at, "panels": [],
        }));
        for panel in &row.panels {
            let at = place.of(panel);
            panels.push(drawn(panel, panels.len() + 1, at));
        }
    }
    panels
}

/// Where the next panel goes in Grafana's grid.
#[derive(Default)]
struct Place {
    left: u32,
    top: u32,
    /// How high the current line of panels is.
    high: u32,
}

impl Place {
    fn heading(&mut self) -> Value {
        self.wrap();
        let at = json!({ "x": 0, "y": self.top, "w": COLUMNS, "h": 1 });
        self.top += 1;
        at
    }

    fn of(&mut self, panel: &Panel) -> Value {
        if self.left + panel.width > COLUMNS {
            self.wrap();
        }
        let at = json!({ "x": self.left, "y": self.top, "w": panel.width, "h": panel.height() });
        self.left += panel.width;
        self.high = self.high.max(panel.height());
        at
    }

    fn wrap(&mut self) {
        self.top += self.high;
        (self.left, self.high) = (0, 0);
    }
}

fn drawn(panel: &Panel, id: usize, at: Value) -> Value {
    let kind = match panel.show {
        Show::Number => "stat",
        Show::Lines | Show::Stacked => "timeseries",
        Show::HeatMap => "heatmap",
        Show::Bars => "bargauge",
    };
    let mut drawn = json!({
        "id": id, "type": kind, "title": panel.title, "description": panel.description, "gridPos": at,
        "datasource": prometheus(), "targets": targets(panel),
        "fieldConfig": { "defaults": defaults(panel), "overrides": [] },
        "options": options(panel.show),
    });
    if let (Some(since), Some(drawn)) = (panel.since, drawn.as_object_mut()) {
        drawn.insert("timeFrom".to_owned(), since.into());
    }
    drawn
}

fn targets(panel: &Panel) -> Vec<Value> {
    let ids = "ABCDEFGH".chars();
    // A time of its own is asked about as a whole, at its end.
    let is_instant = panel.show == Show::Bars || panel.since.is_some();
    let target = |(id, query): (char, &super::Query)| {
        json!({
            "refId": id.to_string(), "datasource": prometheus(), "expr": query.expr, "legendFormat": query.legend,
            "instant": is_instant, "range": !is_instant, "exemplar": panel.show == Show::HeatMap,
            "format": if panel.show == Show::HeatMap { "heatmap" } else { "time_series" },
        })
    };
    ids.zip(&panel.queries).map(target).collect()
}

fn defaults(panel: &Panel) -> Value {
    let mut steps = vec![json!({ "color": "green", "value": null })];
    if let Some((yellow, red)) = panel.limits {
        if yellow < red {
            steps.push(json!({ "color": "yellow", "value": yellow }));
        }
        steps.push(json!({ "color": "red", "value": red }));
    }
    let stacking = if panel.show == Show::Stacked { "normal" } else { "none" };
    json!({
        "unit": panel.unit.grafana(),
        "min": 0,
        "noValue": "no data",
        "color": { "mode": if panel.limits.is_some() && panel.show == Show::Number { "thresholds" } else { "palette-classic" } },
        "thresholds": { "mode": "absolute", "steps": steps },
        "custom": {
            "drawStyle": "line", "lineWidth": 1, "fillOpacity": if panel.show == Show::Stacked { 30 } else { 0 },
            "spanNulls": false, "stacking": { "mode": stacking, "group": "A" },
            "thresholdsStyle": { "mode": if panel.limits.is_some() { "line" } else { "off" } },
        },
    })
}

fn options(show: Show) -> Value {
    let last = json!({ "calcs": ["lastNotNull"], "fields": "", "values": false });
    match show {
        Show::Number => {
            json!({ "reduceOptions": last, "graphMode": "area", "colorMode": "value", "textMode": "value" })
        }
        Show::Bars => json!({ "reduceOptions": last, "orientation": "horizontal", "displayMode": "basic" }),
        Show::HeatMap => json!({
            "calculate": false, "yAxis": { "unit": "s" }, "color": { "mode": "scheme", "scheme": "Oranges", "steps": 32 },
            "exemplars": { "color": "rgba(31,120,193,0.9)" }, "tooltip": { "mode": "single" },
        }),
        Show::Lines | Show::Stacked => json!({
            "legend": { "displayMode": "list", "placement": "bottom", "showLegend": true },
            "tooltip": { "mode": "multi", "sort": "desc" },
        }),
    }
}
