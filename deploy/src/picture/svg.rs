//! The little of SVG that a picture needs.

use std::fmt::Write;

use super::Area;

/// A picture that is being drawn.
#[derive(Debug, Default)]
pub(super) struct Svg(String);

impl Svg {
    pub(super) fn text(&mut self, left: f64, base: f64, size: f64, weight: &str, text: &str) {
        let text = escaped(text);
        let _ = writeln!(
            self.0,
            "<text x=\"{left:.1}\" y=\"{base:.1}\" font-size=\"{size}\" font-weight=\"{weight}\">{text}</text>"
        );
    }

    /// Text that ends at `right`.
    pub(super) fn text_to(&mut self, right: f64, base: f64, size: f64, text: &str) {
        let text = escaped(text);
        let _ = writeln!(
            self.0,
            "<text x=\"{right:.1}\" y=\"{base:.1}\" font-size=\"{size}\" text-anchor=\"end\">{text}</text>"
        );
    }

    pub(super) fn frame(&mut self, area: Area) {
        self.shape(area, "fill=\"white\" stroke=\"#d0d0d8\" rx=\"3\"");
    }

    pub(super) fn bar(&mut self, area: Area, colour: &str) {
        self.shape(area, &format!("fill=\"{colour}\""));
    }

    fn shape(&mut self, area: Area, look: &str) {
        let Area { left, top, width, height } = area;
        let _ = writeln!(
            self.0,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" {look}/>"
        );
    }

    pub(super) fn line(&mut self, points: &[(f64, f64)], colour: &str, width: f64) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let points = points.join(" ");
        let _ = writeln!(
            self.0,
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"/>"
        );
    }

    /// What is between a line and `base`, in a pale shade.
    pub(super) fn area(&mut self, points: &[(f64, f64)], base: f64, colour: &str) {
        let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
        let corners = [&[(first.0, base)], points, &[(last.0, base)]].concat();
        let points: Vec<String> = corners.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let points = points.join(" ");
        let _ = writeln!(self.0, "<polygon points=\"{points}\" fill=\"white\"/>");
        let _ = writeln!(self.0, "<polygon points=\"{points}\" fill=\"{colour}\" fill-opacity=\"0.3\"/>");
    }

    pub(super) fn dashed(&mut self, from: (f64, f64), to: (f64, f64), colour: &str) {
        let _ = writeln!(
            self.0,
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{colour}\" stroke-dasharray=\"4 3\"/>",
            from.0, from.1, to.0, to.1
        );
    }

    pub(super) fn finish(self, width: f64, height: f64) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
             font-family=\"sans-serif\" fill=\"#222\">\n\
             <rect width=\"{width:.0}\" height=\"{height:.0}\" fill=\"#f4f5f8\"/>\n{}</svg>\n",
            self.0
        )
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
