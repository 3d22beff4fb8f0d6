//! How each kind of panel is drawn.

use super::svg::Svg;
use super::{Area, Series};
use crate::dashboards::{Panel, Show, Unit};

const COLOURS: [&str; 8] = ["#3274d9", "#e0752d", "#299c46", "#b877d9", "#e02f44", "#0a7c8c", "#c4a000", "#705da0"];
const GRID: &str = "#e4e4ea";
/// The legend takes no more lines than this.
const LEGEND: usize = 2;

fn colour(place: usize) -> &'static str {
    COLOURS.get(place % COLOURS.len()).unwrap_or(&"black")
}

/// Where time and value are in an area.
struct Scale {
    area: Area,
    begin: f64,
    end: f64,
    most: f64,
}

impl Scale {
    fn of(area: Area, series: &[Series]) -> Self {
        let points = || series.iter().flat_map(|series| &series.points);
        let begin = points().map(|point| point.0).fold(f64::INFINITY, f64::min);
        let end = points().map(|point| point.0).fold(f64::NEG_INFINITY, f64::max);
        let most = points().map(|point| point.1).filter(|value| value.is_finite()).fold(0.0, f64::max);
        Self { area, begin, end: end.max(begin + 1.0), most: if most > 0.0 { most * 1.1 } else { 1.0 } }
    }

    fn x(&self, time: f64) -> f64 {
        self.area.left + (time - self.begin) / (self.end - self.begin) * self.area.width
    }

    fn y(&self, value: f64) -> f64 {
        self.area.top + self.area.height * (1.0 - value / self.most)
    }

    fn grid(&self, svg: &mut Svg, unit: Unit) {
        for part in 0..=3 {
            let value = self.most * f64::from(part) / 3.0;
            let y = self.y(value);
            svg.line(&[(self.area.left, y), (self.area.left + self.area.width, y)], GRID, 1.0);
            svg.text_to(self.area.left - 4.0, y + 3.0, 9.0, &unit.format(value));
        }
        self.times(svg);
    }

    fn times(&self, svg: &mut Svg) {
        let below = self.area.top + self.area.height + 12.0;
        svg.text(self.area.left, below, 9.0, "normal", "0 s");
        let all = format!("{:.0} s", self.end - self.begin);
        svg.text_to(self.area.left + self.area.width, below, 9.0, &all);
    }
}

/// Room for the numbers on the left, the times and the legend below.
fn plotted(area: Area) -> Area {
    let below = 16.0 + LEGEND as f64 * 13.0;
    Area { left: area.left + 58.0, top: area.top + 4.0, width: area.width - 62.0, height: area.height - below }
}

pub(super) fn lines(svg: &mut Svg, panel: &Panel, area: Area, series: &[Series]) {
    let scale = Scale::of(plotted(area), series);
    scale.grid(svg, panel.unit);
    for (limit, colour) in panel.limits.into_iter().flat_map(|(yellow, red)| [(yellow, "#c4a000"), (red, "#e02f44")]) {
        if limit < scale.most {
            let (left, y) = (scale.area.left, scale.y(limit));
            svg.dashed((left, y), (left + scale.area.width, y), colour);
        }
    }
    // The highest area of a stack first, so that each one below is drawn over it.
    for (place, series) in series.iter().enumerate().rev() {
        for part in unbroken(&series.points) {
            let points: Vec<_> = part.iter().map(|(time, value)| (scale.x(*time), scale.y(*value))).collect();
            if panel.show == Show::Stacked {
                svg.area(&points, scale.y(0.0), colour(place));
            }
            svg.line(&points, colour(place), 1.5);
        }
    }
    legend(svg, area, series);
}

/// A value that is no number, or that is not there, is a gap.
fn unbroken(points: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
    let steps = points.windows(2).filter_map(|pair| Some(pair.get(1)?.0 - pair.first()?.0));
    let step = steps.fold(f64::INFINITY, f64::min);
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    for point in points.iter().filter(|point| point.1.is_finite()) {
        match parts.last_mut() {
            Some(part) if part.last().is_some_and(|last| point.0 - last.0 < step * 1.5) => part.push(*point),
            _ => parts.push(vec![*point]),
        }
    }
    parts
}

fn legend(svg: &mut Svg, area: Area, series: &[Series]) {
    let (mut left, mut line) = (area.left, 0);
    for (place, series) in series.iter().enumerate() {
        let width = 22.0 + series.name.chars().count() as f64 * 5.6;
        if left + width > area.left + area.width {
            (left, line) = (area.left, line + 1);
        }
        if line == LEGEND {
            return;
        }
        let base = area.top + area.height - (LEGEND - 1 - line) as f64 * 13.0;
        svg.bar(Area { left, top: base - 6.0, width: 10.0, height: 3.0 }, colour(place));
        svg.text(left + 13.0, base, 10.0, "normal", &series.name);
        left += width;
    }
}

/// Each series upon the ones before it.
pub(super) fn stacked(series: &[Series]) -> Vec<Series> {
    let mut below: std::collections::BTreeMap<u64, f64> = std::collections::BTreeMap::new();
    let mut upon = |point: &(f64, f64)| {
        let sum = below.entry(point.0.to_bits()).or_default();
        *sum += if point.1.is_finite() { point.1 } else { 0.0 };
        (point.0, *sum)
    };
    let stacked =
        |series: &Series| Series { name: series.name.clone(), points: series.points.iter().map(&mut upon).collect() };
    series.iter().map(stacked).collect()
}

pub(super) fn number(svg: &mut Svg, panel: &Panel, area: Area, series: &[Series]) {
    let Some(series) = series.first() else { return };
    let behind = Area { top: area.top + area.height * 0.55, height: area.height * 0.4, ..area };
    let scale = Scale::of(behind, std::slice::from_ref(series));
    for part in unbroken(&series.points) {
        let points: Vec<_> = part.iter().map(|(time, value)| (scale.x(*time), scale.y(*value))).collect();
        svg.line(&points, colour(0), 1.0);
    }
    let value = series.last().map_or_else(|| "no data".to_owned(), |value| panel.unit.format(value));
    svg.text(area.left, area.top + 34.0, 26.0, "bold", &value);
}

/// As many lines as there is room for, the longest first.
pub(super) fn bars(svg: &mut Svg, panel: &Panel, area: Area, series: &[Series]) {
    let mut values: Vec<_> = series.iter().filter_map(|series| Some((&series.name, series.last()?))).collect();
    values.retain(|(_, value)| value.is_finite());
    values.sort_by(|left, right| right.1.total_cmp(&left.1));
    let most = values.first().map_or(1.0, |first| first.1).max(f64::MIN_POSITIVE);
    for (place, (name, value)) in values.iter().take((area.height / 21.0) as usize).enumerate() {
        let top = area.top + place as f64 * 21.0;
        let width = (area.width - 90.0) * (value / most);
        svg.text(area.left, top + 9.0, 10.0, "normal", name);
        svg.bar(Area { left: area.left, top: top + 12.0, width: width.max(1.0), height: 7.0 }, colour(0));
        svg.text_to(area.left + area.width, top + 19.0, 11.0, &panel.unit.format(*value));
    }
}

/// One line of cells for each bucket, the shortest durations below. Prometheus counts upwards, so each bucket takes off
/// the one below it.
pub(super) fn heat_map(svg: &mut Svg, panel: &Panel, area: Area, series: &[Series]) {
    let mut buckets: Vec<_> = series.iter().filter_map(|series| Some((bound(&series.name)?, series))).collect();
    buckets.sort_by(|left, right| left.0.total_cmp(&right.0));
    let own: Vec<Vec<(f64, f64)>> = buckets.iter().enumerate().map(|(place, _)| cells(&buckets, place)).collect();
    let most = own.iter().flatten().map(|point| point.1).fold(f64::MIN_POSITIVE, f64::max);
    let scale = Scale::of(plotted(area), series);
    let height = scale.area.height / buckets.len().max(1) as f64;
    for (place, (points, (bound, _))) in own.iter().zip(&buckets).enumerate() {
        let top = scale.area.top + scale.area.height - height * (place + 1) as f64;
        if place % 3 == 0 && bound.is_finite() {
            svg.text_to(scale.area.left - 4.0, top + 4.0, 9.0, &panel.unit.format(*bound));
        }
        let width = scale.area.width / points.len().max(1) as f64 + 0.5;
        for (time, count) in points.iter().filter(|point| point.1 > 0.0) {
            let left = (scale.x(*time) - width).max(scale.area.left);
            svg.bar(Area { left, top, width, height: height - 1.0 }, &warmth(count / most));
        }
    }
    scale.times(svg);
}

fn bound(name: &str) -> Option<f64> {
    if name == "+Inf" { Some(f64::INFINITY) } else { name.parse().ok() }
}

fn cells(buckets: &[(f64, &Series)], place: usize) -> Vec<(f64, f64)> {
    let Some((_, series)) = buckets.get(place) else { return Vec::new() };
    let below = place.checked_sub(1).and_then(|place| buckets.get(place));
    let under = |time: f64| {
        let point = below?.1.points.iter().find(|point| point.0 == time)?;
        Some(point.1)
    };
    series.points.iter().map(|(time, count)| (*time, (count - under(*time).unwrap_or(0.0)).max(0.0))).collect()
}

/// From pale to dark orange. The root makes few visible beside many.
fn warmth(share: f64) -> String {
    let share = share.clamp(0.0, 1.0).sqrt();
    let part = |pale: f64, dark: f64| (pale + (dark - pale) * share).round();
    format!("rgb({},{},{})", part(255.0, 166.0), part(236.0, 54.0), part(217.0, 3.0))
}
