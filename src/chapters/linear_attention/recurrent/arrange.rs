//! The places of the stage for a width: the stream of tokens in slow memory, under it the state, then the attention picture.

use crate::figure::marks::Frame;
use crate::figure::{Mode, View};

/// With less room than this beside the state the attention picture stands under it.
const LEAST: f64 = 140.0;

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

/// What follows from the width and the arrangement alone.
struct Measures {
    present: bool,
    narrow: bool,
    u: f64,
    uy: f64,
    /// Left edges of the state and of phi(q).
    left: (f64, f64),
    /// Gap between the columns around the state.
    gap: f64,
}

fn measures(view: &View) -> Measures {
    let present = view.mode == Mode::Present;
    let narrow = view.mode == Mode::Phone || view.width < 480.0;
    let (u, uy, left) = match (present, narrow) {
        (true, _) => (2.0, 1.68, (288.0, 20.0)),
        (_, true) => (1.0, 1.0, (90.0, 8.0)),
        _ => (1.0, (view.metrics.row_h / 33.0).clamp(1.0, 1.16), (160.0, 24.0)),
    };
    Measures { present, narrow, u, uy, left, gap: if narrow { 5.0 } else { 12.0 * u } }
}

/// Tops of the rows of K, V and O, the height of each, and that of all of slow memory.
fn slow(by: &Measures) -> ([f64; 3], f64, f64) {
    let bank_h = 21.0 * by.uy;
    let more = match (by.present, by.narrow) {
        (true, _) => 12.0,
        (_, true) => 24.0,
        _ => 0.0,
    };
    let top = 42.0 * by.uy + more;
    let banks = [top, top + bank_h + 2.0, top + 2.0 * bank_h + 7.0 * by.uy];
    (banks, bank_h, banks[2] + bank_h + 7.0 * by.uy)
}

/// Width of S, of a cell beside it, and of z, for `[m, dv]` of which numbers are written or not.
fn widths(view: &View, by: &Measures, dv: usize, numbers: bool) -> (f64, f64, f64) {
    let cell = match (by.present, by.narrow) {
        (true, _) => 108.0,
        (_, true) => ((view.width - by.left.0 - 8.0) / (dv as f64 + 1.1)).min(47.0),
        _ if dv > 5 => 40.0,
        _ => view.metrics.cell_w.clamp(47.0, 58.0),
    };
    let column_w = if by.narrow { 38.0 } else { cell.max(47.0) };
    let full_w = if by.narrow { view.width - by.left.0 - 64.0 } else { 4.0 * cell.max(47.0) };
    (
        if numbers { (cell * dv as f64).max(2.2 * cell) } else { full_w },
        column_w,
        if !by.narrow {
            column_w
        } else if numbers {
            42.0
        } else {
            50.0
        },
    )
}

/// Lays out a state `[m, dv]`, with `n_rows` rows of sums under it.
pub fn places(view: &View, m: usize, dv: usize, n_rows: usize) -> Places {
    let by = measures(view);
    let Measures { present, narrow, u, uy, left: (s_x, q_x), gap } = by;
    let numbers = m.max(dv) <= NUMBERS;
    let (banks, bank_h, slow_h) = slow(&by);
    let (s_w, column_w, z_w) = widths(view, &by, dv, numbers);
    let top = slow_h + 8.0 * uy;
    let row_h = 27.0 * uy;
    let cell_h = if m > 4 { 25.0 * uy } else { 30.0 * uy };
    // A small state is drawn in taller cells, so that what stands beside it has room.
    let s_h = if numbers { (cell_h * m as f64).max(112.0 * uy) } else { 124.0 * uy };
    let v_y = top + 38.0 * uy;
    let s_y = v_y + row_h + 2.0;
    let first = s_y + s_h + 6.0 * uy;
    let state_bottom = first + row_h * n_rows as f64 + 8.0 * uy;
    let (k_x, z_x) = (s_x - gap - column_w, s_x + s_w + gap);
    let beside_x = z_x + z_w + 36.0 * u;
    let counters_w = 128.0 * u;
    let beside = view.width - beside_x - counters_w - 30.0 * u >= LEAST;
    let (side_x, side_y) = if beside { (beside_x, top) } else { (q_x, state_bottom + 4.0) };
    let side = if beside {
        (state_bottom - top - 46.0 * uy).min(view.width - side_x - counters_w - 30.0 * u)
    } else {
        (view.width - side_x - counters_w - 28.0).min(230.0)
    };
    let height = if beside { state_bottom } else { side_y + 38.0 + side.max(200.0) + 10.0 };
    let stream_x = if narrow { 26.0 } else { s_x };
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
        z: (z_x, z_w),
        rows: [first, first + row_h, first + 2.0 * row_h],
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
