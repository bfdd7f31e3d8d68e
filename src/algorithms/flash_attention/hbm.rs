//! Slow memory: hands out tiles, takes results, and counts every element that passes.

use super::{Output, Traffic};
use crate::algorithms::{Attention, Real};
use ndarray::{Array1, Array2, ArrayView2, s};
use std::ops::Range;

/// Slow memory during a forward run.
pub(super) struct Hbm<'a, F> {
    x: &'a Attention<F>,
    out: Output<F>,
}

impl<'a, F: Real> Hbm<'a, F> {
    /// Holds the inputs; the results are unset, and nothing has moved.
    pub(super) fn new(x: &'a Attention<F>) -> Hbm<'a, F> {
        let n = x.n_queries();
        let empty = Array1::from_elem(n, F::neg_infinity());
        let out = Output { o: Array2::zeros((n, x.dv())), lse: empty.clone(), m: empty, l: Array1::zeros(n), traffic: Traffic::default() };
        Hbm { x, out }
    }

    /// FA-1: writes O = 0, l = 0, m = -inf for every query.
    pub(super) fn clear(x: &'a Attention<F>) -> Hbm<'a, F> {
        let mut hbm = Hbm::new(x);
        hbm.up(x.n_queries() * (x.dv() + 2));
        hbm
    }

    fn down(&mut self, elements: usize) {
        self.out.traffic.reads += elements as u64;
    }

    fn up(&mut self, elements: usize) {
        self.out.traffic.writes += elements as u64;
    }

    /// Q_i `[br, d]`.
    pub(super) fn load_q(&mut self, rows: &Range<usize>) -> ArrayView2<'a, F> {
        let x = self.x;
        let q = x.q.slice(s![rows.clone(), ..]);
        self.down(q.len());
        q
    }

    /// K_j `[bc, d]` and V_j `[bc, dv]`.
    pub(super) fn load_kv(&mut self, cols: &Range<usize>) -> (ArrayView2<'a, F>, ArrayView2<'a, F>) {
        let x = self.x;
        let (k, v) = (x.k.slice(s![cols.clone(), ..]), x.v.slice(s![cols.clone(), ..]));
        self.down(k.len() + v.len());
        (k, v)
    }

    /// FA-1: Q_i, and m_i, l_i, O_i as they stand.
    pub(super) fn load_state(&mut self, rows: &Range<usize>) -> (ArrayView2<'a, F>, Array1<F>, Array1<F>, Array2<F>) {
        let q = self.load_q(rows);
        let m = self.out.m.slice(s![rows.clone()]).to_owned();
        let l = self.out.l.slice(s![rows.clone()]).to_owned();
        let o = self.out.o.slice(s![rows.clone(), ..]).to_owned();
        self.down(m.len() + l.len() + o.len());
        (q, m, l, o)
    }

    /// FA-1: puts m_i, l_i, O_i back.
    pub(super) fn store_state(&mut self, rows: &Range<usize>, m: &Array1<F>, l: &Array1<F>, o: &Array2<F>) {
        self.up(m.len() + l.len() + o.len());
        self.out.m.slice_mut(s![rows.clone()]).assign(m);
        self.out.l.slice_mut(s![rows.clone()]).assign(l);
        self.out.o.slice_mut(s![rows.clone(), ..]).assign(o);
    }

    /// FA-2: O_i and L_i, all that it ever writes.
    pub(super) fn store(&mut self, rows: &Range<usize>, o: &Array2<F>, lse: &Array1<F>) {
        self.up(o.len() + lse.len());
        self.out.o.slice_mut(s![rows.clone(), ..]).assign(o);
        self.out.lse.slice_mut(s![rows.clone()]).assign(lse);
    }

    /// Shows m_i and l_i to the caller of the run. FA-2 itself lets them go, so this moves nothing.
    pub(super) fn show(&mut self, rows: &Range<usize>, m: &Array1<F>, l: &Array1<F>) {
        self.out.m.slice_mut(s![rows.clone()]).assign(m);
        self.out.l.slice_mut(s![rows.clone()]).assign(l);
    }

    /// FA-1: L = m + ln l, for the caller of the run; it moves nothing.
    pub(super) fn show_lse(&mut self, lse: Array1<F>) {
        self.out.lse = lse;
    }

    /// The results.
    pub(super) fn done(self) -> Output<F> {
        self.out
    }

    /// FA-1: m and l of every query.
    pub(super) fn state(&self) -> (&Array1<F>, &Array1<F>) {
        (&self.out.m, &self.out.l)
    }
}
