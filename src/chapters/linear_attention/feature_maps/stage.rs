//! The stage: two tables and the row in focus, all maps compared, and three small plots.

use super::figure::FeatureMaps;
use super::{row, small, strip, tables};
use crate::content::Lang;
use crate::figure::marks::Frame;
use crate::figure::svg::{Anchor, Svg};
use crate::figure::{Drawing, Mode, View};

/// What every part of the stage needs to know.
pub struct At<'a> {
    /// Unit: 1 on a page, about 2 in the presenter.
    pub u: f64,
    /// Size of the small text in px.
    pub size: f64,
    /// Width of the stage.
    pub width: f64,
    /// The row in focus.
    pub row: usize,
    /// The language.
    pub lang: Lang,
    /// Whether a question covers what the map does.
    pub asking: bool,
    /// The page.
    pub view: &'a View,
}

/// Height of a line of the tables on a page, and in the presenter, where the stage has to fit a screen.
const LINES: (f64, f64) = (13.0, 12.0);

/// Draws everything.
pub fn draw(fig: &FeatureMaps, row: usize, view: &View) -> Drawing {
    let present = view.mode == Mode::Present;
    let u = if present { (view.metrics.t00 / 11.0).max(1.0) } else { 1.0 };
    let width = view.width.max(260.0);
    let at = At { u, size: view.metrics.t00, width, row, lang: view.lang, asking: view.asking, view };
    let (mut back, mut svg, mut plot) = (Svg::default(), Svg::default(), Svg::default());
    let height = if view.mode == Mode::Phone || width < 740.0 * u {
        stacked(&mut [&mut back, &mut svg, &mut plot], fig, &at)
    } else {
        wide(&mut [&mut back, &mut svg, &mut plot], fig, &at)
    };
    Drawing { width, height, layers: vec![back.0, svg.0, plot.0], changes: "" }
}

/// Side by side: tables and row, then the comparison, then the plots, which the presenter leaves to the page.
fn wide([back, svg, plot]: &mut [&mut Svg; 3], fig: &FeatureMaps, at: &At<'_>) -> f64 {
    let (u, gap) = (at.u, 24.0 * at.u);
    let line = if at.view.mode == Mode::Present { LINES.1 * u } else { LINES.0 * u };
    let cell = (at.width * 0.0157).clamp(13.0 * u, 15.0 * u);
    let names = 4.9 * at.size;
    let side = cell * 16.0;
    let left = names;
    let right = left + side + gap;
    let end = tables::softmax(back, fig, at, (left, 0.0), (cell, line));
    tables::mapped(back, fig, at, (right, 0.0), (cell, line));
    tables::focus(svg, at, left, (cell, line));
    tables::focus(svg, at, right, (cell, line));
    let x = right + side + gap;
    row::draw(svg, fig, at, (x, 0.0, at.width - x, end));
    let y = strip::draw(svg, fig, at, end + 10.0 * u);
    if at.view.mode == Mode::Present {
        return y;
    }
    let (y, h, w) = (y + 8.0 * u, 132.0 * u, (at.width - 2.0 * gap) / 3.0);
    small::output(svg, fig, at, (0.0, y, w, h));
    small::denominators(svg, fig, at, (w + gap, y, w, h));
    small::cancellation(plot, fig, at, (2.0 * (w + gap), y, w, h));
    y + h
}

/// One under the other.
fn stacked([back, svg, plot]: &mut [&mut Svg; 3], fig: &FeatureMaps, at: &At<'_>) -> f64 {
    let (u, names, gap) = (at.u, 4.9 * at.size, 14.0 * at.u);
    let two = at.width >= 500.0 * u;
    let room = if two { (at.width - gap - names) / 2.0 } else { at.width - names };
    let (w, h) = ((room / 16.0).min(20.0 * u), if two { 15.0 } else { 18.0 } * u);
    let mut y = tables::softmax(back, fig, at, (names, 0.0), (w, h));
    tables::focus(svg, at, names, (w, h));
    if two {
        let x = names + 16.0 * w + gap;
        tables::mapped(back, fig, at, (x, 0.0), (w, h));
        tables::focus(svg, at, x, (w, h));
    } else {
        let top = y + gap;
        y = tables::mapped(back, fig, at, (names, top), (w, h));
        tables::names(back, at, (names, top), h);
        svg.group(&["transform=\"translate(0 ", &crate::figure::svg::px(top), ")\""].concat());
        tables::focus(svg, at, names, (w, h));
        svg.end();
    }
    let h = 62.0 * u + 16.0 * 16.0 * u;
    row::draw(svg, fig, at, (0.0, y + gap, at.width, h));
    y = strip::draw(svg, fig, at, y + h + 2.0 * gap) + gap;
    let h = 120.0 * u;
    small::output(svg, fig, at, (0.0, y, at.width, h));
    small::denominators(svg, fig, at, (0.0, y + h + gap, at.width, h));
    y += 2.0 * (h + gap);
    small::cancellation(plot, fig, at, (0.0, y, at.width, 200.0 * u));
    y + 200.0 * u
}

/// Covers a box while its content is asked for.
pub fn cover(svg: &mut Svg, (x, y, w, h): Frame) {
    svg.rect("tl-cover", x, y, w, h);
    svg.text("t2 b", Anchor::Middle, x + w / 2.0, y + h / 2.0 + 5.0, "?");
}
