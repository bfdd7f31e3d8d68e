//! The places of the stage: slow memory above, fast memory below; rows side by side through all acts, or in three bands.

use crate::figure::around::Gate;
use crate::figure::{Mode, View};

/// A box: left, top, width, height.
pub type Frame = (f64, f64, f64, f64);

/// Where everything stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Places {
    /// Unit: 1 on a page, about 2 in the presenter.
    pub u: f64,
    /// Whether rows run side by side; else L and P, D and dS, and dQ stand in three bands.
    pub wide: bool,
    /// Left, width and top of the banks: Q, dO, L and D, K, dV, the grid of pairs, V, dK, dQ; a width of 0 is left out.
    pub banks: [(f64, f64); 9],
    /// Top of the banks.
    pub bank_y: f64,
    /// Height of the banks.
    pub bank_h: f64,
    /// Height of the slow memory.
    pub hbm_h: f64,
    /// The gate; of height 0 where places stand in bands.
    pub gate: Gate,
    /// Top and height of the fast memory.
    pub sram: (f64, f64),
    /// Where the names of queries end.
    pub name_x: f64,
    /// Top of the rows of each band: L and P, D and dS, dQ.
    pub bands: [f64; 3],
    /// Left of L, P, D, dS and dQ.
    pub cols: [f64; 5],
    /// Width of dQ.
    pub dq_w: f64,
    /// Width of a cell.
    pub cell_w: f64,
    /// Height of a row.
    pub row_h: f64,
    /// Height of a row of dV and dK, under the columns of P and dS.
    pub foot_h: f64,
    /// Whether cells are large enough for numbers.
    pub numbers: bool,
    /// Total height.
    pub height: f64,
}

/// Below this width the columns do not fit beside each other.
const WIDE: f64 = 790.0;

/// Rows drawn at full height; more make all of them lower, so that the figure keeps its height.
const FULL_ROWS: f64 = 6.0;

/// Lays out a tile of `br` x `bc` on a stage of this width.
pub fn places(view: &View, br: usize, bc: usize) -> Places {
    let (br, bc) = (br.max(1) as f64, bc.max(1) as f64);
    let squeeze = (FULL_ROWS / br).min(1.0);
    if view.mode == Mode::Phone || view.width < WIDE { stacked(view, br, bc, squeeze) } else { wide(view, br, bc, squeeze) }
}

fn wide(view: &View, br: f64, bc: f64, squeeze: f64) -> Places {
    let present = view.mode == Mode::Present;
    let u = if present { view.metrics.cell_w / 47.0 } else { 1.0 };
    let (gap, left, l_w, d_w) = (12.0 * u, 152.0 * u, 52.0 * u, 84.0 * u);
    let dq_w = (view.width * 0.11).max(92.0 * u.min(1.5));
    let zone = (view.width - left - l_w - d_w - dq_w - 5.0 * gap) / 2.0;
    let (l, a) = (left + gap, left + l_w + gap);
    let d = a + zone + gap;
    let b = d + d_w;
    let dq = b + zone + gap;
    let cell_w = (zone / bc).min(76.0 * u).max(2.0);
    let row_h = (view.metrics.row_h * if present { 1.0 } else { 1.15 } * squeeze).max(4.0);
    let (bank_h, half, side) = (view.metrics.bank_h, (zone - gap) / 2.0, (left - 16.0 * u - gap) / 2.0);
    let hbm_h = 62.0 * u + bank_h;
    let gate = Gate { y: hbm_h, h: 40.0 * u.min(1.4), u };
    let top = gate.y + gate.h;
    // Two names stand above each block, and below them the keys: in the presenter they need more room than a head has.
    let head_h = view.metrics.head_h + if present { 10.0 } else { 0.0 };
    let rows_y = top + 8.0 + head_h;
    let foot_h = if present { 20.0 } else { 26.0 } * u;
    let sram = (top, 8.0 + head_h + row_h * br + foot_h + if present { 8.0 } else { 22.0 } * u);
    let banks = [
        (16.0 * u, side),
        (16.0 * u + side + gap, side),
        (l, l_w - gap),
        (a, half),
        (a + half + gap, half),
        (d, d_w - gap),
        (b, half),
        (b + half + gap, half),
        (dq, dq_w),
    ];
    Places {
        u,
        wide: true,
        banks,
        bank_y: 52.0 * u,
        bank_h,
        hbm_h,
        gate,
        sram,
        name_x: left - 66.0 * u,
        bands: [rows_y; 3],
        cols: [l, a, d, b, dq],
        dq_w,
        cell_w,
        row_h,
        foot_h,
        numbers: cell_w >= 33.0 * u && row_h >= 20.0 * u,
        height: sram.0 + sram.1 + 1.0,
    }
}

fn stacked(view: &View, br: f64, bc: f64, squeeze: f64) -> Places {
    let gap = 6.0;
    let each = (view.width - 20.0 - 7.0 * gap) / 8.0;
    let slot = |idx: f64| (10.0 + (each + gap) * idx, each);
    let banks = [slot(0.0), slot(1.0), (0.0, 0.0), slot(2.0), slot(3.0), slot(4.0), slot(5.0), slot(6.0), slot(7.0)];
    let (bank_y, bank_h) = (92.0, if view.width < 480.0 { 52.0 } else { view.metrics.bank_h });
    let name_w = if view.width < 480.0 { 62.0 } else { 96.0 };
    let (l, a) = (name_w + 12.0, name_w + 60.0);
    let cell_w = ((view.width - a - 10.0) / bc).clamp(2.0, 120.0);
    let (row_h, foot_h) = ((40.0 * squeeze).max(6.0), 28.0);
    let (hbm_h, top) = (bank_y + bank_h + 8.0, bank_y + bank_h + 18.0);
    let tables = 62.0 + row_h * br + foot_h + 8.0;
    let bands = [top + 62.0, top + 62.0 + tables, top + 34.0 + 2.0 * tables];
    let band_h = row_h.min(32.0);
    let sram = (top, 2.0 * tables + 34.0 + band_h * br + 8.0);
    Places {
        u: 1.0,
        wide: false,
        banks,
        bank_y,
        bank_h,
        hbm_h,
        gate: Gate { y: hbm_h, h: 0.0, u: 1.0 },
        sram,
        name_x: name_w + 4.0,
        bands,
        cols: [l, a, l, a, l],
        dq_w: view.width - l - 12.0,
        cell_w,
        row_h,
        foot_h,
        numbers: cell_w >= 34.0 && squeeze > 0.5,
        height: sram.0 + sram.1 + 2.0,
    }
}

impl Places {
    /// Bank number `idx`, rows `range` of `n`.
    pub fn share(&self, idx: usize, range: &std::ops::Range<usize>, n: usize) -> Frame {
        let (x, w) = self.banks[idx];
        let unit = self.bank_h / n as f64;
        (x - 1.0, self.bank_y + unit * range.start as f64 - 1.0, w + 2.0, unit * range.len() as f64 + 2.0)
    }

    /// Height of a row in a band.
    pub fn band_h(&self, band: usize) -> f64 {
        if band == 2 && !self.wide { self.row_h.min(32.0) } else { self.row_h }
    }
}
