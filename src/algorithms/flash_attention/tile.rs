//! The words in which the listings are written: row-wise operations on one tile.

use super::Rescale;
use crate::algorithms::{Attention, Real};
use ndarray::{Array1, Array2, ArrayView2, Axis, Zip};
use std::ops::Range;

impl<F: Real> Attention<F> {
    /// Scores `[br, bc]` of a tile, with -inf where the mask hides them.
    pub(super) fn hide(&self, mut s: Array2<F>, rows: &Range<usize>, cols: &Range<usize>) -> Array2<F> {
        for ((r, c), entry) in s.indexed_iter_mut() {
            if !self.mask.allows(rows.start + r, cols.start + c) {
                *entry = F::neg_infinity();
            }
        }
        s
    }
}

/// The largest entry of each row, -inf for a row that is wholly masked.
pub(super) fn row_max<F: Real>(s: &Array2<F>) -> Array1<F> {
    s.map_axis(Axis(1), |row| row.iter().copied().fold(F::neg_infinity(), F::max))
}

/// The larger of two, entry by entry.
pub(super) fn max<F: Real>(a: &Array1<F>, b: &Array1<F>) -> Array1<F> {
    Zip::from(a).and(b).map_collect(|&a, &b| a.max(b))
}

/// exp(m_old - m_new), by which the past is corrected. A row with m_old = -inf has an empty past: 0, never NaN.
pub(super) fn factor<F: Real>(rescale: Rescale, m_old: &Array1<F>, m_new: &Array1<F>) -> Array1<F> {
    Zip::from(m_old).and(m_new).map_collect(|&old, &new| match rescale {
        Rescale::Off => F::one(),
        Rescale::On if old == F::neg_infinity() => F::zero(),
        Rescale::On => (old - new).exp(),
    })
}

/// exp(s - m), row by row; a masked entry gives 0, also where m is -inf.
pub(super) fn exp<F: Real>(s: &Array2<F>, m: &Array1<F>) -> Array2<F> {
    let mut p = s.clone();
    for (mut row, &m) in p.rows_mut().into_iter().zip(m) {
        row.mapv_inplace(|s| if s == F::neg_infinity() { F::zero() } else { (s - m).exp() });
    }
    p
}

/// The sum of each row.
pub(super) fn row_sum<F: Real>(p: &Array2<F>) -> Array1<F> {
    p.sum_axis(Axis(1))
}

/// A vector with one entry per row, standing up `[n, 1]`: times it scales rows, minus it shifts them.
pub(super) fn column<F: Real>(a: &Array1<F>) -> ArrayView2<'_, F> {
    a.view().insert_axis(Axis(1))
}

/// diag(l)^-1 o; a row with l = 0 has seen no key and stays 0.
pub(super) fn divide_rows<F: Real>(o: &Array2<F>, l: &Array1<F>) -> Array2<F> {
    let mut o = o.clone();
    for (mut row, &l) in o.rows_mut().into_iter().zip(l) {
        row.mapv_inplace(|entry| if l == F::zero() { F::zero() } else { entry / l });
    }
    o
}

/// Natural logarithm; -inf of 0.
pub(super) fn ln<F: Real>(l: &Array1<F>) -> Array1<F> {
    l.mapv(F::ln)
}
