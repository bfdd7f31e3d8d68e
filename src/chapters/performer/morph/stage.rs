//! The stage: the activation, how far outputs are along t, and under them one query's weights and outputs three times.

use super::arrange::Arrange;
use super::figure::Morph;
use super::{panels, rows};
use crate::figure::plot::Frame;
use crate::figure::svg::Svg;
use crate::figure::{Drawing, View};

/// Draws everything, with query `row` in focus.
pub fn draw(fig: &Morph, row: usize, view: &View) -> Drawing {
    let at = Arrange::new(view);
    let (mut plots, mut table) = (Svg::default(), Svg::default());
    let (h, gap) = (if at.stacked { 190.0 } else { 178.0 * at.u }, 24.0 * at.u);
    let left = if at.stacked { at.width } else { (at.width - gap) / 2.0 };
    let second = if at.stacked { (0.0, h + 10.0) } else { (left + gap, 0.0) };
    panels::activation(fig, view.lang).draw(&mut plots, Frame { x: 0.0, y: 0.0, w: left, h }, view);
    panels::path(fig, view.lang).draw(&mut plots, Frame { x: second.0, y: second.1, w: left, h }, view);
    let y = rows::draw(&mut table, fig, row, &at, second.1 + h + 10.0 * at.u);
    Drawing { width: at.width, height: y, layers: vec![plots.0, table.0], changes: "" }
}
