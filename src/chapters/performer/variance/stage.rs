//! The stage in layers: what stands still, the run so far, the present direction, and the two vectors that can be dragged.

use super::arrange::{Arrange, arrange};
use super::figure::Variance;
use super::run::Step;
use super::{plane, samples, strips};
use crate::figure::svg::Svg;
use crate::figure::{Drawing, View};

/// What the marks need to know.
pub struct Ink<'a> {
    /// The figure.
    pub fig: &'a Variance,
    /// The step.
    pub step: usize,
    /// What it computed.
    pub now: &'a Step,
    /// The places.
    pub at: &'a Arrange,
    /// The page.
    pub view: &'a View,
}

/// Draws a step.
pub fn draw(fig: &Variance, step: usize, view: &View) -> Drawing {
    let at = arrange(view);
    let step = step.min(fig.run.last());
    let ink = Ink { fig, step, now: fig.run.trace.at(step), at: &at, view };
    let layer = |paint: fn(&mut Svg, &Ink<'_>)| {
        let mut svg = Svg::default();
        paint(&mut svg, &ink);
        svg.0
    };
    let still: fn(&mut Svg, &Ink<'_>) = |svg, ink| {
        plane::still(svg, ink);
        samples::still(svg, ink);
    };
    let present: fn(&mut Svg, &Ink<'_>) = |svg, ink| {
        plane::present(svg, ink);
        samples::present(svg, ink);
        strips::present(svg, ink);
    };
    let layers = vec![layer(still), layer(strips::still), layer(samples::past), layer(present), layer(plane::handles)];
    Drawing { width: view.width, height: at.height, layers, changes: "[data-cell=wx], [data-cell=wy], [data-cell=s], [data-cell=m]" }
}
