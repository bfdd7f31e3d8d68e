//! The places of the stage for a width: the stream of tokens in slow memory, under it the state, then the attention picture.

use crate::figure::marks::Frame;
use crate::figure::{Mode, View};

/// Below this width the attention picture stands under the state.
const BESIDE: f64 = 740.0;

/// The most channels whose numbers are written out.
const NUMBERS: usize = 6;

/// Where everything lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Places {
    /// Unit: 1 on a page, about 2 in the presenter.
    pub u: f64,
    /// The same for heights.
    pub uy: f64,
    /// Size in px of large and of small numbers.
    pub sizes: (f64, f64),
    /// Whether there is no room for notes.
    pub narrow: bool,
    /// Whether numbers are written out.
    pub numbers: bool,
    /// Left and width of the stream; on wide stages that of the timeline.
    pub stream: (f64, f64),
    /// Tops of the rows of K, V and O, and their height.
    pub banks: [f64; 3],
    /// Height of a bank.
    pub bank_h: f64,
    /// Height of the slow memory.
    pub slow_h: f64,
    /// Top and height of the fast memory.
    pub fast: (f64, f64),
    /// phi(q), phi(k): left and width.
    pub columns: [(f64, f64); 2],
    /// S.
    pub s: Frame,
    /// v, above S.
    pub v: (f64, f64),
    /// z: left and width.
    pub z: (f64, f64),
    /// Tops of the rows under S.
    pub rows: [f64; 3],
    /// Height of a row.
    pub row_h: f64,
    /// The attention picture: left, top, side.
    pub lattice: (f64, f64, f64),
    /// Counters: left, top, width.
    pub counters: (f64, f64, f64),
    /// Baseline of the heads over the attention picture and the counters.
    pub side_head: f64,
    /// Height of all.
    pub height: f64,
}

/// Lays out a state `[m, dv]`, with `n_rows` rows of sums under it.
pub fn places(view: &View, m: usize, dv: usize, n_rows: usize) -> Places {
    let present = view.mode == Mode::Present;
    let narrow = view.mode == Mode::Phone || view.width < 480.0;
    let (u, uy) = match (present, narrow) {
        (true, _) => (2.0, 1.68),
        (_, true) => (1.0, 1.0),
        _ => (1.0, (view.metrics.row_h / 33.0).clamp(1.0, 1.16)),
    };
    let beside = present || view.width >= BESIDE;
    let numbers = m.max(dv) <= NUMBERS;
    let stream_x = match (present, narrow) {
        (true, _) => 288.0,
        (_, true) => 26.0,
        _ => 160.0,
    };
    let bank_h = 21.0 * uy;
    let k_y = 42.0 * uy
        + match (present, narrow) {
            (true, _) => 12.0,
            (_, true) => 24.0,
            _ => 0.0,
        };
    let banks = [k_y, k_y + bank_h + 2.0, k_y + 2.0 * bank_h + 7.0 * uy];
    let slow_h = banks[2] + bank_h + 7.0 * uy;
    let top = slow_h + 8.0 * uy;
    let (q_x, cell, s_x) = match (present, narrow) {
        (true, _) => (20.0, 108.0, 288.0),
        (_, true) => (8.0, ((view.width - 90.0 - 8.0) / (dv as f64 + 1.1)).min(47.0), 90.0),
        _ => (24.0, if dv > 5 { 40.0 } else { view.metrics.cell_w.clamp(47.0, 58.0) }, 160.0),
    };
    let column_w = if narrow { 38.0 } else { cell.max(47.0) };
    let full_w = if narrow { view.width - 90.0 - 56.0 } else { 4.0 * cell.max(47.0) };
    let s_w = if numbers { cell * dv as f64 } else { full_w };
    let row_h = 27.0 * uy;
    let cell_h = if m > 4 { 25.0 * uy } else { 30.0 * uy };
    let s_h = if numbers { cell_h * m as f64 } else { 124.0 * uy };
    let v_y = top + 38.0 * uy;
    let s_y = v_y + row_h + 2.0;
    let first = s_y + s_h + 6.0 * uy;
    let rows = [first, first + row_h, first + 2.0 * row_h];
    let state_bottom = first + row_h * n_rows as f64 + 8.0 * uy;
    let gap = if narrow { 5.0 } else { 12.0 * u };
    let k_x = s_x - gap - column_w;
    let z = (s_x + s_w + gap, if narrow { 42.0 } else { column_w });
    let (side_x, side_y) = if beside { (z.0 + z.1 + 36.0 * u, top) } else { (q_x, state_bottom + 4.0) };
    let counters_w = 128.0 * u;
    let side = if beside {
        (state_bottom - top - 46.0 * uy).min(view.width - side_x - counters_w - 30.0 * u).max(60.0)
    } else {
        (view.width - side_x - counters_w - 28.0).min(230.0)
    };
    let height = if beside { state_bottom } else { side_y + 38.0 + side.max(200.0) + 10.0 };
    Places {
        u,
        uy,
        sizes: if present { (34.0, 24.0) } else { (15.0, 12.0) },
        narrow,
        numbers,
        stream: (stream_x, view.width - stream_x - if narrow { 8.0 } else { 0.0 }),
        banks,
        bank_h,
        slow_h,
        fast: (top, height - top),
        columns: [(q_x, column_w.min(k_x - q_x - 4.0)), (k_x, column_w)],
        s: (s_x, s_y, s_w, s_h),
        v: (v_y, row_h),
        z,
        rows,
        row_h,
        lattice: (side_x, side_y + 38.0 * uy, side),
        counters: (side_x + side + 20.0 * u, side_y + 38.0 * uy, counters_w),
        side_head: side_y + 24.0 * uy,
        height: height + 2.0,
    }
}

impl Places {
    /// The column of the stream between two tokens of `n`.
    pub fn tokens(&self, from: usize, to: usize, n: usize) -> (f64, f64) {
        let each = self.stream.1 / n.max(1) as f64;
        (self.stream.0 + each * from as f64, each * (to - from) as f64)
    }
}
