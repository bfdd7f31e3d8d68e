//! Plots as data: axes, series, marks and rules, drawn on plotters and coloured by class only.

mod backend;
mod labels;
mod scale;

use backend::Canvas;
use plotters::coord::cartesian::{Cartesian2d, MeshLine};
use plotters::coord::ranged1d::BoldPoints;
use plotters::drawing::DrawingArea;
use plotters::element::PathElement;
use scale::Coord;

use super::svg::{Anchor, Svg};
use super::view::View;
use super::wrap::width;

pub use scale::Scale;

/// An axis.
#[derive(Clone, Debug)]
pub struct Axis {
    /// What it measures, with its unit.
    pub label: String,
    /// How it is divided.
    pub scale: Scale,
    /// Its ends, in order; above 0 on a logarithmic axis.
    pub range: (f64, f64),
    /// How its ticks are printed.
    pub print: fn(f64) -> String,
}

/// How a line is stroked, so that no meaning rests on colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// The one the plot is about.
    Bold,
    /// Unbroken.
    Solid,
    /// Long dashes.
    Dashed,
    /// Dots.
    Dotted,
}

/// How points are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// By straight lines.
    Straight,
    /// Each value holds up to the next point.
    Stepped,
}

/// A measured or counted value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Place on the horizontal axis.
    pub x: f64,
    /// Place on the vertical axis.
    pub y: f64,
    /// From the least to the greatest value seen, drawn as a bar.
    pub spread: Option<(f64, f64)>,
}

impl Point {
    /// A point without spread.
    pub fn new(x: f64, y: f64) -> Point {
        Point { x, y, spread: None }
    }
}

/// A line through points.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its name, written at its end.
    pub label: String,
    /// Class of its colour.
    pub class: &'static str,
    /// Its stroke.
    pub stroke: Stroke,
    /// How its points are joined.
    pub join: Join,
    /// Whether each point has a dot of its own.
    pub dots: bool,
    /// Its points from left to right; what is not finite, or not above 0 on a logarithmic axis, is left out.
    pub points: Vec<Point>,
}

/// The shape of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A dot.
    Dot,
    /// A ring around something found.
    Ring,
}

/// A point worth naming.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Where.
    pub at: (f64, f64),
    /// Its shape.
    pub shape: Shape,
    /// Class of its colour.
    pub class: &'static str,
    /// A few words beside it, possibly none.
    pub label: String,
    /// The cell that can be asked why: its id and what it is called.
    pub cell: Option<(String, String)>,
}

/// A vertical line.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Where on the horizontal axis.
    pub x: f64,
    /// Class of its colour; `pl-now` is the present setting.
    pub class: &'static str,
    /// A few words at its head, possibly none.
    pub label: String,
}

/// A plot.
#[derive(Clone, Debug)]
pub struct Plot {
    /// What is plotted, one line above it; possibly empty.
    pub title: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// Its lines, back to front.
    pub series: Vec<Series>,
    /// Its vertical lines, behind the series.
    pub rules: Vec<Rule>,
    /// Its named points, in front.
    pub marks: Vec<Mark>,
}

/// A box in px.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Plot {
    /// Draws the plot, axes and labels included, into a box.
    pub fn draw(&self, svg: &mut Svg, within: Frame, view: &View) {
        let size = view.metrics.t00;
        let inner = self.inner(within, size);
        let (x, y) = (Coord::new(&self.x), Coord::new(&self.y));
        let canvas = Canvas::new(svg, within);
        let px = |from: f64, to: f64| Canvas::units(from)..Canvas::units(to);
        let (right, bottom) = (inner.x + inner.w, inner.y + inner.h);
        let space = Cartesian2d::<Coord, Coord>::new(x, y, (px(inner.x, right), px(bottom, inner.y)));
        let area = DrawingArea::from(canvas).apply_coord_spec(space);
        let mut ticks = Vec::new();
        let (n_x, n_y) = self.n_ticks(inner, size);
        // Drawing into text cannot fail: the error has no value.
        let _ = area.draw_mesh(
            |canvas, line| {
                line.draw(canvas, &Canvas::style("pl-grid"))?;
                ticks.push(match line {
                    MeshLine::XMesh(at, _, value) => (true, Canvas::px(at.0), *value),
                    MeshLine::YMesh(at, _, value) => (false, Canvas::px(at.1), *value),
                });
                Ok(())
            },
            BoldPoints(n_y),
            BoldPoints(n_x),
        );
        self.lines(&area);
        let at = |x: f64, y: f64| {
            let (x, y) = area.map_coordinate(&(x, y));
            (Canvas::px(x), Canvas::px(y))
        };
        let ends: Vec<(f64, &Series)> = self
            .series
            .iter()
            .filter_map(|series| {
                series.points.iter().rfind(|point| self.shows(point.x, point.y)).map(|last| (at(last.x, last.y).1, series))
            })
            .collect();
        let rules: Vec<f64> = self.rules.iter().map(|rule| at(rule.x, self.y.range.1).0).collect();
        let dots = self.series.iter().filter(|series| series.dots).flat_map(|series| {
            series.points.iter().filter(|point| self.shows(point.x, point.y)).map(|point| (at(point.x, point.y), series.class))
        });
        let dots: Vec<((f64, f64), &str)> = dots.collect();
        let marks: Vec<((f64, f64), &Mark)> =
            self.marks.iter().filter(|mark| self.shows(mark.at.0, mark.at.1)).map(|mark| (at(mark.at.0, mark.at.1), mark)).collect();
        drop(area);
        self.label(svg, within, inner, &ticks, size);
        labels::ends(svg, inner, &ends, size);
        self.heads(svg, within, inner, &rules, size);
        dots.iter().for_each(|((x, y), class)| disc(svg, class, *x, *y, size * 0.24));
        marks.iter().for_each(|(at, mark)| draw_mark(svg, inner, *at, mark, size));
    }

    /// Rules, series and bars of spread.
    fn lines(&self, area: &Area<'_>) {
        for rule in &self.rules {
            let ends = vec![(rule.x, self.y.range.0), (rule.x, self.y.range.1)];
            put(area, ends, rule.class, 1);
        }
        for series in &self.series {
            put(area, self.corners(series), series.class, series.stroke as u32);
            for point in series.points.iter().filter(|point| self.shows(point.x, point.y)) {
                if let Some((low, high)) = point.spread.filter(|spread| self.shows(point.x, spread.0) && self.shows(point.x, spread.1)) {
                    put(area, vec![(point.x, low), (point.x, high)], series.class, backend::BAR);
                }
            }
        }
    }

    /// Whether a point can be drawn.
    fn shows(&self, x: f64, y: f64) -> bool {
        self.x.holds(x) && self.y.holds(y)
    }

    /// The corners of a line.
    fn corners(&self, series: &Series) -> Vec<(f64, f64)> {
        let mut corners: Vec<(f64, f64)> = Vec::new();
        for point in series.points.iter().filter(|point| self.shows(point.x, point.y)) {
            if let (Join::Stepped, Some(last)) = (series.join, corners.last()) {
                corners.push((point.x, last.1));
            }
            corners.push((point.x, point.y));
        }
        corners
    }
}

impl Axis {
    /// Whether a value lies on the axis.
    fn holds(&self, value: f64) -> bool {
        let (low, high) = self.range;
        // The lower end of a logarithmic axis may be many powers of ten below the upper.
        let below = 1e-9 * if self.scale == Scale::Linear { high.abs() } else { low };
        value.is_finite() && value >= low - below && value <= high + 1e-9 * high.abs()
    }
}

/// The box of the plot, on plotters.
type Area<'a> = DrawingArea<Canvas<'a>, Cartesian2d<Coord, Coord>>;

/// A line through corners. Drawing into text cannot fail: the error has no value.
fn put(area: &Area<'_>, corners: Vec<(f64, f64)>, class: &str, stroke: u32) {
    let _ = area.draw(&PathElement::new(corners, Canvas::style(class).stroke_width(stroke)));
}

fn disc(svg: &mut Svg, class: &str, x: f64, y: f64, r: f64) {
    svg.disc(&["pl-dot ", class].concat(), x, y, r);
}

fn draw_mark(svg: &mut Svg, inner: Frame, (x, y): (f64, f64), mark: &Mark, size: f64) {
    if let Some((id, name)) = &mark.cell {
        svg.cell(id, name);
    }
    match mark.shape {
        Shape::Dot => disc(svg, mark.class, x, y, size * 0.42),
        Shape::Ring => disc(svg, &["pl-ring ", mark.class].concat(), x, y, size * 0.75),
    }
    if mark.cell.is_some() {
        svg.end();
    }
    let wide = width(&mark.label, size);
    let fits_right = x + size + wide < inner.x + inner.w;
    let (anchor, at) = if fits_right { (Anchor::Start, x + size) } else { (Anchor::End, x - size) };
    // Above the mark, unless that is above the plot; at its left below, clear of a line that falls to it.
    let base = if y - size < inner.y || !fits_right { y + 1.6 * size } else { y - 0.7 * size };
    svg.text("t00 b pl-halo", anchor, at, base, &mark.label);
}

#[cfg(test)]
mod tests {
    use super::scale::log_ticks;
    use super::*;
    use crate::content::Lang;
    use crate::figure::{Metrics, Mode};

    fn plot(scale: Scale, y: &[f64]) -> Plot {
        let axis = |label: &str, range| Axis { label: label.into(), scale, range, print: |x| format!("{x:.0}") };
        let point = |(idx, y): (usize, &f64)| Point { x: (idx + 1) as f64, y: *y, spread: Some((y * 0.9, y * 1.1)) };
        let points = y.iter().enumerate().map(point).collect();
        let line = Series { label: "a < b".into(), class: "pl-a", stroke: Stroke::Dashed, join: Join::Stepped, dots: true, points };
        Plot {
            title: String::new(),
            x: axis("x", (1.0, 8.0)),
            y: axis("y", (1.0, 1000.0)),
            series: vec![line],
            rules: vec![],
            marks: vec![],
        }
    }

    fn drawn(plot: &Plot) -> String {
        let metrics = Metrics::from_tokens(|_| None);
        let view = View { width: 400.0, mode: Mode::Wide, metrics, lang: Lang::En, cell: None, asking: false };
        let mut svg = Svg::default();
        plot.draw(&mut svg, Frame { x: 0.0, y: 0.0, w: 400.0, h: 200.0 }, &view);
        svg.0
    }

    #[test]
    fn a_place_that_an_axis_cannot_hold_is_left_out() {
        for scale in [Scale::Linear, Scale::Log2, Scale::Log10] {
            let body = drawn(&plot(scale, &[2.0, f64::NAN, 0.0, -3.0, 90.0, f64::INFINITY, 2000.0]));
            assert_eq!(body.matches("pl-dot").count(), 2, "{scale:?}");
            assert!(!body.contains("NaN") && !body.contains("inf") && body.contains("a &lt; b"), "{scale:?}");
            assert!(body.contains("m-3 0h6"), "{scale:?}: bars of spread");
            drawn(&plot(scale, &[]));
        }
    }

    #[test]
    fn nothing_is_0_on_a_logarithmic_axis_however_low_it_begins() {
        let axis = |scale| Axis { label: String::new(), scale, range: (1e-11, 1.0), print: |x| format!("{x}") };
        assert!(!axis(Scale::Log10).holds(0.0) && !axis(Scale::Log10).holds(1e-12) && axis(Scale::Log10).holds(1e-11));
        assert!(axis(Scale::Linear).holds(0.0));
    }

    #[test]
    fn a_stepped_line_has_no_slopes_and_a_straight_one_has() {
        let slopes = |join| {
            let mut plot = plot(Scale::Log10, &[2.0, 20.0, 200.0]);
            plot.series[0].join = join;
            drawn(&plot).split("pl-line pl-a pl-dashed").nth(1).map_or(0, |path| path.split("/>").next().unwrap_or("").matches('L').count())
        };
        assert_eq!((slopes(Join::Stepped), slopes(Join::Straight)), (0, 2));
    }

    #[test]
    fn ticks_are_round_and_few_enough() {
        assert_eq!(log_ticks(Scale::Log2, (1.0, 1024.0), 11), (0..11).map(|k| 2f64.powi(k)).collect::<Vec<_>>());
        assert_eq!(log_ticks(Scale::Log2, (1.0, 1024.0), 6), [1.0, 4.0, 16.0, 64.0, 256.0, 1024.0]);
        assert_eq!(log_ticks(Scale::Log10, (1.0, 100.0), 7), [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]);
        assert_eq!(log_ticks(Scale::Log10, (0.5, 2e6), 4), [1.0, 100.0, 1e4, 1e6]);
        assert_eq!(log_ticks(Scale::Log10, (3e6, 4.5e6), 9), [3e6, 4e6]);
    }
}
