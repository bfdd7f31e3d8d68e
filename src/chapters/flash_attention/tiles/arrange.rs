//! The places of the stage for a width: columns that run from the slow memory's banks down through the acts.

use crate::figure::{Metrics, Mode, View};

/// A column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Col {
    /// Left.
    pub x: f64,
    /// Width.
    pub w: f64,
}

/// The wide arrangement, also used by the presenter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrange {
    /// Queries.
    pub q: Col,
    /// Keys above, scores below.
    pub s: Col,
    /// Running maximum and factor; the lattice above.
    pub m: Col,
    /// Values above, weights below.
    pub p: Col,
    /// Denominator; L above.
    pub l: Col,
    /// Output.
    pub o: Col,
    /// Width of a score cell.
    pub cell_w: f64,
    /// Height of a row.
    pub row_h: f64,
    /// Whether cells are large enough for numbers.
    pub numbers: bool,
    /// Unit: 1 on a page, about 2 in the presenter.
    pub u: f64,
    /// Top and height of the slow memory.
    pub hbm: (f64, f64),
    /// Top and height of the gate.
    pub gate: (f64, f64),
    /// Top and height of the fast memory.
    pub sram: (f64, f64),
    /// Top of the banks.
    pub bank_y: f64,
    /// Height of the banks.
    pub bank_h: f64,
    /// Top of the rows.
    pub rows_y: f64,
    /// Total height.
    pub height: f64,
}

/// Below this width the columns do not fit beside each other.
pub const WIDE: f64 = 790.0;

/// Below this width the state's columns give room to the cells, so that these keep their numbers.
const ROOMY: f64 = 860.0;

/// Rows drawn at full height; more make all of them lower, so that the figure keeps its height.
const FULL_ROWS: f64 = 6.0;

/// Lays out a tile of `br` x `bc` on a stage of this width.
pub fn wide(view: &View, br: usize, bc: usize) -> Arrange {
    let Metrics { row_h, cell_w, head_h, bank_h, col_gap, .. } = view.metrics;
    let present = view.mode == Mode::Present;
    let u = if present { cell_w / 47.0 } else { 1.0 };
    let x0 = if present { 288.0 } else { 160.0 };
    let (m_w, l_w, o_min) = match (present, view.width < ROOMY) {
        (true, _) => (312.0, 92.0 * u.min(1.85), 100.0 * u.min(1.6)),
        (false, true) => (146.0, 82.0, 74.0),
        (false, false) => (152.0 * (cell_w / 47.0).clamp(1.0, 1.2), 92.0, 100.0),
    };
    let room = view.width - x0 - m_w - l_w - o_min - 4.0 * col_gap - 12.0;
    let bc = bc.max(1) as f64;
    let cell = (room / 2.0 / bc).min(cell_w * if bc < 4.0 { 1.3 } else { 1.0 }).max(2.0);
    let tile_w = cell * bc;
    let s = Col { x: x0, w: tile_w };
    let m = Col { x: s.x + tile_w.max(96.0 * u) + col_gap, w: m_w };
    let p = Col { x: m.x + m_w + col_gap, w: tile_w };
    let l = Col { x: p.x + tile_w.max(96.0 * u) + col_gap, w: l_w };
    let o = Col { x: l.x + l_w + col_gap, w: view.width - (l.x + l_w + col_gap) - 12.0 };
    let rows = br.max(1) as f64;
    let row = if rows <= FULL_ROWS { row_h } else { (row_h * FULL_ROWS / rows).max(4.0) };
    let hbm = (0.0, 6.0 * u + 26.0 * u + 20.0 * u + bank_h + 10.0 * u);
    let gate = (hbm.1, 40.0 * u.min(1.4));
    let sram_y = gate.0 + gate.1;
    let rows_y = sram_y + 8.0 + head_h;
    let sram = (sram_y, 8.0 + head_h + row * rows + 8.0);
    Arrange {
        q: Col { x: 16.0, w: x0 - 28.0 },
        s,
        m,
        p,
        l,
        o,
        cell_w: cell,
        row_h: row,
        numbers: cell >= 33.0 * u && row >= 20.0 * u,
        u,
        hbm,
        gate,
        sram,
        bank_y: 52.0 * u,
        bank_h,
        rows_y,
        height: sram.0 + sram.1 + 1.0,
    }
}
