//! The places of the stage for a width: memory above, the running pair below, one column per logit from left to right.

use super::inputs::Inputs;
use crate::figure::{Mode, View};

/// A horizontal band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Top.
    pub y: f64,
    /// Height.
    pub h: f64,
}

impl Band {
    /// Bottom.
    pub fn end(&self) -> f64 {
        self.y + self.h
    }
}

/// Where everything lies.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrange {
    /// Unit: 1 on a page, about 2 in the presenter.
    pub u: f64,
    /// Whole width.
    pub width: f64,
    /// Left and width of the box of the two walks.
    pub fast: (f64, f64),
    /// Left, top, width and height of the box of the three walks.
    pub usual: (f64, f64, f64, f64),
    /// Left edge of each column.
    pub columns: Vec<f64>,
    /// Width of a column.
    pub col_w: f64,
    /// Whether numbers fit into a column, and old beside new.
    pub numbers: bool,
    /// Whether "old to new" fits into a column.
    pub pairs: bool,
    /// Height of the memory slab.
    pub slab: f64,
    /// Whether the counters stand below the name of the slab.
    pub stacked: bool,
    /// The logits.
    pub x: Band,
    /// The weights.
    pub p: Band,
    /// Logits as bars with the staircase of the maximum.
    pub bars: Band,
    /// The factors.
    pub alpha: Band,
    /// The sums as bars.
    pub sums: Band,
    /// The sums as numbers.
    pub values: Band,
    /// The merges; empty without blocks.
    pub merge: Band,
    /// Bottom of the box of the two walks.
    pub bottom: f64,
    /// Total height.
    pub height: f64,
}

impl Arrange {
    /// Whether a column is wide enough for a frame of its own.
    pub fn framed(&self) -> bool {
        self.col_w >= 14.0 * self.u
    }
}

/// Below this width the three walks stand under the two.
pub const WIDE: f64 = 640.0;

/// Lays out the stage.
pub fn arrange(inputs: &Inputs, view: &View) -> Arrange {
    let present = view.mode == Mode::Present;
    let u = if present { (view.metrics.cell_w / 47.0).max(1.0) } else { 1.0 };
    let width = view.width.max(120.0);
    let stacked = view.mode == Mode::Phone || width < WIDE * u;
    let side = if stacked {
        0.0
    } else if present {
        288.0
    } else {
        160.0
    };
    let fast = (side, width - side);
    let labels = if stacked { 26.0 * u } else { 44.0 * u };
    let (left, right) = (fast.0 + labels, fast.0 + fast.1 - if stacked { 6.0 } else { 12.0 } * u);
    let (n, gaps) = (inputs.n(), inputs.blocks.len().saturating_sub(1));
    let gap = if gaps == 0 { 0.0 } else { (10.0 * u).min((right - left) * 0.25 / gaps as f64) };
    let col_w = (((right - left) - gap * gaps as f64) / n.max(1) as f64).clamp(0.5, 110.0 * u);
    let columns = (0..n).map(|pos| left + col_w * pos as f64 + gap * inputs.block_of(pos) as f64).collect();
    let numbers = col_w >= 33.0 * u;
    let head = if stacked { 52.0 } else { 38.0 } * u;
    let band = |y: f64, h: f64| Band { y, h: h * u };
    let x = band(head, 26.0);
    let p = band(x.end() + 2.0 * u, 26.0);
    let slab = p.end() + if inputs.shuffled { 18.0 } else { 7.0 } * u;
    let bars = band(slab + 50.0 * u, 84.0);
    let alpha = band(bars.end() + 5.0 * u, 25.0);
    let sums = band(alpha.end() + 9.0 * u, 82.0);
    let values = band(sums.end(), if numbers { 23.0 } else { 4.0 });
    let merge = band(values.end(), if inputs.cut() { 50.0 } else { 0.0 });
    let bottom = merge.end() + 6.0 * u;
    let (usual, height) = if stacked {
        let y = bottom + 10.0 * u;
        ((0.0, y, width, 166.0 * u), y + 167.0 * u)
    } else {
        ((0.0, slab + 4.0 * u, side - 12.0, bottom - slab - 4.0 * u), bottom + 1.0)
    };
    Arrange {
        u,
        width,
        fast,
        usual,
        columns,
        col_w,
        numbers,
        pairs: col_w >= 74.0 * u,
        slab,
        stacked,
        x,
        p,
        bars,
        alpha,
        sums,
        values,
        merge,
        bottom,
        height,
    }
}
