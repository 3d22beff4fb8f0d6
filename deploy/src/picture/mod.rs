//! A dashboard as a picture, for those who have no Grafana at hand.
//!
//! It shows the same panels with the same numbers in the same places, drawn more simply. It is no picture of Grafana.

mod plot;
mod svg;

use crate::dashboards::{Dashboard, Panel, Show};
use svg::Svg;

/// One line of an answer: what it is called, and its values over time.
#[derive(Clone, Debug)]
pub struct Series {
    /// What the legend says.
    pub name: String,
    /// Seconds since 1970 and the value, in the order of time.
    pub points: Vec<(f64, f64)>,
}

impl Series {
    /// Its last value.
    pub fn last(&self) -> Option<f64> {
        self.points.last().map(|point| point.1)
    }
}

const COLUMN: f64 = 50.0;
const LINE: f64 = 34.0;
const COLUMNS: u32 = 24;
const GAP: f64 = 6.0;

/// A rectangle of the picture.
#[derive(Clone, Copy, Debug)]
struct Area {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

/// Draws `dashboard`; `answers` has the series of each of its panels, in order.
pub fn svg(dashboard: &Dashboard, answers: &[Vec<Series>]) -> String {
    let mut svg = Svg::default();
    let mut answers = answers.iter();
    let mut top = 1.2;
    svg.text(8.0, 26.0, 18.0, "bold", dashboard.title);
    for row in &dashboard.rows {
        svg.text(8.0, (top + 0.65) * LINE, 13.0, "bold", row.title);
        top += 0.9;
        let (mut left, mut high) = (0, 0);
        for panel in &row.panels {
            if left + panel.width > COLUMNS {
                top += f64::from(high);
                (left, high) = (0, 0);
            }
            let area = Area {
                left: f64::from(left) * COLUMN,
                top: top * LINE,
                width: f64::from(panel.width) * COLUMN,
                height: f64::from(panel.height()) * LINE,
            };
            framed(&mut svg, panel, area, answers.next().map_or(&[], Vec::as_slice));
            left += panel.width;
            high = high.max(panel.height());
        }
        top += f64::from(high);
    }
    svg.finish(f64::from(COLUMNS) * COLUMN, top * LINE + GAP)
}

/// A panel with its frame and heading.
fn framed(svg: &mut Svg, panel: &Panel, area: Area, series: &[Series]) {
    let frame = Area {
        left: area.left + GAP / 2.0,
        top: area.top + GAP / 2.0,
        width: area.width - GAP,
        height: area.height - GAP,
    };
    svg.frame(frame);
    svg.text(frame.left + 8.0, frame.top + 16.0, 12.0, "bold", panel.title);
    let inside =
        Area { left: frame.left + 8.0, top: frame.top + 24.0, width: frame.width - 16.0, height: frame.height - 30.0 };
    match panel.show {
        _ if series.iter().all(|series| series.points.is_empty()) => {
            svg.text(inside.left, inside.top + 24.0, 14.0, "normal", "no data");
        }
        Show::Number => plot::number(svg, panel, inside, series),
        Show::Lines => plot::lines(svg, panel, inside, series),
        Show::Stacked => plot::lines(svg, panel, inside, &plot::stacked(series)),
        Show::HeatMap => plot::heat_map(svg, panel, inside, series),
        Show::Bars => plot::bars(svg, panel, inside, series),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboards;

    #[test]
    fn every_panel_is_drawn_with_and_without_data() {
        for dashboard in dashboards::all() {
            let count = dashboard.panels().count();
            let series = |name: &str| Series { name: name.to_owned(), points: vec![(0.0, 0.0), (60.0, 7.0)] };
            let full = svg(&dashboard, &vec![vec![series("0.5"), series("+Inf"), series("<b>")]; count]);
            assert!(!full.contains("no data") && !full.contains("NaN") && !full.contains("<b>"), "{full}");
            let empty = svg(&dashboard, &[]);
            assert_eq!(empty.matches("no data").count(), count);
            for panel in dashboard.panels() {
                assert!(full.contains(panel.title) && empty.contains(panel.title));
            }
        }
    }
}
