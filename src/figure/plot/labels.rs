//! The words of a plot: title, ticks, axis names, and the names of the lines at their ends.

use super::{Frame, Plot, Series};
use crate::figure::svg::{Anchor, Svg};
use crate::figure::width;

impl Plot {
    /// The box of the plot itself, inside its labels.
    pub fn inner(&self, within: Frame, size: f64) -> Frame {
        // The longest tick there can be stands at an end or a power of ten; a margin covers the rest.
        let ends = [self.y.range.0, self.y.range.1].map(|end| width(&(self.y.print)(end), size));
        let left = ends[0].max(ends[1]).max(3.0 * size) + 0.8 * size;
        let names = self.series.iter().map(|series| width(&series.label, size)).fold(0.0, f64::max);
        let right = if names > 0.0 { names + 0.9 * size } else { 0.5 * size };
        let top = if self.title.is_empty() { 0.5 } else { 1.9 } * size
            + if !self.y.label.is_empty() || self.rules.iter().any(|rule| !rule.label.is_empty()) { 1.6 * size } else { 0.0 };
        let bottom = 3.2 * size;
        Frame {
            x: within.x + left,
            y: within.y + top,
            w: (within.w - left - right).max(4.0 * size),
            h: (within.h - top - bottom).max(4.0 * size),
        }
    }

    /// How many ticks each axis has room for.
    pub(super) fn n_ticks(&self, inner: Frame, size: f64) -> (usize, usize) {
        let (low, high) = self.x.range;
        let widest = width(&(self.x.print)(low), size).max(width(&(self.x.print)(high), size));
        ((inner.w / (widest + 1.4 * size)).floor() as usize + 1, (inner.h / (2.2 * size)).floor() as usize + 1)
    }

    /// Title, ticks and axis names. A tick is (horizontal axis?, place, value).
    pub(super) fn label(&self, svg: &mut Svg, within: Frame, inner: Frame, ticks: &[(bool, f64, f64)], size: f64) {
        let (right, bottom) = (inner.x + inner.w, inner.y + inner.h);
        svg.text("t00 b", Anchor::Start, within.x, within.y + size, &self.title);
        svg.line("pl-axis", inner.x, bottom, right, bottom);
        svg.line("pl-axis", inner.x, inner.y, inner.x, bottom);
        for (horizontal, at, value) in ticks {
            if *horizontal {
                svg.text("t00 dim", Anchor::Middle, *at, bottom + 1.25 * size, &(self.x.print)(*value));
            } else {
                svg.text("t00 dim", Anchor::End, inner.x - 0.45 * size, at + 0.36 * size, &(self.y.print)(*value));
            }
        }
        svg.text("t00 ink2", Anchor::End, right, bottom + 2.6 * size, &self.x.label);
        svg.text("t00 ink2", Anchor::Start, within.x, inner.y - 0.75 * size, &self.y.label);
    }

    /// The words at the heads of the rules.
    pub(super) fn heads(&self, svg: &mut Svg, within: Frame, inner: Frame, at: &[f64], size: f64) {
        let free = within.x + width(&self.y.label, size) + size;
        for (rule, x) in self.rules.iter().zip(at) {
            let half = width(&rule.label, size) / 2.0;
            let left = free.max(inner.x) + half;
            let x = x.clamp(left, (inner.x + inner.w - half).max(left));
            svg.text("t00 b", Anchor::Middle, x, inner.y - 0.45 * size, &rule.label);
        }
    }
}

/// The names of the lines at their ends, moved apart where they would touch.
pub(super) fn ends(svg: &mut Svg, inner: Frame, ends: &[(f64, &Series)], size: f64) {
    // Few enough to be put in their place one by one.
    let mut order: Vec<(f64, &Series)> = Vec::new();
    for end in ends {
        let above = order.iter().take_while(|other| other.0 <= end.0).count();
        order.insert(above, *end);
    }
    let gap = 1.2 * size;
    let mut places: Vec<f64> = order.iter().map(|end| end.0).collect();
    // Downwards from the top, then back up from the bottom.
    for idx in 1..places.len() {
        places[idx] = places[idx].max(places[idx - 1] + gap);
    }
    let mut limit = inner.y + inner.h;
    for place in places.iter_mut().rev() {
        *place = place.min(limit);
        limit = *place - gap;
    }
    for ((_, series), y) in order.iter().zip(&places) {
        let class = ["t00 pl-name ", series.class].concat();
        svg.text(&class, Anchor::Start, inner.x + inner.w + 0.5 * size, y + 0.36 * size, &series.label);
    }
}
