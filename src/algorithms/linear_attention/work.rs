//! The products that the listings are made of, each of which counts its multiply-adds.

use crate::algorithms::Real;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

/// Multiply-adds done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Work(pub(super) u64);

impl Work {
    fn add(&mut self, n: usize) {
        self.0 += n as u64;
    }

    /// a . b.
    pub(super) fn dot<F: Real>(&mut self, a: ArrayView1<'_, F>, b: ArrayView1<'_, F>) -> F {
        self.add(a.len());
        a.dot(&b)
    }

    /// a b^T `[m, dv]`.
    pub(super) fn outer<F: Real>(&mut self, a: ArrayView1<'_, F>, b: ArrayView1<'_, F>) -> Array2<F> {
        self.add(a.len() * b.len());
        Array2::from_shape_fn((a.len(), b.len()), |(r, c)| a[r] * b[c])
    }

    /// A B.
    pub(super) fn times<F: Real>(&mut self, a: ArrayView2<'_, F>, b: ArrayView2<'_, F>) -> Array2<F> {
        self.add(a.nrows() * a.ncols() * b.ncols());
        a.dot(&b)
    }

    /// A b.
    pub(super) fn times_list<F: Real>(&mut self, a: ArrayView2<'_, F>, b: &Array1<F>) -> Array1<F> {
        self.add(a.len());
        a.dot(b)
    }

    /// The entries of Q K^T on and below the diagonal; the others are not computed, and 0.
    pub(super) fn triangle<F: Real>(&mut self, q: ArrayView2<'_, F>, k: ArrayView2<'_, F>) -> Array2<F> {
        let mut a = Array2::zeros((q.nrows(), k.nrows()));
        for row in 0..q.nrows() {
            for col in 0..(row + 1).min(k.nrows()) {
                a[[row, col]] = self.dot(q.row(row), k.row(col));
            }
        }
        a
    }

    /// A V, reading A on and below its diagonal only.
    pub(super) fn triangle_times<F: Real>(&mut self, a: &Array2<F>, v: ArrayView2<'_, F>) -> Array2<F> {
        let mut o = Array2::zeros((a.nrows(), v.ncols()));
        for (row, mut o) in o.rows_mut().into_iter().enumerate() {
            for col in 0..(row + 1).min(v.nrows()) {
                self.add(v.ncols());
                o.scaled_add(a[[row, col]], &v.row(col));
            }
        }
        o
    }
}

/// The sum of each row `[n]`.
pub(super) fn row_sums<F: Real>(a: &Array2<F>) -> Array1<F> {
    a.sum_axis(Axis(1))
}

/// The sum of all rows `[m]`.
pub(super) fn sum_of_rows<F: Real>(a: ArrayView2<'_, F>) -> Array1<F> {
    a.sum_axis(Axis(0))
}
